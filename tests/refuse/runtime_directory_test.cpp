// Where an ordinary user's journals lie when XDG_RUNTIME_DIR is not set: a place in /tmp, where others may be, too.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

using Words = std::vector<std::string>;

// A /tmp of the test's own; what it had there before is in /mnt, and the program in /media, as it may have been built
// below /tmp.
class OwnTmp {
 public:
  explicit OwnTmp(const Setting& setting) : setting_(setting), image_(setting.archive()) {
    const std::string program = SLIPWAY_PROGRAM;
    as_root("mount --bind " + program.substr(0, program.rfind("/bin/")) + " /media && mount --bind " +
            (setting.scratch() / "") + " /mnt && mount -t tmpfs -o mode=1777 tmpfs /tmp");
  }

  void as_root(const std::string& script) const {
    const Outcome outcome = run({.arguments = {"sh", "-ec", script}, .mounts = setting_.mounts()});
    INFO(outcome.errors);
    REQUIRE(outcome.shell_status() == 0);
  }

  // Whatever stands in front of slipway, `verb`, what stands behind `--store DIR`.
  [[nodiscard]] Outcome slipway(const Words& before, const std::string& verb, const Words& after) const {
    Words words = before;
    words.insert(words.end(), {"/media/bin/slipway", verb, "--store", "/mnt/home/store"});
    words.insert(words.end(), after.begin(), after.end());
    Command command = setting_.command(words);
    command.environment->erase("XDG_RUNTIME_DIR");
    command.directory = "/";
    return slipway::tests::run(command);
  }
  [[nodiscard]] Outcome run_echo(const Words& before, const Words& options = {}) const {
    Words words = options;
    words.insert(words.end(), {"/mnt/image.tar", "echo", "hello"});
    return slipway(before, "run", words);
  }
  // "DIRECTORY OWNER" a line.
  [[nodiscard]] std::string journals() const {
    const std::string script = "cd /tmp && find . -name '*.journal' -printf '%h %u\\n'";
    return slipway::tests::run({.arguments = {"sh", "-c", script}, .mounts = setting_.mounts()}).output;
  }

 private:
  const Setting& setting_;
  std::string image_;
};

}  // namespace

TEST_CASE("a runtime directory in /tmp that is another user's is left to him, and the next name is taken") {
  for (const Who who : {Who::range, Who::single}) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const OwnTmp tmp(setting);
    const std::string uid = std::to_string(setting.identity()->uid);
    tmp.as_root("mkdir -m 0700 /tmp/slipway-" + uid + " && ln -s / /tmp/slipway-" + uid + ".2");
    const Outcome outcome = tmp.run_echo({});
    CHECK(outcome.output == "hello\n");
    CHECK(outcome.errors == "");
    const Outcome killed = tmp.run_echo({}, {"--fault", "10:kill-supervisor"});
    REQUIRE(killed.signal == SIGKILL);
    CHECK_THAT(tmp.journals(), Catch::StartsWith("./slipway-" + uid + ".3 "));
    // It is found there also when the first names are free again.
    tmp.as_root("rm -r /tmp/slipway-" + uid + " /tmp/slipway-" + uid + ".2");
    CHECK(tmp.run_echo({}).output == "hello\n");
    const Outcome cleaned = tmp.slipway({}, "clean", {});
    INFO(cleaned.output << cleaned.errors);
    CHECK(cleaned.shell_status() == 0);
    CHECK(tmp.journals() == "");
  }
}

TEST_CASE("what is the same user in the user namespaces of two users has a runtime directory of each one's own") {
  std::optional<Setting> one;
  try {
    one.emplace(Who::range);
  } catch (const Setting::Missing& missing) {
    SLIPWAY_SKIP(missing.reason);
  }
  SLIPWAY_SETTING(Who::single);
  const OwnTmp tmp(setting);
  // Root of a namespace in which it is root of another.
  const Words nested{"unshare", "--user", "--map-root-user", "unshare", "--user", "--map-root-user"};
  tmp.as_root("mkdir -m 0700 /tmp/slipway-0 && chown " + std::to_string(one->identity()->uid) + " /tmp/slipway-0");
  const Outcome outcome = tmp.run_echo(nested);
  CHECK(outcome.output == "hello\n");
  CHECK(outcome.errors == "");
  REQUIRE(tmp.run_echo(nested, {"--fault", "10:kill-supervisor"}).signal == SIGKILL);
  CHECK_THAT(tmp.journals(), Catch::StartsWith("./slipway-0.2 "));
  CHECK(tmp.slipway(nested, "clean", {}).shell_status() == 0);
  CHECK(tmp.journals() == "");
}

TEST_CASE("where every name for a runtime directory is taken, the first of them is told") {
  SLIPWAY_SETTING(Who::single);
  const OwnTmp tmp(setting);
  const std::string first = "/tmp/slipway-" + std::to_string(setting.identity()->uid);
  tmp.as_root("mkdir " + first + " && for i in $(seq 2 100); do mkdir " + first + ".$i; done");
  const Outcome outcome = tmp.run_echo({});
  CHECK(Setting::faults_of(outcome, 125, {first + ": it belongs to user 0", "XDG_RUNTIME_DIR"}, setting.watch()) == "");
}
