#include "core/compare/outcome/outcome_json.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/compare/outcome/test_outcomes.hpp"

using namespace slipway;
using namespace slipway::compare;

namespace {

Outcome outcome_with_runs() {
  Outcome outcome = small_outcome();
  add_block(outcome, 0, {0.1, 1.0 / 3, 1e-300});
  add_block(outcome, 1, {4.712345678901234, 123456789.125, 5});
  outcome.runs[4].status = 137;
  outcome.runs[4].failure = "killed by signal 9";
  return outcome;
}

std::string with(const std::string& what, const std::string& instead) {
  std::string text = to_json(outcome_with_runs());
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), instead);
}

std::string problem_of(const std::string& text) {
  const auto outcome = read_outcome(text, "r.json");
  REQUIRE(!outcome);
  REQUIRE(!outcome.error().hint.empty());
  return sentence(outcome.error());
}

std::string notes_of(const Outcome& outcome) {
  std::string text = head_to_json(outcome) + "\n";
  for (const Run& run : outcome.runs) text += to_json(run) + "\n";
  return text;
}

}  // namespace

TEST_CASE("what is written is read back as it was, to the last digit") {
  const Outcome outcome = outcome_with_runs();
  const std::string text = to_json(outcome);
  const auto read = read_outcome(text, "r.json");
  REQUIRE(read);
  CHECK(to_json(*read) == text);
  CHECK(read->seed == outcome.seed);
  CHECK(read->runs[1].figures.at("wall") == 1.0 / 3);
  CHECK(read->runs[4].failure == "killed by signal 9");
  CHECK(read->variants[1].pipeline == outcome.variants[1].pipeline);
  CHECK(read->hosts[0].facts == outcome.hosts[0].facts);
  CHECK(read->ended == Ended::rounds);
}

TEST_CASE("each run stands on a line of its own") {
  const Outcome outcome = outcome_with_runs();
  const std::string text = to_json(outcome);
  for (const Run& run : outcome.runs) {
    const std::string line = to_json(run);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(text.find("\n" + line) != std::string::npos);
  }
  CHECK(text.back() == '\n');
}

TEST_CASE("a figure that is no number is left out, and never written as one") {
  Outcome outcome = outcome_with_runs();
  outcome.runs[0].figures["wall"] = std::numeric_limits<double>::quiet_NaN();
  outcome.runs[1].figures["wall"] = std::numeric_limits<double>::infinity();
  const auto read = read_outcome(to_json(outcome), "r.json");
  REQUIRE(read);
  CHECK(read->runs[0].figures.empty());
  CHECK(read->runs[1].figures.empty());
}

TEST_CASE("bytes that are no UTF-8 do not keep a result from being written") {
  Outcome outcome = outcome_with_runs();
  outcome.variants[0].command.emplace_back("\xff\xfe");
  const auto read = read_outcome(to_json(outcome), "r.json");
  REQUIRE(read);
  CHECK(read->variants[0].command.back() == "\uFFFD\uFFFD");
}

TEST_CASE("members in another order, and members of no meaning, are read too") {
  const auto sorted = nlohmann::json::parse(with("\"seed\"", R"("aside": [1], "seed")")).dump(4);
  const auto read = read_outcome(sorted, "r.json");
  REQUIRE(read);
  CHECK(to_json(*read) == to_json(outcome_with_runs()));
}

TEST_CASE("what is wrong in a result is told by its place and by what was expected there") {
  struct Row {
    const char* what;
    const char* instead;
    const char* told;
  };
  const auto row =
      GENERATE(Row{R"("wall":0.1)", R"("wall":"0.1")", "runs[0].figures.wall is text, not a number"},
               Row{R"("wall":0.1)", R"("wall":null)", "runs[0].figures.wall is nothing, not a number"},
               Row{R"("variant":1)", R"("variant":3)", "runs[1].variant is 3, not from 0 to 2"},
               Row{R"("variant":1)", R"("variant":-1)", "runs[1].variant is a number, not a whole number from 0"},
               Row{R"("variant":1)", R"("variant":1.5)", "runs[1].variant is a number, not a whole number from 0"},
               Row{R"("host":0)", R"("host":1)", "runs[0].host is 1, not from 0 to 0"},
               Row{R"("block":0)", R"("block":99999999999)", "runs[0].block is 99999999999, not from 0 to 1000000000"},
               Row{R"("status":137)", R"("status":256)", "runs[4].status is 256, not from 0 to 255"},
               Row{R"("status":137,)", R"()", "runs[4].status is missing"},
               Row{R"("at_s":1.0)", R"("at_s":-1.0)", "runs[1].at_s is -1, not from 0 to"},
               Row{R"("block":1,"place":0,"variant":0)", R"("block":0,"place":0,"variant":0)",
                   "runs[3] is of variant 0 in block 0, which was run before"},
               Row{R"("baseline": 0)", R"("baseline": 7)", "baseline is 7, not from 0 to 2"},
               Row{R"("baseline": 0)", R"("baseline": 2)", "control is the baseline"},
               Row{R"("levels":[1])", R"("levels":[2])", "variants[1].levels[0] is 2, not from 0 to 1"},
               Row{R"("levels":[1])", R"("levels":[1,0])", "variants[1].levels has more than 1 items"},
               Row{R"("seed": )", R"("seed": "1", "x": )", "seed is text, not a whole number from 0"},
               Row{R"("ended": "rounds")", R"("ended": "boredom")", "ended is \"boredom\", which is no way to end"},
               Row{R"("power":0.8)", R"("power":1.1)", "question.power is 1.1, not from 0 to 1"},
               Row{R"("hosts": [)", R"("hosts": {}, "x": [)", "hosts is an object, not a list"},
               Row{R"("image.tar")", R"("image\u0000tar")", "variants[0].command[4] has a NUL in it"},
               Row{R"("runs": [)", R"("other": [)", "runs is missing"},
               Row{R"("wall":0.1)", R"("wall":1e999)", "cannot be read"},
               Row{R"("wall":0.1)", R"("wall":)", "is no JSON at line 24, column"},
               Row{R"("slipway_compare": 1)", R"("slipway_compare": 0)", "is of a form that never was: 0"},
               Row{R"("slipway_compare": 1)", R"("slipway_compare": "1")", "is of a form that never was: \"1\""},
               Row{R"("slipway_compare": 1)", R"("slipway_compare": 2)",
                   "was made by a newer slipway 1.0.0: it is of form 2, and this one reads form 1"},
               Row{R"("slipway_compare")", R"("results")", "is no result of slipway compare"});
  CAPTURE(row.what, row.instead);
  const std::string told = problem_of(with(row.what, row.instead));
  CHECK_THAT(told, Catch::Contains("read the result: r.json: ") && Catch::Contains(row.told));
}

TEST_CASE("a result that is cut off anywhere is refused") {
  const std::string text = to_json(outcome_with_runs());
  for (std::size_t length = 1; length + 2 < text.size(); length += 7) {
    CAPTURE(length);
    CHECK(problem_of(text.substr(0, length)).find("r.json: is ") != std::string::npos);
  }
  CHECK(problem_of(text.substr(0, text.size() / 2)).find("is cut off at its end") != std::string::npos);
}

TEST_CASE("files that hold no result are told apart") {
  CHECK(problem_of("").find("r.json: is empty") != std::string::npos);
  CHECK(problem_of(" \n").find("r.json: is empty") != std::string::npos);
  CHECK(problem_of("[]").find("is no result of slipway compare") != std::string::npos);
  CHECK(problem_of(std::string(100'000, '[')).find("is cut off") != std::string::npos);
  CHECK(problem_of(std::string((256U << 20U) + 1, ' ')).find("is larger than 256 MiB") != std::string::npos);
}

TEST_CASE("a name in a damaged file cannot act on a terminal") {
  const std::string told = problem_of(with(R"("wall":0.1)", R"("\u001b[31m\n":"x")"));
  CHECK(std::none_of(told.begin(), told.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
}

TEST_CASE("notes are read up to the last whole line") {
  const Outcome outcome = outcome_with_runs();
  const std::string text = notes_of(outcome);
  for (const std::size_t lost : {0U, 1U, 10U}) {
    CAPTURE(lost);
    const auto read = read_notes(text.substr(0, text.size() - lost), "notes");
    REQUIRE(read);
    CHECK(read->runs.size() == outcome.runs.size() - (lost == 0 ? 0 : 1));
    CHECK(to_json(read->runs.front()) == to_json(outcome.runs.front()));
    CHECK(head_to_json(*read) == head_to_json(outcome));
  }
}

TEST_CASE("notes that are damaged before their last line are refused with the line") {
  std::string text = notes_of(outcome_with_runs());
  text.replace(text.find("\"place\":1"), 9, "\"place\":?");
  auto read = read_notes(text, "notes");
  REQUIRE(!read);
  CHECK_THAT(sentence(read.error()), Catch::Contains("notes: is no JSON at line 3, column"));
  read = read_notes(head_to_json(small_outcome()) + "\n{}\n", "notes");
  REQUIRE(!read);
  CHECK_THAT(sentence(read.error()), Catch::Contains("notes: line 2: block is missing"));
  read = read_notes(head_to_json(small_outcome()), "notes");
  REQUIRE(!read);
  CHECK_THAT(sentence(read.error()), Catch::Contains("notes: is cut off in its first line"));
  read = read_notes(head_to_json(small_outcome()) + "\n", "notes");
  REQUIRE(read);
  CHECK(read->runs.empty());
}
