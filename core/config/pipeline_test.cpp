#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

const StageUse& only(const Pipeline& pipeline, const std::string& stage) {
  const StageUse* found = nullptr;
  for (const StageUse& use : pipeline.stages) {
    if (use.stage != stage) continue;
    REQUIRE(found == nullptr);
    found = &use;
  }
  REQUIRE(found != nullptr);
  return *found;
}

Pipeline read(const Request& request, Check check = Check::full) {
  static TestCatalogue plugins;
  auto pipeline = read_pipeline(request, plugins.catalogue(), check);
  INFO(told(pipeline ? Findings{} : pipeline.error()));
  REQUIRE(pipeline);
  return std::move(*pipeline);
}

TEST_CASE("an image alone makes a whole pipeline") {
  Request request;
  request.image_source = "/srv/box.tar";
  const Pipeline pipeline = read(request);
  std::string stages;
  for (const StageUse& use : pipeline.stages) stages += use.pointer + "=" + use.use + " ";
  CHECK(stages ==
        "/image=image-auto /rootfs=fs-overlay /pseudo/0=pseudo-standard /pseudo/1=pseudo-etc "
        "/harden/0=harden-proc "
        "/network=net-loopback /exec=exec-process ");
  CHECK(only(pipeline, "image").options == nlohmann::json({{"source", "/srv/box.tar"}, {"tag", ""}}));
  CHECK(pipeline.isolation.namespaces == std::vector<std::string>(kUsualNamespaces.begin(), kUsualNamespaces.end()));
  CHECK(pipeline.isolation.user == Isolation::User::automatic);
  CHECK(pipeline.isolation.ids == Isolation::Ids::squash);
  CHECK(pipeline.isolation.hostname == "slipway");
  CHECK(to_text(pipeline.place_of("/image/source")) == "/srv/box.tar");
  CHECK(to_text(pipeline.place_of("/rootfs/upper")) == "default");
}

TEST_CASE("an image alone of which the archive is missing points at the target") {
  CHECK(told(Request{}) ==
        "default: error: /image: no image is named: \"image\" has no \"source\" | \"image\": { \"source\": "
        "\"image.tar\" } in the pipeline, or --set image.source=image.tar\n");
}

TEST_CASE("a file goes over the defaults object by object, key by key, and its lists are whole") {
  const Pipeline pipeline = read(request_for(R"({
    // options alone go to the default plugin
    "image": {"source": "/a.tar"},
    "rootfs": {"upper": "disk"},
    "harden": [],
    "pseudo": [{"use": "pseudo-standard", "shm": {"size_bytes": 0}}],
    "isolation": {"namespaces": ["net", "mount"]}
  })"));
  CHECK(only(pipeline, "rootfs").use == "fs-overlay");
  CHECK(only(pipeline, "rootfs").options == nlohmann::json({{"upper", "disk"}}));
  CHECK(only(pipeline, "pseudo").pointer == "/pseudo/0");
  CHECK(only(pipeline, "pseudo").options ==
        nlohmann::json({{"devices", "bind"}, {"shm", {{"size_bytes", 0}, {"mode", "0777"}}}}));
  for (const StageUse& use : pipeline.stages) CHECK(use.stage != "harden");
  CHECK(pipeline.isolation.namespaces == std::vector<std::string>{"mount", "net"});
  CHECK(pipeline.isolation.hostname.empty());
  CHECK(to_text(pipeline.place_of("/rootfs/upper")) == "/etc/box/p.json:4:25");
  CHECK(to_text(pipeline.place_of("/rootfs/use")) == "default");
  CHECK(to_text(pipeline.place_of("/rootfs")) == "/etc/box/p.json:4:15");
  CHECK(to_text(pipeline.place_of("/pseudo/0/shm/mode")) == "default");
  CHECK(to_text(pipeline.place_of("/pseudo/0/shm")) == "/etc/box/p.json:6:50");
}

TEST_CASE("use, name, after and replaces are no plugin's options") {
  const Pipeline pipeline = read(request_for(R"({"image": {"source": "/a.tar"}, "harden": [
    {"use": "harden-proc", "name": "first"},
    {"use": "harden-proc", "after": ["first:mask"], "replaces": "pseudo-standard:proc", "masked": []}]})"));
  const StageUse& second = pipeline.stages[5];
  CHECK(pipeline.stages[4].name == "first");
  CHECK(second.name == "harden-proc");
  CHECK(second.after == std::vector<std::string>{"first:mask"});
  CHECK(second.replaces == std::vector<std::string>{"pseudo-standard:proc"});
  CHECK(second.options == nlohmann::json({{"masked", nlohmann::json::array()}}));
  CHECK(second.pointer == "/harden/1");
}

TEST_CASE("naming a different plugin drops what the old one was told") {
  TestCatalogue plugins;
  plugins.add("fs-overlay", "rootfs", R"({"x": {"type": "string", "description": "x"}})");
  const Request request =
      request_for(R"({"image": {"source": "/a"}, "rootfs": {"use": "fs-overlay", "x": "1"}})", {use("rootfs=fs-copy")});
  const auto pipeline = read_pipeline(request, plugins.catalogue());
  REQUIRE(pipeline);
  CHECK(only(*pipeline, "rootfs").options == nlohmann::json({{"reflink", true}}));
  CHECK(to_text(pipeline->place_of("/rootfs/x")) == "--use rootfs");
}

TEST_CASE("relative paths are relative to the file that holds them, on the command line to the current directory") {
  char* here = ::getcwd(nullptr, 0);
  const std::string cwd = here;
  std::free(here);
  const std::string text = R"({"image": {"source": "./a/../b.tar"}, "plugin_dirs": ["plugins", "/opt/p"]})";
  TestCatalogue plugins;
  auto pipeline = read_pipeline(request_for(text), plugins.catalogue());
  REQUIRE(pipeline);
  CHECK(only(*pipeline, "image").options["source"] == "/etc/box/a/../b.tar");
  CHECK(pipeline->plugin_dirs == std::vector<std::string>{"/etc/box/plugins", "/opt/p"});
  CHECK(plugins.looked_in == pipeline->plugin_dirs);

  Request beside = request_for(text);
  beside.file = "sub/p.json";
  CHECK(only(read(beside), "image").options["source"] == cwd + "/sub/a/../b.tar");
  beside.file = "/p.json";
  CHECK(only(read(beside), "image").options["source"] == "/a/../b.tar");
  beside.file = "p.json";
  CHECK(only(read(beside), "image").options["source"] == cwd + "/a/../b.tar");

  CHECK(only(read(request_for(text, {set("image.source=c.tar")})), "image").options["source"] == cwd + "/c.tar");
  Request target;
  target.image_source = "d.tar";
  CHECK(only(read(target), "image").options["source"] == cwd + "/d.tar");
  target.image_source = "-";
  CHECK(only(read(target), "image").options["source"] == "-");
}

TEST_CASE("a manifest has its say about namespaces") {
  const Pipeline pipeline = read(request_for(R"({"image": {"source": "/a"}, "network": {"use": "net-host"}})"));
  CHECK(pipeline.isolation.namespaces == std::vector<std::string>{"mount", "pid", "ipc", "uts", "cgroup"});
  const Pipeline agreed = read(request_for(
      R"({"image": {"source": "/a"}, "network": {"use": "net-host"}, "isolation": {"namespaces": ["mount", "uts"]}})"));
  CHECK(agreed.isolation.namespaces == std::vector<std::string>{"mount", "uts"});
}

TEST_CASE("plugins that disagree about a namespace are both named") {
  TestCatalogue plugins;
  const Request request =
      request_for(R"({"image": {"source": "/a"}, "network": [{"use": "net-host"}, {"use": "net-loopback"}]})");
  plugins["net-loopback"].namespaces = {{"net", "new"}};
  CHECK(
      told(read_pipeline(request, plugins.catalogue()).error()) ==
      "/etc/box/p.json:1:70: error: /network/1/use: \"net-loopback\" needs a \"net\" namespace of the container's own, "
      "and \"net-host\" keeps the host's \"net\" namespace\n");
  plugins["net-loopback"].namespaces = {{"time", "new"}};
  CHECK(read_pipeline(request, plugins.catalogue())->isolation.namespaces ==
        std::vector<std::string>{"mount", "pid", "ipc", "uts", "cgroup", "time"});
  plugins["net-loopback"].namespaces = {{"mount", "host"}};
  CHECK(told(read_pipeline(request, plugins.catalogue()).error()) ==
        "/etc/box/p.json:1:70: error: /network/1/use: \"net-loopback\" keeps the host's \"mount\" namespace, "
        "and a container always has one of its own\n");
}

TEST_CASE("what is known to be right is not held against schemas again, and its defaults are filled in all the same") {
  const Pipeline pipeline =
      read(request_for(R"({"image": {"source": "/a"}, "rootfs": {"upper": "odd"}})"), Check::cached);
  CHECK(only(pipeline, "rootfs").options == nlohmann::json({{"upper", "odd"}}));
  CHECK(only(pipeline, "image").options["tag"] == "");
}

TEST_CASE("a pipeline is read from its file") {
  char name[] = "/tmp/slipway-config-XXXXXX";
  const int descriptor = ::mkstemp(name);
  REQUIRE(descriptor >= 0);
  ::close(descriptor);
  std::ofstream(name) << R"({"image": {"source": "a.tar"}})";
  Request request;
  request.file = name;
  CHECK(only(read(request), "image").options["source"] == "/tmp/a.tar");
  ::unlink(name);
  CHECK(told(request) == std::string(name) + ": error: the pipeline cannot be read: No such file or directory\n");
  request.file = "/tmp";
  CHECK(told(request) == "/tmp: error: the pipeline cannot be read: Is a directory\n");
}

TEST_CASE("every problem of a pipeline is told in the order of its text, with what is allowed") {
  const std::string image = R"("image": {"source": "a.tar"}, )";
  struct Row {
    const char* name;
    std::string text;
    std::string told;
  };
  const std::vector<Row> rows = {
      {"not an object", "[1]", "P:1:1: error: a pipeline is an object in braces, found a list\n"},
      {"unknown key", "{" + image + "\"netwrk\": {}}",
       "P:1:32: error: /netwrk: unknown key \"netwrk\" | did you mean \"network\"? allowed: \"image\", \"rootfs\", "
       "\"pseudo\", "
       "\"harden\", \"network\", \"exec\", \"isolation\", \"plugin_dirs\", \"extends\", \"vars\", \"$schema\"\n"},
      {"schema for editors", "{" + image + "\"$schema\": \"x\"}", ""},
      {"schema of a wrong type", "{" + image + "\"$schema\": 1}",
       "P:1:43: error: /$schema: expected a string, found 1 | it is for editors; slipway does not read it\n"},
      {"stage of a wrong type", "{" + image + "\"rootfs\": \"fs-overlay\"}",
       "P:1:42: error: /rootfs: expected an object, found \"fs-overlay\" | { \"use\": PLUGIN, options… }\n"},
      {"list for a stage of one", "{" + image + "\"rootfs\": [{\"use\": \"fs-overlay\"}]}",
       "P:1:42: error: /rootfs: expected an object, found a list | \"rootfs\" is served by one plugin\n"},
      {"null for a list", "{" + image + "\"harden\": null}",
       "P:1:42: error: /harden: expected an object or a list of objects, found null | [] means none\n"},
      {"entry of a wrong type", "{" + image + "\"harden\": [7]}",
       "P:1:43: error: /harden/0: expected an object, found 7 | { \"use\": PLUGIN, options… }\n"},
      {"no plugin named", "{" + image + "\"harden\": [{\"masked\": []}]}",
       "P:1:43: error: /harden/0: \"use\" is missing: which plugin serves this stage? | an entry of a list is written "
       "{ "
       "\"use\": PLUGIN, options… }\n"},
      {"plugin of a wrong type", "{" + image + "\"rootfs\": {\"use\": 1}}",
       "P:1:50: error: /rootfs/use: expected a name, found 1 | slipway plugin list tells the plugins there are\n"},
      {"unknown plugin", "{" + image + "\"rootfs\": {\"use\": \"fs-overlai\"}}",
       "P:1:50: error: /rootfs/use: find the plugin: fs-overlai | looked in /lib/slipway/plugins\n"},
      {"plugin of another stage", "{" + image + "\"rootfs\": {\"use\": \"harden-proc\"}}",
       "P:1:50: error: /rootfs/use: \"harden-proc\" serves the stage \"harden\", not \"rootfs\"\n"},
      {"two of the same plugin", "{" + image + "\"harden\": [{\"use\": \"harden-proc\"},\n{\"use\": \"harden-proc\"}]}",
       "P:2:9: error: /harden/1/use: \"harden-proc\" is used twice in \"harden\" | give one of them a \"name\"; the "
       "other one is at P:1:43\n"},
      {"two of the same name",
       "{" + image +
           "\"harden\": [{\"use\": \"harden-proc\", \"name\": \"a\"},\n{\"use\": \"harden-seccomp\", \"name\": "
           "\"a\"}]}",
       "P:2:35: error: /harden/1/name: the name \"a\" is taken by /harden/0 | it is at P:1:43\n"},
      {"name that reads as an index", "{" + image + "\"harden\": [{\"use\": \"harden-proc\", \"name\": \"0\"}]}",
       "P:1:74: error: /harden/0/name: expected a name, found \"0\" | a name begins with a letter and goes on with "
       "letters, digits, \"-\" and \"_\", 64 in all\n"},
      {"after of a wrong type", "{" + image + "\"rootfs\": {\"after\": 1}}",
       "P:1:52: error: /rootfs/after: expected a list of strings, found 1 | an entry is written \"OWNER:LABEL\"\n"},
      {"missing option", "{\"image\": {}}",
       "P:1:11: error: /image: no image is named: \"image\" has no \"source\" | \"image\": { \"source\": "
       "\"image.tar\" } in the pipeline, or --set image.source=image.tar\n"},
      {"missing option of a stage that is not written", "\n{}",
       "P:2:1: error: /image: no image is named: \"image\" has no \"source\" | \"image\": { \"source\": "
       "\"image.tar\" } in the pipeline, or --set image.source=image.tar\n"},
      {"directories of a wrong type", "{" + image + "\"plugin_dirs\": \"x\"}",
       "P:1:47: error: /plugin_dirs: expected a list of directories, found \"x\" | \"plugin_dirs\": [DIR, ...], each "
       "relative to the file that says so\n"},
      {"directory of a wrong type", "{" + image + "\"plugin_dirs\": [\"\", 3]}",
       "P:1:48: error: /plugin_dirs/0: expected a directory, found \"\" | \"plugin_dirs\": [DIR, ...], each relative "
       "to the file that says so\nP:1:52: error: /plugin_dirs/1: expected a directory, found 3 | \"plugin_dirs\": "
       "[DIR, "
       "...], each relative to the file that says so\n"},
      {"isolation of a wrong type", "{" + image + "\"isolation\": []}",
       "P:1:45: error: /isolation: expected an object, found an empty list | it may have \"namespaces\", \"user\", "
       "\"ids\", \"hostname\" or \"propagation\"\n"},
      {"unknown key of isolation", "{" + image + "\"isolation\": {\"hostnam\": \"a\"}}",
       "P:1:46: error: /isolation/hostnam: unknown key \"hostnam\" in \"isolation\" | did you mean \"hostname\"? "
       "allowed: \"namespaces\", \"user\", \"ids\", \"hostname\", \"propagation\"\n"},
      {"unknown user", "{" + image + "\"isolation\": {\"user\": \"non\"}}",
       "P:1:54: error: /isolation/user: expected \"auto\", \"none\" or \"single\", found \"non\" | did you mean "
       "\"none\"?\n"},
      {"user of a wrong type", "{" + image + "\"isolation\": {\"user\": 0}}",
       "P:1:54: error: /isolation/user: expected \"auto\", \"none\" or \"single\", found 0 | \"auto\": none as root, a "
       "subordinate id range as a user, one id without a range\n"},
      {"unknown treatment of owners", "{" + image + "\"isolation\": {\"ids\": \"exakt\"}}",
       "P:1:53: error: /isolation/ids: expected \"squash\" or \"exact\", found \"exakt\" | did you mean \"exact\"?\n"},
      {"treatment of owners of a wrong type", "{" + image + "\"isolation\": {\"ids\": true}}",
       "P:1:53: error: /isolation/ids: expected \"squash\" or \"exact\", found true | \"squash\": files whose owner "
       "has no "
       "id in the container belong to root there; \"exact\": that is an error\n"},
      {"unknown namespace", "{" + image + "\"isolation\": {\"namespaces\": [\"mount\", \"uts\", \"nett\"]}}",
       "P:1:77: error: /isolation/namespaces/2: expected a namespace, found \"nett\" | did you mean \"net\"? allowed: "
       "\"mount\", \"pid\", \"ipc\", \"uts\", \"net\", \"cgroup\", \"time\"\n"},
      {"user among the namespaces", "{" + image + "\"isolation\": {\"namespaces\": [\"mount\", \"user\"]}}",
       "P:1:70: error: /isolation/namespaces/1: expected a namespace, found \"user\" | isolation.user says whether "
       "there is a user namespace\n"},
      {"namespace twice", "{" + image + "\"isolation\": {\"namespaces\": [\"mount\", \"net\", \"net\"]}}",
       "P:1:77: error: /isolation/namespaces/2: \"net\" stands twice in the list\n"},
      {"no mount namespace", "{" + image + "\"isolation\": {\"namespaces\": []}}",
       "P:1:60: error: /isolation/namespaces: \"mount\" is missing, and is always needed | without a mount namespace "
       "of its own a container's mounts would be made on the host\n"},
      {"empty hostname", "{" + image + "\"isolation\": {\"hostname\": \"\"}}",
       "P:1:58: error: /isolation/hostname: expected a hostname of 1 to 64 bytes, found one of 0 | longer ones are "
       "refused by the kernel\n"},
      {"long hostname", "{" + image + "\"isolation\": {\"hostname\": \"" + std::string(65, 'x') + "\"}}",
       "P:1:58: error: /isolation/hostname: expected a hostname of 1 to 64 bytes, found one of 65 | longer ones are "
       "refused by the kernel\n"},
      {"hostname with a line break", "{" + image + "\"isolation\": {\"hostname\": \"a\\nb\"}}",
       "P:1:58: error: /isolation/hostname: \"a\\x0ab\" is no host name | letters, digits, \"-\" and "
       "\"_\", in parts with a \".\" between them, of which none begins with \"-\"\n"},
      {"hostname for the host", "{" + image + "\"isolation\": {\"namespaces\": [\"mount\"], \"hostname\": \"a\"}}",
       "P:1:83: error: /isolation/hostname: a hostname needs a \"uts\" namespace of the container's own | without one "
       "it would be the host that is renamed; add \"uts\" to isolation.namespaces\n"},
      {"clash about a namespace",
       "{" + image + "\"network\": {\"use\": \"net-host\"},\n\"isolation\": {\"namespaces\": [\"mount\", \"net\"]}}",
       "P:1:51: error: /network/use: \"net-host\" keeps the host's \"net\" namespace, and isolation asks for one of "
       "its own | take it out of isolation.namespaces (P:2:29)\n"},
      {"several at once",
       "{\n  \"exec\": {\"user\": []},\n  \"rootfs\": {\"uper\": 1, \"upper\": \"dsk\"},\n  \"image\": {\"source\": "
       "\"a\", \"source\": 1},\n"
       "  \"isolation\": {\"user\": 1},\n  \"network\": {\"use\": \"net-x\"}\n}",
       "P:2:20: error: /exec/user: expected a string or an integer, found an empty list | name or number\n"
       "P:3:14: error: /rootfs/uper: unknown option \"uper\" of \"fs-overlay\" | did you mean \"upper\"? allowed: "
       "\"size_bytes\", \"upper\"\n"
       "P:3:34: error: /rootfs/upper: expected \"auto\", \"tmpfs\", \"disk\" or \"none\", found \"dsk\" | did you mean "
       "\"disk\"?\n"
       "P:4:28: error: /image/source: the key \"source\" stands twice in one object | it is first written in line 4; "
       "keep one of the two\n"
       "P:5:25: error: /isolation/user: expected \"auto\", \"none\" or \"single\", found 1 | \"auto\": none as root, a "
       "subordinate id range as a user, one id without a range\n"
       "P:6:22: error: /network/use: find the plugin: net-x | looked in /lib/slipway/plugins\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Request request = request_for(row.text);
    request.file = "P";
    CHECK(told(request) == row.told);
  }
}

}  // namespace
}  // namespace slipway::config
