// What a run tells of itself when it is asked: each step, and where the time went. And nothing when it is not.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

Outcome run_box(Runner& runner, Words options) {
  options.insert(options.end(), {runner.box(), "true"});
  Outcome outcome = runner.run(options);
  INFO(to_text(outcome));
  CHECK(outcome.shell_status() == 0);
  CHECK(outcome.output.empty());
  return outcome;
}

std::vector<nlohmann::json> objects_of(const std::string& text) {
  std::vector<nlohmann::json> objects;
  for (const std::string& line : lines_of(text)) {
    INFO(line);
    objects.push_back(nlohmann::json::parse(line));
  }
  return objects;
}

std::string first_word(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin, line.find(' ', begin) - begin);
}

}  // namespace

TEST_CASE("a run tells nothing of its own, from a record or without one") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    // Who has one id is told of the owners that could not be kept.
    if (caller.is_single()) continue;
    for (int i = 0; i < 2; ++i) CHECK(run_box(runner, {}).errors.empty());
  }
}

TEST_CASE("--timing prints one table after the run: its parts, the phases in them, and the stages' shares") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::vector<std::string> lines = lines_of(run_box(runner, {"--timing"}).errors);
    std::vector<std::string> words;
    std::size_t at = 0;
    while (at < lines.size() && !lines[at].starts_with("run ")) ++at;  // behind what is said of the image
    REQUIRE(at + 2 < lines.size());
    CHECK(lines[at].find("; microseconds") != std::string::npos);
    for (const char* stage : {"all", "isolation", "rootfs", "pseudo", "harden", "network", "exec"})
      CHECK(lines[at + 1].find(stage) != std::string::npos);
    for (std::size_t i = at + 2; i < lines.size(); ++i) words.push_back(first_word(lines[i]));
    const Words expected = {"read",  "plan", "map",     "prepare", "prepare", "start",
                            "mount", "seal", "confine", "program", "undo",    "all"};
    CHECK(words == expected);
  }
}

TEST_CASE("--timing says of a run that fails how far it came") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const Outcome outcome = runner.run({"--timing", "--fault", "ENOSPC@overlay", runner.box(), "true"});
    INFO(to_text(outcome));
    CHECK(outcome.shell_status() == 125);
    CHECK(outcome.errors.find("; microseconds\n") != std::string::npos);
    CHECK(outcome.errors.find("No space left on device") != std::string::npos);
  }
}

TEST_CASE("--timing-file holds spans, each step with owner and time, and the processes' memory, from a record or not") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string file = runner.own("timing.json");
    for (const bool recorded : {false, true}) {
      INFO((recorded ? "from a record" : "without a record"));
      if (recorded)
        settle(runner, {"run", "--timing", "--timing-file", file, runner.box(), "true"});
      else
        (void)run_box(runner, {"--timing-file", file});
      const nlohmann::json told = nlohmann::json::parse(read_file(file));
      INFO(told.dump());
      CHECK(told["version"] == 1);
      CHECK(told["recorded"] == recorded);
      CHECK(told["status"] == 0);
      CHECK(told["run"].get<std::string>().size() == 12);
      CHECK(told["spans"].size() == 7);
      CHECK(told["spans"]["program"].get<double>() > 0);
      CHECK(told["steps"].size() > 20);
      for (const nlohmann::json& step : told["steps"]) {
        for (const char* word : {"phase", "type", "stage", "plugin"}) CHECK(step[word].is_string());
        CHECK(step["us"].is_number());
      }
      // A program has more than a page, and slipway less than a gigabyte.
      for (const char* process : {"supervisor", "container"}) {
        CHECK(told["memory"][process].get<double>() > 4096);
        CHECK(told["memory"][process].get<double>() < 1e9);
      }
      CHECK((recorded || told["memory"]["worker"].get<double>() > 4096));
    }
  }
}

TEST_CASE("--timing-file of a run that fails tells its status, and one that cannot be made fails before the run") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::string file = runner.own("failed.json");
    CHECK(runner.run({"--timing-file", file, "--fault", "ENOSPC@overlay", runner.box(), "true"}).shell_status() == 125);
    CHECK(nlohmann::json::parse(read_file(file))["status"] == 125);
    const Outcome refused = runner.run({"--timing-file", "/nowhere/timing.json", runner.box(), "echo", "ran"});
    INFO(to_text(refused));
    CHECK(refused.shell_status() == 125);
    CHECK(refused.output.empty());
    CHECK(refused.errors.find("/nowhere/timing.json: No such file or directory") != std::string::npos);
  }
}

TEST_CASE("the JSON log is one object a line, each with the run's id, each step with owner and microseconds") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const auto objects = objects_of(run_box(runner, {"--log-format", "json", "--timing"}).errors);
    std::set<std::string> runs;
    std::set<int> steps;
    bool begun = false, timed = false;
    for (const nlohmann::json& object : objects) {
      INFO(object.dump());
      CHECK(object.contains("time"));
      CHECK(object.contains("level"));
      runs.insert(object.value("run", ""));
      begun = begun || object.value("event", "") == "begin";
      if (object.contains("step")) {
        CHECK(steps.insert(object["step"].get<int>()).second);
        CHECK(object["owner"].is_string());
        CHECK(object["microseconds"].is_number_unsigned());
      }
      if (object.contains("spans")) {
        timed = true;
        CHECK(object["spans"].size() == 7);
        CHECK(object["phases"]["mount"]["rootfs"].is_number_unsigned());
      }
    }
    CHECK(begun);
    CHECK(timed);
    CHECK(steps.size() > 20);
    runs.erase("");  // what is told before there is a run
    CHECK(runs.size() == 1);
  }
}

TEST_CASE("-v tells each step with the run's id, its time and its owner") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::vector<std::string> lines = lines_of(run_box(runner, {"-v"}).errors);
    std::size_t steps = 0;
    for (const std::string& line : lines) {
      if (line.find(" us  step ") == std::string::npos) continue;
      ++steps;
      CHECK(line.starts_with("slipway "));
      CHECK(line.ends_with("]"));
    }
    CHECK(steps > 20);
  }
}

}  // namespace slipway::tests
