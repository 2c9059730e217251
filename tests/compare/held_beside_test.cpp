// Results that there are: compare diff and compare merge.
#include <fstream>
#include <iterator>

#include "tests/compare/comparing.hpp"

namespace slipway::tests {
namespace {

/// A real result of twelve blocks, of which the figures are made up, so that no test depends on times.
json result(Runner& runner, const std::string& seed = "7") {
  json outcome = compared(
      runner, {"--against", "true", "--rounds", "12", "--seed", seed, "--details", "none", runner.box(), "true"});
  for (json& run : outcome.at("runs"))
    run["figures"] = {{"wall", 10 + 0.01 * run.at("block").get<double>() + 0.001 * run.at("place").get<double>()}};
  return outcome;
}

json slower(json outcome, int variant, double times) {
  for (json& run : outcome.at("runs")) {
    if (run.at("variant") == variant) run["figures"]["wall"] = run["figures"]["wall"].get<double>() * times;
  }
  return outcome;
}

Outcome ask(const Runner& runner, Words words) {
  words.insert(words.begin(), "compare");
  return runner.slipway(words);
}

}  // namespace

TEST_CASE("compare diff ends with 3 where a variant became slower past the bound, and with 0 where none did") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const json first = result(runner);
      const std::string before = runner.put("before.json", first.dump());
      const std::string after = runner.put("after.json", slower(first, 1, 1.5).dump());
      Outcome outcome = ask(runner, {"diff", before, after});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 3);
      CHECK(contains(outcome.output, "slower: a regression"));
      CHECK(ask(runner, {"diff", before, before}).shell_status() == 0);
      CHECK(ask(runner, {"diff", after, before}).shell_status() == 0);
      outcome = ask(runner, {"diff", "--bound", "60%", "--json", before, after});
      CHECK(outcome.shell_status() == 0);
      CHECK(json::parse(outcome.output).at("regression") == false);
    }
  }
}

TEST_CASE("compare merge joins shards, reports them, and refuses what is of another experiment") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      json first = result(runner);
      json second = first;
      for (json& run : second.at("runs")) run["block"] = run.at("block").get<int>() + 12;
      const std::string one = runner.put("one.json", first.dump());
      const std::string two = runner.put("two.json", second.dump());
      Outcome outcome = ask(runner, {"merge", "--json", one, two});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      const json whole = json::parse(outcome.output);
      CHECK(whole.at("runs").size() == 2 * first.at("runs").size());
      CHECK(whole.at("hosts").size() == 2);
      const std::string page = runner.own("page.html");
      outcome = ask(runner, {"merge", one, two, "--export-html", page});
      CHECK(contains(outcome.output, "24 whole blocks"));
      std::ifstream file(page);
      CHECK(contains({std::istreambuf_iterator<char>(file), {}}, "<!DOCTYPE html>"));
      outcome = ask(runner, {"merge", one, runner.put("other.json", result(runner, "8").dump())});
      CHECK(outcome.shell_status() == 1);
      CHECK(contains(outcome.errors, "are of different experiments: the seed is 7 and 8"));
    }
  }
}

TEST_CASE("a result is replayed from its file alone, in the same order, and what differs is told") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const json first = compared(
          runner, {"--against", "true", "--rounds", "3", "--seed", "11", "--details", "none", runner.box(), "true"});
      json before = first;
      before["hosts"][0]["facts"]["kernel"] = "2.6.32";
      const std::string file = runner.put("replayed.json", before.dump());
      const json second = compared(runner, {"--replay", file});
      CHECK(order_of(second) == order_of(first));
      CHECK(names_of(second) == names_of(first));
      const Outcome outcome = compare(runner, {"--replay", file, "--rounds", "2"});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      CHECK(contains(outcome.output, "2 whole blocks"));
      CHECK(contains(outcome.output, "Beside " + file));
      CHECK(contains(outcome.output, "kernel: 2.6.32 and "));
    }
  }
}

TEST_CASE("results that are no results are each refused by one clear error") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string half = runner.put("half.json", R"({"slipway_compare": 1, "slipway": "1.0)");
      const std::string newer = runner.put("newer.json", R"({"slipway_compare": 2, "slipway": "9.0"})");
      const std::string empty = runner.put("empty.json", "");
      struct Row {
        Words words;
        int status;
        std::string told;
      };
      const std::vector<Row> rows = {
          {{"diff", half, half}, 1, half + ": is cut off at its end, in line 1"},
          {{"diff", newer, newer}, 1, newer + ": was made by a newer slipway 9.0"},
          {{"merge", empty}, 1, empty + ": is empty"},
          {{"merge", runner.own("")}, 1, "read the result: " + runner.own("") + ": Is a directory"},
          {{"merge", runner.own("none.json")}, 1, "none.json: No such file or directory"},
          {{"diff", half}, 2, "compare diff takes two results"},
          {{"diff", "--bound", "many", half, half}, 2, "--bound"},
          {{"merge"}, 2, "compare merge takes results"},
          {{"--replay", half}, 1, half + ": is cut off at its end"},
          {{"--replay", half, "--experiment", half}, 1, "--experiment and --replay each name an experiment"},
      };
      for (const Row& row : rows) {
        const Outcome outcome = ask(runner, row.words);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == row.status);
        CHECK(contains(outcome.errors, row.told));
        CHECK(outcome.output.empty());
      }
    }
  }
}

}  // namespace slipway::tests
