#include <catch2/catch.hpp>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

constexpr const char* kText = R"({"image": {"source": "/a"}, "harden": [{"use": "harden-proc", "masked": ["/x"]},
  {"use": "harden-seccomp", "name": "calls", "profile": "/p"}], "exec": {"env": ["A=1"]}})";

Override sugar(Override::Kind kind, std::string value, std::string label) {
  Override change;
  change.kind = kind;
  change.value = std::move(value);
  change.label = std::move(label);
  return change;
}

// "pointer=plugin options" of a stage, a line each, as the overrides leave it.
std::string after(const std::string& stage, std::vector<Override> overrides, const char* text = kText) {
  TestCatalogue plugins;
  const auto pipeline = read_pipeline(request_for(text, std::move(overrides)), plugins.catalogue());
  if (!pipeline) return told(pipeline.error());
  std::string lines;
  for (const StageUse& use : pipeline->stages) {
    if (use.stage == stage) lines += use.pointer + "=" + use.use + " " + use.options.dump() + "\n";
  }
  return lines;
}

const std::string kEtc = "/pseudo/1=pseudo-etc {\"hosts\":true}\n";

Override bind(const std::string& argument) { return *parse_bind(argument); }

TEST_CASE("--bind joins the plugin for binds to the stage, and adds to what it has") {
  const std::string list = R"(/pseudo/2=pseudo-binds {"binds":[)";
  const std::string first = R"({"access":"read_only","source":"/a","target":"/x"})";
  const std::string second = R"({"access":"read_write","source":"/b","target":"/y"})";
  const std::string both = after("pseudo", {bind("/a:/x:ro"), bind("/b:/y")});
  CHECK(both.ends_with(kEtc + list + first + "," + second + "]}\n"));
  CHECK(after("pseudo", {set(R"(pseudo={"use":"pseudo-etc"})"), bind("/a:/x:ro")}) ==
        "/pseudo/0=pseudo-etc {\"hosts\":true}\n/pseudo/1=pseudo-binds {\"binds\":[" + first + "]}\n");
  CHECK(after("pseudo", {set("pseudo=[]"), bind("/a:/x:ro")}) ==
        "/pseudo/0=pseudo-binds {\"binds\":[" + first + "]}\n");
  CHECK(after("pseudo",
              {set(R"(pseudo={"use":"pseudo-binds","binds":[{"source":"/b","target":"/y","access":"read_write"}]})"),
               bind("/a:/x:ro")}) == "/pseudo/0=pseudo-binds {\"binds\":[" + second + "," + first + "]}\n");
  const std::string relative = after("pseudo", {set("pseudo=[]"), bind("./a:/x")});
  CHECK(relative.find(R"("source":"/)") != std::string::npos);
}

TEST_CASE("--set reaches options by path, list entries by index or name") {
  CHECK(after("rootfs", {set("rootfs.upper=disk")}) == "/rootfs=fs-overlay {\"upper\":\"disk\"}\n");
  CHECK(after("rootfs", {set("rootfs.upper=\"disk\""), set("rootfs.size_bytes=8192")}) ==
        "/rootfs=fs-overlay {\"size_bytes\":8192,\"upper\":\"disk\"}\n");
  CHECK(after("pseudo", {set("pseudo.0.shm.mode=\"0700\"")}) ==
        "/pseudo/0=pseudo-standard {\"devices\":\"bind\",\"shm\":{\"mode\":\"0700\",\"size_bytes\":67108864}}\n" +
            kEtc);
  const std::string rest = "/harden/1=harden-seccomp {\"profile\":\"/p\"}\n";
  CHECK(after("harden", {set("harden.0.masked=[]")}) == "/harden/0=harden-proc {\"masked\":[]}\n" + rest);
  CHECK(after("harden", {set("harden.harden-proc.masked.0=/y")}) ==
        "/harden/0=harden-proc {\"masked\":[\"/y\"]}\n" + rest);
  CHECK(after("harden", {set("harden.calls.profile=/q")}) ==
        "/harden/0=harden-proc {\"masked\":[\"/x\"]}\n/harden/1=harden-seccomp {\"profile\":\"/q\"}\n");
  CHECK(after("pseudo", {set("pseudo.pseudo-standard.devices=mknod")}).find("\"mknod\"") != std::string::npos);
  CHECK(after("pseudo", {set("pseudo.0.devices=mknod")}).find("\"mknod\"") != std::string::npos);
  CHECK(after("harden", {set("harden=[]")}).empty());
  CHECK(after("rootfs", {set("rootfs.upper=disk"), set("rootfs.upper=none")}) ==
        "/rootfs=fs-overlay {\"upper\":\"none\"}\n");
  CHECK(after("pseudo", {set("pseudo={\"use\":\"pseudo-standard\",\"devices\":\"mknod\"}"),
                         set("pseudo.shm={\"size_bytes\":1}")}) ==
        "/pseudo=pseudo-standard {\"devices\":\"mknod\",\"shm\":{\"mode\":\"0777\",\"size_bytes\":1}}\n");
  CHECK(after("rootfs", {set("rootfs.upper=disk"), set("rootfs={\"use\":\"fs-copy\"}")}) ==
        "/rootfs=fs-copy {\"reflink\":true}\n");
  CHECK(after("network", {set("network.net-loopback.use=net-host")}) == "/network=net-host {}\n");
  CHECK(after("exec", {set("exec.args=[\"/bin/sh\", \"-c\"]")}).find("[\"/bin/sh\",\"-c\"]") != std::string::npos);
  CHECK(after("image", {set("image.tag=[odd")}).find("\"[odd\"") != std::string::npos);
  CHECK(after("rootfs", {set("rootfs.upper=disk"), set("rootfs.use=fs-copy")}) ==
        "/rootfs=fs-copy {\"reflink\":true}\n");
}

TEST_CASE("--use swaps the plugin of a stage, of an entry, or a whole list") {
  CHECK(after("rootfs", {use("rootfs=fs-copy")}) == "/rootfs=fs-copy {\"reflink\":true}\n");
  CHECK(after("network", {use("network=net-host")}) == "/network=net-host {}\n");
  CHECK(after("harden", {use("harden.0=harden-seccomp")}, R"({"image": {"source": "/a"}})") ==
        "/harden/0=harden-seccomp {\"profile\":\"\"}\n");
  CHECK(after("harden", {use("harden=harden-seccomp,harden-proc")}) ==
        "/harden/0=harden-seccomp {\"profile\":\"/p\"}\n/harden/1=harden-proc {\"masked\":[\"/x\"]}\n");
  CHECK(after("harden", {use("harden=harden-proc")}) == "/harden/0=harden-proc {\"masked\":[\"/x\"]}\n");
  CHECK(after("network", {use("network=net-loopback,net-host")}).find("/network/1=net-host") != std::string::npos);
}

TEST_CASE("an entry that a list keeps keeps its places") {
  TestCatalogue plugins;
  const auto pipeline = read_pipeline(request_for(kText, {use("harden=harden-seccomp")}), plugins.catalogue());
  REQUIRE(pipeline);
  CHECK(to_text(pipeline->place_of("/harden/0/profile")) == "/etc/box/p.json:2:57");
  CHECK(to_text(pipeline->place_of("/harden/0/use")) == "--use harden");
}

TEST_CASE("the short options write exec and isolation, and the environment is appended") {
  using Kind = Override::Kind;
  Override arguments;
  arguments.kind = Kind::arguments;
  arguments.words = {"sh", "-c", "echo 1"};
  arguments.label = "the command";
  CHECK(after("exec", {arguments, sugar(Kind::entrypoint, "/init", "--entrypoint"),
                       sugar(Kind::environment, "B=2", "-e"), sugar(Kind::environment, "C=", "-e"),
                       sugar(Kind::workdir, "/tmp", "-w"), sugar(Kind::user, "1000", "-u")}) ==
        "/exec=exec-process {\"args\":[\"sh\",\"-c\",\"echo "
        "1\"],\"entrypoint\":[\"/init\"],\"env\":[\"A=1\",\"B=2\",\"C=\"],"
        "\"user\":\"1000\",\"workdir\":\"/tmp\"}\n");
  CHECK(after("exec", {sugar(Kind::entrypoint, "", "--entrypoint"), sugar(Kind::environment, "B=2", "-e")},
              R"({"image": {"source": "/a"}})") == "/exec=exec-process {\"entrypoint\":[],\"env\":[\"B=2\"]}\n");
  TestCatalogue plugins;
  const auto pipeline = read_pipeline(
      request_for(kText, {sugar(Kind::hostname, "box", "--hostname"), sugar(Kind::environment, "B=2", "-e"),
                          sugar(Kind::plugin_dir, "/opt", "--plugin-dir")}),
      plugins.catalogue());
  REQUIRE(pipeline);
  CHECK(pipeline->isolation.hostname == "box");
  CHECK(pipeline->plugin_dirs == std::vector<std::string>{"/opt"});
  CHECK(to_text(pipeline->place_of("/exec/env/0")) == "/etc/box/p.json:2:82");
  CHECK(to_text(pipeline->place_of("/exec/env/1")) == "-e");
  CHECK(to_text(pipeline->place_of("/isolation/hostname")) == "--hostname");
}

TEST_CASE("a change that leads nowhere is told as it was typed") {
  using Kind = Override::Kind;
  struct Row {
    std::vector<Override> overrides;
    std::string told;
  };
  const std::vector<Row> rows = {
      {{set("rootfs.uper=disk")},
       "--set rootfs.uper: error: /rootfs/uper: unknown option \"uper\" of \"fs-overlay\" | did you mean \"upper\"? "
       "allowed: \"size_bytes\", \"upper\"\n"},
      {{set("rootfs.upper=dsk")},
       "--set rootfs.upper: error: /rootfs/upper: expected \"auto\", \"tmpfs\", \"disk\" or \"none\", found \"dsk\" | "
       "did you mean \"disk\"?\n"},
      {{set("rotfs.upper=disk")},
       "--set rotfs.upper: error: there is no section \"rotfs\" | did you mean \"rootfs\"? allowed: \"image\", "
       "\"rootfs\", \"pseudo\", \"harden\", \"network\", \"exec\", \"isolation\", \"plugin_dirs\", \"vars\"\n"},
      {{set("rootfs..upper=1")},
       "--set rootfs..upper: error: this path has an empty part | a path is written like rootfs.upper\n"},
      {{set("harden.2.masked=[]")},
       "--set harden.2.masked: error: /harden: \"2\" names no entry of \"harden\" | did you mean \"0\"? allowed: "
       "\"0\", \"harden-proc\", \"1\", \"harden-seccomp\", \"calls\"\n"},
      {{set("harden.hardenproc.masked=[]")},
       "--set harden.hardenproc.masked: error: /harden: \"hardenproc\" names no entry of \"harden\" | did you mean "
       "\"harden-proc\"? allowed: \"0\", \"harden-proc\", \"1\", \"harden-seccomp\", \"calls\"\n"},
      {{set("harden=[]"), set("harden.0.masked=[]")},
       "--set harden.0.masked: error: /harden: \"0\" names no entry of \"harden\" | the list is empty\n"},
      {{set("image.source.x=1")},
       "--set image.source.x: error: /image/source: \"/a\" stands here, which has no \"x\" inside\n"},
      {{set("exec.env.3=x")},
       "--set exec.env.3: error: /exec/env: \"3\" is no entry of a list of 1 | entries are counted from 0\n"},
      {{set("isolation.user=root")},
       "--set isolation.user: error: /isolation/user: expected \"auto\", \"none\" or \"single\", found \"root\" | "
       "\"auto\": none as root, a subordinate id range as a user, one id without a range\n"},
      {{set("isolation={\"user\": 3}")},
       "--set isolation: error: /isolation/user: expected \"auto\", \"none\" or \"single\", found 3 | \"auto\": none "
       "as root, a subordinate id range as a user, one id without a range\n"},
      {{set("isolation=0")},
       "--set isolation: error: /isolation: expected an object, found 0 | it may have \"namespaces\", \"user\", "
       "\"ids\", \"hostname\" or \"propagation\"\n"},
      {{set("rootfs={\"upper\": \"disk\", \"upper\": \"none\"}")},
       "--set rootfs: error: /rootfs/upper: the key \"upper\" stands twice in one object\n"},
      {{set("pseudo.0.shm.size_bytes=-1")},
       "--set pseudo.0.shm.size_bytes: error: /pseudo/0/shm/size_bytes: expected at least 0, found -1 | its size\n"},
      {{set("pseudo={\"use\": \"pseudo-standard\", \"shm\": {\"mode\": \"1\"}}")},
       "--set pseudo: error: /pseudo/shm/mode: expected text as in \"0777\", found \"1\"; the form is "
       "^0[0-7]{3}$ | four octal digits\n"},
      {{set("rootfs.upper=\"a\\u0000\"")},
       "--set rootfs.upper: error: a NUL character (\"\\u0000\") in a string\n"
       "--set rootfs.upper: error: /rootfs/upper: expected \"auto\", \"tmpfs\", \"disk\" or \"none\", found "
       "\"a\\x00\" | where writes go\n"},
      {{use("pseudo.0=pseudo-x")},
       "--use pseudo.0: error: /pseudo/0/use: find the plugin: pseudo-x | looked in /lib/slipway/plugins\n"},
      {{set("isolation.hostname=7")},
       "--set isolation.hostname: error: /isolation/hostname: expected a string, found 7 | a name, as in "
       "\"box\"; \"image\": what the image's /etc/hostname says; {\"file\": PATH}: what that file says\n"},
      {{use("rotfs=fs-copy")},
       "--use rotfs: error: there is no stage \"rotfs\" | did you mean \"rootfs\"? allowed: \"image\", \"rootfs\", "
       "\"pseudo\", \"harden\", \"network\", \"exec\"\n"},
      {{use("rootfs=fs-overlay,fs-copy")}, "--use rootfs: error: /rootfs: \"rootfs\" takes one plugin, not 2\n"},
      {{use("rootfs=")}, "--use rootfs: error: /rootfs: no plugin is named\n"},
      {{use("harden=")}, "--use harden: error: /harden: no plugin is named | --set harden=[] empties the list\n"},
      {{use("harden=harden-proc,")}, "--use harden: error: /harden: an empty name in the list \"harden-proc,\"\n"},
      {{use("rootfs.upper=x")},
       "--use rootfs.upper: error: /rootfs: this path goes deeper than a plugin | write --use rootfs=x\n"},
      {{use("rootfs=fs-x")},
       "--use rootfs: error: /rootfs/use: find the plugin: fs-x | looked in /lib/slipway/plugins\n"},
      {{sugar(Kind::environment, "=x", "-e")}, "-e: error: /exec/env: expected NAME=VALUE or NAME, found \"=x\"\n"},
      {{sugar(Kind::workdir, "", "-w")},
       "-w: error: /exec/workdir: expected at least 1 character, found \"\" | where the program starts\n"},
      {{sugar(Kind::hostname, "", "--hostname")},
       "--hostname: error: /isolation/hostname: expected a hostname of 1 to 64 bytes, found one of 0 | longer ones are "
       "refused by the kernel\n"},
      {{set("rootfs.upper=1"), use("network=net-x"), set("exec.argv=[]")},
       "--set rootfs.upper: error: /rootfs/upper: expected a string, found 1 | a value that is JSON is taken as JSON; "
       "as a string it stands in double quotes, within the shell's\n"
       "--use network: error: /network/use: find the plugin: net-x | looked in /lib/slipway/plugins\n"
       "--set exec.argv: error: /exec/argv: unknown option \"argv\" of \"exec-process\" | did you mean \"args\"? "
       "allowed: \"args\", \"entrypoint\", \"env\", \"user\", \"workdir\"\n"},
  };
  for (const Row& row : rows) {
    INFO(row.told);
    CHECK(told(request_for(kText, row.overrides)) == row.told);
  }
}

TEST_CASE("an argument without an equals sign says how it is written") {
  CHECK(sentence(parse_use("rootfs").error()) == "read --use: rootfs");
  CHECK(parse_use("rootfs").error().hint == "it is written --use STAGE=PLUGIN");
  CHECK(parse_set("=x").error().hint == "it is written --set PATH=VALUE");
  CHECK(set("exec.env=[\"A=B\"]").value == "[\"A=B\"]");
}

}  // namespace
}  // namespace slipway::config
