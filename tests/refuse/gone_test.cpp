// What a start counts on and the host has no more: namespaces, sources of binds, files of /etc.
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tree.hpp"

using namespace slipway::tests;

namespace {

using Words = std::vector<std::string>;

/// A container, and its first process as the host numbers it.
class Neighbour {
 public:
  Neighbour(const Setting& setting, const std::string& image)
      : program_(setting.slipway_command(
            {"run", "--store", setting.store(), image, "sh", "-c", "trap 'exit 0' TERM; echo up; sleep 1000 & wait"})) {
    REQUIRE(program_.wait_for_output("up\n"));
    const std::string task = "/proc/" + std::to_string(program_.pid());
    std::ifstream(task + "/task/" + std::to_string(program_.pid()) + "/children") >> pid_;
    REQUIRE(pid_ > 0);
  }
  [[nodiscard]] std::string pid() const { return std::to_string(pid_); }
  void end() {
    program_.signal(SIGTERM);
    CHECK(program_.wait().shell_status() == 0);
  }

 private:
  Program program_;
  pid_t pid_ = 0;
};

// `isolation` that joins one namespace, and as a user the one for users with it, by which that is allowed.
std::string joining(Who who, const std::string& name, const std::string& whose) {
  nlohmann::json isolation = {{"namespaces", {{name, whose}}}};
  if (who != Who::root) isolation["user"] = whose;
  return "isolation=" + isolation.dump();
}

Outcome as_root(const Setting& setting, const std::string& script) {
  const Outcome outcome = run({.arguments = {"sh", "-ec", script}, .mounts = setting.mounts()});
  INFO(script << "\n" << outcome.errors);
  REQUIRE(outcome.shell_status() == 0);
  return outcome;
}

}  // namespace

TEST_CASE("a namespace whose process has ended is told of in one error, after a start that has joined it, too") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    Neighbour neighbour(setting, image);
    const std::string process = "process:" + neighbour.pid();
    const Words joined = {"--set", joining(who, "uts", process), image, "true"};
    CHECK(setting.slipway("run", joined).errors == "");
    neighbour.end();
    for (const char* name : {"pid", "ipc", "uts", "net", "cgroup"}) {
      INFO(name << " as " << to_text(who));
      CHECK(setting.refusal("run", {"--set", joining(who, name, process), image, "true"},
                            {"join the ", "namespace of process", neighbour.pid() + ": No such process"}) == "");
      const std::string file = "/proc/" + neighbour.pid() + "/ns/" + name;
      CHECK(setting.refusal("run", {"--set", joining(who, name, file), image, "true"},
                            {"join the ", file + ": No such file or directory"}) == "");
    }
    CHECK(setting.refusal("run", joined, {"No such process"}) == "");
  }
}

TEST_CASE("a source that is there when a start is recorded and gone at the next is one error by its name") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string source = setting.own("source");
    CHECK(setting.shell("mkdir " + source).shell_status() == 0);
    const Words words = {"--bind", source + ":/data", setting.archive(), "true"};
    CHECK(setting.slipway("run", words).errors == "");
    CHECK(setting.shell("rmdir " + source).shell_status() == 0);
    CHECK(setting.refusal("run", words, {"--bind /data", source + ": open on the host: No such file"}) == "");
    // A link to nowhere is no source either, and none is made.
    CHECK(setting.shell("ln -s nowhere " + source).shell_status() == 0);
    CHECK(setting.refusal("run", words, {source + ": open on the host: No such file"}) == "");
    CHECK(setting.shell("test -e " + setting.own("nowhere")).shell_status() == 1);
  }
}

TEST_CASE("B2: a host without a resolv.conf gives an empty one, and with something else in its place an error") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    // A copy of the host's /etc covers it, for this test alone.
    const std::string etc = setting.scratch().directory("etc", 0, 0);
    as_root(setting, "cp -a /etc/. " + etc + "; mount --bind " + etc + " /etc; rm -f /etc/resolv.conf");
    const std::string image = setting.archive();
    const Words words = {"-u", "0", image, "sh", "-c", "cat /etc/resolv.conf; stat -c '%s %a' /etc/resolv.conf"};
    const auto shown = [&](const std::string& what) {
      INFO(what << " as " << to_text(who));
      const Outcome outcome = setting.slipway("run", words);
      CHECK(outcome.errors == "");
      return outcome.output;
    };
    CHECK(shown("missing") == "0 644\n");
    as_root(setting, "ln -s ../run/nowhere/resolv.conf /etc/resolv.conf");
    CHECK(shown("a link to nowhere") == "0 644\n");
    as_root(setting, "ln -sf other /etc/resolv.conf; echo nameserver 10.9.8.7 > /etc/other");
    CHECK(shown("a link") == "nameserver 10.9.8.7\n20 644\n");
    as_root(setting, "rm /etc/resolv.conf; mkdir /etc/resolv.conf");
    CHECK(setting.refusal("run", words, {"/etc/resolv.conf", "no regular file"}) == "");
    as_root(setting, "rmdir /etc/resolv.conf; mkfifo -m 0666 /etc/resolv.conf");
    CHECK(setting.refusal("run", words, {"/etc/resolv.conf", "no regular file"}) == "");
    // What needs none of the host's is not disturbed by it.
    Words other = words;
    other.insert(other.begin(), {"--set", "pseudo.1.dns=[\"10.1.1.1\"]"});
    CHECK(setting.slipway("run", other).output == "nameserver 10.1.1.1\n20 644\n");
    as_root(setting, "umount /etc");
  }
}
