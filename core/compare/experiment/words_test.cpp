#include <catch2/catch.hpp>

#include "core/compare/experiment/experiment.hpp"
#include "core/compare/experiment/quantities.hpp"
#include "core/compare/experiment/shell_words.hpp"

namespace slipway::compare {
namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a command line is split as a shell splits it") {
  struct Row {
    const char* text;
    Words words;
  };
  const std::vector<Row> rows = {
      {"true", {"true"}},
      {"  a\t b  ", {"a", "b"}},
      {"sh -c 'echo \"$HOME\" | wc'", {"sh", "-c", "echo \"$HOME\" | wc"}},
      {R"(a"b c"'d e'f)", {"ab cd ef"}},
      {R"("a\"b\\c\d")", {R"(a"b\c\d)"}},
      {R"(a\ b \$x)", {"a b", "$x"}},
      {"'' \"\"", {"", ""}},
      {"a#b c~", {"a#b", "c~"}},
      {"--set harden=[]", {"--set", "harden=[]"}},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto words = shell_words(row.text);
    REQUIRE(words);
    CHECK(*words == row.words);
  }
}

TEST_CASE("what a shell would do more than split is refused where it is not quoted") {
  for (const char* text : {"", "  ", "a | b", "a > b", "a && b", "a; b", "$x", "\"$x\"", "`a`", "*.c", "a?", "~/x",
                           "# a", "'a", "\"a", "a\\", "a\nb", "(a)"}) {
    INFO(text);
    const auto words = shell_words(text);
    REQUIRE_FALSE(words);
    CHECK_FALSE(words.error().hint.empty());
  }
}

TEST_CASE("levels are separated by commas that are not JSON's own") {
  const auto factor = read_factor(R"(harden=[],[{"use":"a,b"},{"use":"c"}],"x,y",plain"quote)");
  REQUIRE(factor);
  CHECK(factor->name == "harden");
  CHECK(factor->levels == Words{"[]", R"([{"use":"a,b"},{"use":"c"}])", R"("x,y")", "plain\"quote"});
  CHECK(read_factor("a=b")->levels == Words{"b"});
  for (const char* text : {"", "a", "=b", "a="}) CHECK_FALSE(read_factor(text));
}

TEST_CASE("times, parts and numbers are read with their units and within their bounds") {
  CHECK(read_duration("90", "x") == 90);
  CHECK(read_duration("1.5m", "x") == 90);
  CHECK(read_duration("2 h", "x") == 7200);
  CHECK(read_duration("500ms", "x") == 0.5);
  for (const char* text : {"", "0", "-1s", "1d", "s", "1.2.3", ".", "1e3", "inf", "nan"})
    CHECK_FALSE(read_duration(text, "x"));
  CHECK(read_part("1%", "x") == 0.01);
  CHECK(read_part("0.25", "x") == 0.25);
  for (const char* text : {"0", "1", "100%", "-1%", "1s", ""}) CHECK_FALSE(read_part(text, "x"));
  CHECK(read_number("30", "x", 1) == 30U);
  for (const char* text : {"0", "-1", "1.5", "", "99999999999999999999"}) CHECK_FALSE(read_number(text, "x", 1));
}

TEST_CASE("a stage's name alone stands for its plugin, all else for an option, and how runs are made for neither") {
  CHECK(words_of({"rootfs", "fs-copy"}) == Words{"--use", "rootfs=fs-copy"});
  CHECK(words_of({"harden", "[]"}) == Words{"--set", "harden=[]"});
  CHECK(words_of({"rootfs.upper", "disk"}) == Words{"--set", "rootfs.upper=disk"});
  CHECK(words_of({"treatment", "cold"}).empty());
  CHECK(words_of({"parallel", "2"}).empty());
}

TEST_CASE("runs are looked into in the first blocks, and in all where a verdict needs it") {
  Experiment experiment;
  CHECK(looks_into(experiment, 0));
  CHECK_FALSE(looks_into(experiment, kSomeDetails));
  experiment.question.measures = {"wall", "phase.mount"};
  CHECK(looks_into(experiment, kSomeDetails));
  experiment.details = Details::none;
  CHECK_FALSE(looks_into(experiment, 0));
}

TEST_CASE("without a number of rounds and a time there are some rounds, more where a precision ends them") {
  StopRule rule;
  fill_in_stop_rule(rule);
  CHECK(rule.rounds == kUsualRounds);
  rule = {.precision = 0.01};
  fill_in_stop_rule(rule);
  CHECK(rule.rounds == kMostRoundsForPrecision);
  rule = {.time_s = 5};
  fill_in_stop_rule(rule);
  CHECK_FALSE(rule.rounds);
}

}  // namespace slipway::compare
