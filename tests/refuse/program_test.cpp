// What is said of the program's environment, end and descriptors and cannot be.
#include <catch2/catch.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

TEST_CASE("a wrong word about the program's end, environment, groups or descriptors is refused with the right one") {
  struct Row {
    std::vector<std::string> options, parts;
  };
  const std::vector<Row> rows = {
      {{"--stop-signal", "SIGTREM"},
       {"--stop-signal: error: ", "there is no signal \"SIGTREM\"", "did you mean SIGTERM?"}},
      {{"--stop-signal", "qiut"}, {"there is no signal \"qiut\"", "did you mean SIGQUIT?"}},
      {{"--stop-signal", "0"}, {"there is no signal \"0\""}},
      {{"--stop-signal", "65"}, {"there is no signal \"65\""}},
      {{"--stop-signal", "SIGRTMIN+31"}, {"there is no signal \"SIGRTMIN+31\""}},
      {{"--stop-signal", "RTMAX+1"}, {"there is no signal \"RTMAX+1\""}},
      {{"--stop-signal", ""}, {"--stop-signal", "/exec/stop_signal"}},
      {{"--stop-timeout", "-1"}, {"--stop-timeout", "/exec/stop_timeout"}},
      {{"--stop-timeout", "86401"}, {"--stop-timeout", "/exec/stop_timeout"}},
      {{"--stop-timeout", "ten"}, {"--stop-timeout", "/exec/stop_timeout"}},
      {{"--stop-timeout", "1.5"}, {"--stop-timeout", "/exec/stop_timeout"}},
      {{"--end-with", "parnet"}, {"--end-with: error: ", "did you mean \"parent\"?"}},
      {{"--end-with", ""}, {"--end-with", "/exec/end_with/0"}},
      {{"--unsetenv", "A=secret"}, {"read --unsetenv: A", "--unsetenv NAME"}},
      {{"--unsetenv", ""}, {"read --unsetenv"}},
      {{"-e", "=secret"}, {"-e: error: /exec/env: expected NAME=VALUE or NAME"}},
      {{"-e", ""}, {"-e: error: /exec/env: expected NAME=VALUE or NAME"}},
      {{"--env-file", ""}, {"--env-file", "/exec/env_files/0"}},
      {{"--group-add", ""}, {"--group-add", "/exec/groups/0"}},
      {{"--preserve-fds", "1025"}, {"--preserve-fds", "/exec/preserve_fds"}},
      {{"--preserve-fds", "all"}, {"--preserve-fds", "/exec/preserve_fds"}},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const Row& row : rows) {
      INFO(row.options[0] << " " << row.options[1] << " as " << to_text(who));
      std::vector<std::string> words = row.options;
      words.insert(words.end(), {image, "true"});
      CHECK(setting.refusal("run", words, row.parts) == "");
    }
  }
}

TEST_CASE(
    "a group that the image does not have is refused by its name, and one without an id with the range it needs") {
  SLIPWAY_SETTING(Who::range);
  const std::string image = setting.archive();
  CHECK(setting.refusal("run", {"--group-add", "no-group", image, "true"},
                        {"the image has no group: no-group", "--group-add"}) == "");
  CHECK(setting.refusal("run", {"--group-add", "4294967294", image, "true"},
                        {"the container has no id for: ", "4294967294"}) == "");
}

TEST_CASE(
    "an environment file that cannot be read, or not as one, is told by name and line, and what it holds is not") {
  struct Row {
    const char* name;
    std::string text;
    std::vector<std::string> parts;
  };
  const std::vector<Row> rows = {
      {"one of 2 MB", "A=" + std::string(std::size_t{2} << 20U, 'x'), {"secret.env: ", "at most 1 MiB"}},
      {"one of 2 MB in many lines",
       [] {
         std::string text;
         while (text.size() < std::size_t{2} << 20U) text += "# nothing\n";
         return text;
       }(),
       {"secret.env: ", "at most 1 MiB"}},
      {"a line without a name", "A=b\n\n=secret\n", {"secret.env:3: there is no name", "NAME=VALUE"}},
      {"a line of a shell's", "export A=secret\n", {"secret.env:1: \"export\" is a shell's word"}},
      {"a line that was broken", "A=b\nsecret secret\n", {"secret.env:2: there is no \"=\""}},
      {"a NUL", std::string("A=b\0c\n", 6), {"secret.env:1: there is a NUL byte"}},
      {"a variable that the kernel does not take", "A=" + std::string(200'000, 'x'), {"Argument list too long"}},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    setting.make_store();
    for (const Row& row : rows) {
      INFO(row.name << " as " << to_text(who));
      const std::string file = setting.file("secret.env", row.text);
      const bool runs = row.parts[0].starts_with("Argument");  // 126
      for (int round = 0; round < 2; ++round) {
        const Watch watch = setting.watch();
        const Outcome outcome = setting.slipway("run", {"--env-file", file, image, "true"});
        CHECK(Setting::faults_of(outcome, runs ? 126 : 125, row.parts, watch) == "");
        CHECK(outcome.errors.find("=secret") == std::string::npos);
        CHECK(outcome.errors.find("secret secret") == std::string::npos);
      }
    }
    for (const auto& [path, part] : std::vector<std::pair<std::string, std::string>>{
             {"/no/such/file.env", "read the environment file: /no/such/file.env: No such file"},
             {"/etc", "read the environment file: /etc: Is a directory"},
             {"/proc/self/mem", "read the environment file: /proc/self/mem: "}}) {
      INFO(path << " as " << to_text(who));
      CHECK(setting.refusal("run", {"--env-file", path, image, "true"}, {part}) == "");
    }
  }
}
