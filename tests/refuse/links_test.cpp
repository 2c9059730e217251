// Images whose own places are links to elsewhere: they change nothing on the host and reach nothing of it.
#include <catch2/catch.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tree.hpp"

using namespace slipway::tests;

namespace {

using Entries = std::vector<TarEntry>;

// What a link of an image may point to, each a way that some runtime once went; `outside` is a directory of the host.
std::vector<std::string> link_targets(const std::string& outside) {
  return {outside,
          "../../../../../../.." + outside,
          "/proc/1/root" + outside,
          "/proc/self/cwd",
          "/proc/self/fd/5",
          "/etc",
          "../opt/cache",
          "/",
          ".",
          "nowhere"};
}

std::string plugin_dirs() { return std::string("plugin_dirs=[\"") + SLIPWAY_FIXTURES + "\"]"; }

}  // namespace

TEST_CASE("B6: an image with a link in a mount's place is refused by its name and changes nothing outside") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string outside = setting.scratch().directory("outside", 0, 0, 0777);
    setting.file("outside/kept", "as it was");
    const auto before = describe_tree(outside);
    for (const std::string place : {"proc", "dev", "sys", "tmp", "run"}) {
      std::vector<std::string> targets = link_targets(outside);
      if (place != "proc") targets.resize(3);
      for (const std::string& target : targets) {
        const std::string image = setting.archive_with({soft_link(place, target)});
        INFO("/" << place << " -> " << target << " as " << to_text(who));
        CHECK(setting.refusal("run", {image, "true"},
                              {"pseudo: pseudo-standard: step ", ": /" + place + ": ", "(ELOOP)"}) == "");
      }
    }
    CHECK(describe_tree(outside) == before);
  }
}

TEST_CASE("B6: an image with links in other places starts and changes nothing outside") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string outside = setting.scratch().directory("outside", 0, 0, 0777);
    setting.file("outside/kept", "as it was");
    setting.file("outside/passwd", "root:x:0:0:root:/root:/bin/sh\nhost:x:77:77::/:/bin/sh\n");
    const auto before = describe_tree(outside);
    for (const std::string& target : link_targets(outside)) {
      const Entries links{soft_link("dev/pts", target),      soft_link("dev/shm", target),
                          soft_link("dev/mqueue", target),   soft_link("dev/null", target),
                          soft_link("dev/ptmx", target),     soft_link("etc/hosts", target),
                          soft_link("etc/hostname", target), soft_link("etc/resolv.conf", target),
                          soft_link("dev/core", target),     soft_link("root", target),
                          soft_link("home", target),         soft_link("var", target)};
      const std::string image = setting.archive_with(links);
      INFO("-> " << target << " as " << to_text(who));
      const Outcome outcome = setting.slipway("run", {image, "sh", "-c", "echo x > /dev/shm/x && echo ran"});
      CHECK(outcome.errors == "");
      CHECK(outcome.output == "ran\n");
    }
    // Users are those of the image, also where its files are links.
    const std::string image = setting.archive_with({soft_link("etc/passwd", outside + "/passwd")});
    CHECK(setting.refusal("run", {"-u", "host", image, "true"}, {"the image has no user: host"}) == "");
    CHECK(describe_tree(outside) == before);
  }
}

// Inside of the container a link is followed to a directory, as the C library does that reads what lies in it.
TEST_CASE("B6: an image whose /etc is a link starts where that leads to a directory inside, and is refused elsewhere") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string outside = setting.scratch().directory("outside", 0, 0, 0777);
    setting.file("outside/hosts", "as it was");
    const auto before = describe_tree(outside);
    for (const std::string& target : link_targets(outside)) {
      const bool leads_inside = target == "../opt/cache" || target == "/" || target == ".";
      const std::string image = setting.archive_with({soft_link("etc", target)});
      INFO("-> " << target << " as " << to_text(who));
      if (leads_inside) {
        const Outcome outcome = setting.slipway("run", {"-u", "0", image, "cat", "/etc/hostname"});
        CHECK(outcome.errors == "");
        CHECK(outcome.output == "slipway\n");
      } else {
        CHECK(setting.refusal("run", {"-u", "0", image, "true"}, {"pseudo: pseudo-etc: step ", ": /etc/hosts"}) == "");
      }
    }
    CHECK(describe_tree(outside) == before);
  }
}

TEST_CASE("B6: without a /dev of its own an image's links in it are refused by name, and change nothing outside") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string outside = setting.scratch().directory("outside", 0, 0, 0777);
    setting.file("outside/kept", "as it was");
    const auto before = describe_tree(outside);
    const std::string pseudo = R"(pseudo={"use":"pseudo-standard","dev":false,"pts":true})";
    for (const std::string& target : link_targets(outside)) {
      INFO("-> " << target << " as " << to_text(who));
      const std::string image = setting.archive_with({soft_link("dev/pts", target)});
      CHECK(setting.refusal("run", {"--set", pseudo, "--set", "harden=[]", image, "true"},
                            {"pseudo: pseudo-standard: step ", "/dev/pts"}) == "");
    }
    CHECK(describe_tree(outside) == before);
  }
}

TEST_CASE("B6: an image with files where directories are needed is refused by name, and one without them starts") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    for (const std::string place : {"proc", "sys", "dev", "run", "tmp", "etc"}) {
      const std::string image = setting.archive_with({file(place, "a file\n")});
      INFO("/" << place << " as " << to_text(who));
      CHECK(setting.refusal("run", {"-u", "0", image, "true"}, {": /" + place, "(ENOTDIR)"}) == "");
    }
    const Entries none = {file(".wh.proc"), file(".wh.sys"), file(".wh.dev"), file(".wh.tmp"), file(".wh.etc")};
    const std::string image = setting.archive_with(none);
    const Outcome outcome = setting.slipway("run", {"-u", "0", image, "sh", "-c", "cat /etc/hostname; ls -A /etc"});
    CHECK(outcome.errors == "");
    CHECK(outcome.output == "slipway\nhostname\nhosts\nresolv.conf\n");
  }
}

TEST_CASE("a working directory is made and entered through the image's own links, and inside of it") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string outside = setting.scratch().directory("outside", 0, 0, 0777);
    const auto before = describe_tree(outside);
    ImageSpec image =
        setting.image_with({directory("srv/"), directory("srv/app/"), soft_link("app", "srv/app"),
                            soft_link("var/run", "/run"), soft_link("up", "../../../srv"), soft_link("out", outside),
                            soft_link("fd", "/proc/self/fd"), soft_link("ring", "ring")});
    const std::string archive = setting.file("image.tar", docker_save({image}, Layout::docker25));
    struct Row {
      const char* workdir;
      const char* seen;
    };
    for (const Row& row : std::initializer_list<Row>{{"/app", "/srv/app\n"},
                                                     {"/app/new/one", "/srv/app/new/one\n"},
                                                     {"/var/run/one", "/run/one\n"},
                                                     {"/up/app", "/srv/app\n"}}) {
      INFO(row.workdir << " as " << to_text(who));
      const Outcome outcome = setting.slipway("run", {"-w", row.workdir, archive, "pwd"});
      CHECK(outcome.errors == "");
      CHECK(outcome.output == row.seen);
    }
    for (const std::string workdir : {"/out", "/out/new", "/fd/3", "/proc/self/fd/7/..", "/ring/x", "/etc/passwd"}) {
      INFO(workdir << " as " << to_text(who));
      const Outcome outcome = setting.slipway("run", {"-w", workdir, archive, "pwd"});
      CHECK(outcome.shell_status() == 125);
      CHECK(outcome.output == "");
      CHECK(outcome.errors.find(workdir.substr(0, 4)) != std::string::npos);
    }
    CHECK(describe_tree(outside) == before);
  }
}

// A descriptor that is open on a directory of the host when the image's paths are looked up is a way out: the program
// or the working directory that it names is then the host's.
TEST_CASE("no descriptor leads an image's program or working directory out of its root") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string archive = setting.archive();
    REQUIRE(setting.slipway("run", {archive, "true"}).shell_status() == 0);
    const std::string program_of_host = setting.scratch().write("busybox", read_file("/bin/busybox"), 0755);
    const std::string climb = "/../../../../../../../../../../../..";
    for (int fd = 3; fd < 32; ++fd) {
      const std::string link = "/proc/self/fd/" + std::to_string(fd);
      INFO(link << " as " << to_text(who));
      const Outcome program =
          setting.slipway("run", {"--entrypoint", link + climb + program_of_host, archive, "echo", "out"});
      CHECK(program.output == "");
      CHECK(program.shell_status() != 0);
      const Outcome directory =
          setting.slipway("run", {"--set", plugin_dirs(), "--use", "exec=emits-exec", "--set",
                                  R"(exec.steps=["{\"type\":\"workdir\",\"path\":\")" + link +
                                      R"(\"}", "{\"type\":\"environment\"}", )" +
                                      R"("{\"type\":\"exec\",\"args\":[\"/bin/echo\",\"out\"]}"])",
                                  archive});
      CHECK(directory.output == "");
      CHECK(directory.shell_status() == 125);
    }
  }
}

TEST_CASE("what the caller left open is not open inside") {
  SLIPWAY_SETTING(Who::root);
  const std::string archive = setting.archive();
  const Outcome outcome =
      run({.arguments = {"sh", "-c", "exec 7</ 8</etc/hostname; exec \"$@\"", "sh", SLIPWAY_PROGRAM, "run", "--store",
                         setting.own("store"), archive, "sh", "-c", "echo $(ls /proc/self/fd)"}});
  // ls has one of its own open on the directory that it lists.
  CHECK(outcome.output == "0 1 2 3\n");
  CHECK(outcome.errors == "");
}
