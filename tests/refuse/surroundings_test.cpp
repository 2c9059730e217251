// What a caller's limits and environment can do to a run: it works, or it says with one error which limit it needs.
#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

// Under a limit, set in the process that becomes slipway: "--nofile=8:8".
Command limited(const Setting& setting, const std::string& limit, const std::vector<std::string>& words) {
  Command command = setting.slipway_command(words);
  command.arguments.insert(command.arguments.begin(), {"prlimit", limit});
  command.limit = std::chrono::seconds(20);
  return command;
}

enum class End { as_usual, refused };

struct Limits {
  const Setting& setting;
  std::string image;

  // Checks that the run either works or is refused by one error with `parts`; which of the two it was.
  End run_under(const std::string& limit, const std::vector<std::string>& parts) const {
    setting.make_store();
    const Watch before = setting.watch();
    const Outcome outcome = run(limited(setting, limit, {"run", "--store", setting.store(), image, "echo", "hello"}));
    if (outcome.shell_status() == 0) {
      CHECK(outcome.output + outcome.errors == "hello\n");
      CHECK(before.look().none());
      return End::as_usual;
    }
    CHECK(Setting::faults_of(outcome, 125, parts, before) == "");
    return End::refused;
  }
};

}  // namespace

TEST_CASE("where no timer can limit a plugin the run is refused by one error, and names it") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string image = setting.archive();
    setting.make_store();
    const Watch before = setting.watch();
    const Outcome outcome =
        run(limited(setting, "--sigpending=0:0", {"run", "--store", setting.store(), image, "true"}));
    CHECK(Setting::faults_of(outcome, 125, {"plugin ", "is not entered", "no timer", "ulimit -i"}, before,
                             Ending::crash) == "");
  }
}

TEST_CASE("with too few descriptors a run is refused by one error, and with 128 it works") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const Limits limits{setting, setting.archive()};
    for (const bool filled : {false, true}) {
      for (const int most : {3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 40}) {
        if (who != Who::root && most % 4 != 0) continue;
        INFO(most << (filled ? " with a filled store" : "") << " as " << to_text(who));
        if (!filled) setting.forget_store();
        const std::string both = std::to_string(most) + ":" + std::to_string(most);
        (void)limits.run_under("--nofile=" + both, {"open files", "\n  hint: "});
      }
      CHECK(limits.run_under("--nofile=128:128", {}) == End::as_usual);
    }
  }
}

TEST_CASE("with too few descriptors every other command, too, works or is refused by one error") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.file("image.tar", standard_archive());
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  // So that clean has something to read; the third of them it does not get to before it has read the others.
  REQUIRE(
      setting.slipway("run", {"--fault", "running:kill-supervisor", "--set", "rootfs.upper=disk", image, "sleep", "40"})
          .signal == SIGKILL);
  const std::string copies =
      "cd /run/slipway && one=$(echo *.journal) && for i in 1 2 3; do cp -p $one 00000000000$i.journal; done";
  REQUIRE(setting.shell(copies).shell_status() == 0);
  const std::vector<std::vector<std::string>> commands = {
      {"check", image},
      {"plan", image},
      {"unpack", "--store", setting.store(), image, setting.own("tree")},
      {"clean", "--store", setting.store()},
      {"plugin", "list"}};
  for (const auto& words : commands) {
    for (const int most : {4, 5, 6, 7, 8, 10, 12, 16, 24, 40}) {  // with 3 the program is not even loaded
      INFO(words.front() << " with " << most);
      const std::string both = std::to_string(most) + ":" + std::to_string(most);
      const Watch before = setting.watch();
      const Outcome outcome = run(limited(setting, "--nofile=" + both, words));
      std::filesystem::remove_all(setting.own("tree"));
      if (outcome.shell_status() == 0) {
        CHECK(outcome.errors == "");
      } else {
        CHECK(Setting::faults_of({.errors = outcome.errors, .status = outcome.shell_status()}, 1, {"\n  hint: "},
                                 before) == "");
      }
    }
  }
}

TEST_CASE("where no process can be made, the run says so") {
  const Who who = GENERATE(Who::range, Who::single);  // root is held by no such limit
  SLIPWAY_SETTING(who);
  const Limits limits{setting, setting.archive()};
  for (const bool filled : {false, true}) {
    if (filled) CHECK(limits.run_under("--nproc=10000:10000", {}) == End::as_usual);
    CHECK(limits.run_under("--nproc=1:1", {"Resource temporarily unavailable", "\n  hint: "}) == End::refused);
  }
}

TEST_CASE("where files may not grow, the run says so instead of being killed") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const Limits limits{setting, setting.archive()};
    for (const char* bytes : {"0:0", "1:1", "100:100", "4096:4096", "100000:100000"}) {
      INFO(bytes << " as " << to_text(who));
      setting.forget_store();
      CHECK(limits.run_under(std::string("--fsize=") + bytes, {"File too large", "\n  hint: "}) == End::refused);
    }
    // The program inside has the caller's limit, and is killed by it as anywhere else.
    REQUIRE(setting.slipway("run", {limits.image, "true"}).errors == "");
    const Outcome outcome = run(limited(
        setting, "--fsize=100000:100000",
        {"run", "--store", setting.store(), limits.image, "sh", "-c", "head -c 200000 /dev/zero > /tmp/x; echo $?"}));
    CHECK(outcome.output == "153\n");
  }
}

TEST_CASE("with a hundred megabytes of memory, or little time and stack, a run works or is refused by one error") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const Limits limits{setting, setting.archive()};
    for (const char* limit :
         {"--as=300000000:300000000", "--as=150000000:150000000", "--stack=131072:131072", "--data=20000000:20000000",
          "--memlock=0:0", "--msgqueue=0:0", "--core=0:0", "--cpu=5:5"}) {
      INFO(limit << " as " << to_text(who));
      setting.forget_store();
      const bool may_be_refused = std::string(limit).starts_with("--as") || std::string(limit).starts_with("--data");
      const End end = limits.run_under(limit, {"\n  hint: "});
      if (!may_be_refused) CHECK(end == End::as_usual);
    }
  }
}

TEST_CASE("an environment of two megabytes harms nobody") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (int warm = 0; warm < 2; ++warm) {
      INFO(to_text(who) << (warm == 0 ? "" : ", warm"));
      Command command = setting.slipway_command({"run", "--store", setting.store(), image, "sh", "-c", "env | wc -l"});
      if (!command.environment) command.environment = std::map<std::string, std::string>{{"PATH", "/usr/bin:/bin"}};
      for (int i = 0; i < 15; ++i) (*command.environment)["LONG_" + std::to_string(i)] = std::string(131'000, 'x');
      for (int i = 0; i < 2000; ++i) (*command.environment)["SHORT_" + std::to_string(i)] = "x";
      const Outcome outcome = run(command);
      CHECK(outcome.errors == "");
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.output.size() < 4);  // nothing of it goes inside
    }
  }
}

TEST_CASE("an environment that the kernel refuses inside is refused before") {
  SLIPWAY_SETTING(Who::root);
  ImageSpec image = standard_image();
  image.environment.push_back("LONG=" + std::string(200'000, 'x'));  // MAX_ARG_STRLEN is 131072; execve(2)
  const std::string long_word = setting.file("word.tar", docker_save({image}, Layout::docker25));
  const Outcome one = setting.slipway("run", {long_word, "true"});
  CHECK(Setting::faults_of(one, 125, {"is longer than 131071 bytes", "\n  hint: "}, setting.watch()) == "");
  const std::string plain = setting.archive();
  std::vector<std::string> words;
  for (int i = 0; i < 6; ++i)
    words.insert(words.end(), {"-e", "V" + std::to_string(i) + "=" + std::string(131'000, 'x')});
  words.insert(words.end(), {plain, "true"});
  // A quarter of the stack's limit is what arguments and environment have together.
  Command command = setting.slipway_command({"run", "--store", setting.store()});
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  CHECK(run(command).errors == "");
}

TEST_CASE("names in the environment that are no paths move nothing") {
  const Who who = GENERATE(Who::range, Who::single);
  SLIPWAY_SETTING(who);
  const std::string image = setting.archive();
  for (const std::string& value :
       {std::string(), std::string("relative"), std::string("\xFF\x1b[2J"), std::string("/dev/null"),
        "/" + std::string(5000, 'x'), std::string("/proc/self/fd")}) {
    Command command = setting.slipway_command({"run", "--no-record", "starts", image, "true"});
    for (const char* name : {"XDG_DATA_HOME", "HOME", "XDG_RUNTIME_DIR", "TMPDIR"})
      (*command.environment)[name] = value;
    const Outcome outcome = run(command);
    INFO(value.substr(0, 64) << "\n" << outcome.errors);
    CHECK(Setting::faults_of(outcome, 125, {"\n  hint: "}, setting.watch()) == "");
    CHECK(outcome.errors.find('\x1b') == std::string::npos);
  }
}
