// The forms that other programs read.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/compare/outcome/test_outcomes.hpp"
#include "core/compare/report/export.hpp"

using namespace slipway::compare;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

}  // namespace

TEST_CASE("CSV has a row a run, its levels and its figures, and quotes what needs it") {
  Outcome outcome = small_outcome();
  add_block(outcome, 0, {1.0 / 3, 2, 3});
  outcome.runs[1].failure = "said \"no\", and\nended";
  outcome.runs[2].figures["read"] = 4096;
  CHECK(to_csv(outcome) ==
        "block,place,host,variant,factor.rootfs,at_s,status,failure,wall,read\r\n"
        "0,0,0,rootfs=fs-overlay,fs-overlay,0,0,,0.3333333333333333,\r\n"
        "0,1,0,rootfs=fs-copy,fs-copy,1,0,\"said \"\"no\"\", and\nended\",2,\r\n"
        "0,2,0,rootfs=fs-overlay (control),fs-overlay,2,0,,3,4096\r\n");
}

TEST_CASE("CSV of a variant beside the factors has empty levels") {
  const std::string text = to_csv(made_up_outcome({.blocks = 1}));
  CHECK(text.find("bwrap,,,") != std::string::npos);
  CHECK(count(text, "\r\n") == 9);
}

TEST_CASE("the form of hyperfine has seconds, levels as parameters, and times beside exit codes") {
  Outcome outcome = small_outcome();
  add_block(outcome, 0, {10, 20, 30});
  add_block(outcome, 1, {30, 40, 50});
  for (Run& run : outcome.runs) run.figures["user"] = 2;
  const auto results = nlohmann::json::parse(to_hyperfine(outcome)).at("results");
  REQUIRE(results.size() == 3);
  const auto& first = results[0];
  CHECK(first.at("command") == "rootfs=fs-overlay");
  CHECK(first.at("mean").get<double>() == Approx(0.02));
  CHECK(first.at("median").get<double>() == Approx(0.02));
  CHECK(first.at("stddev").get<double>() == Approx(0.0141421356));
  CHECK(first.at("user").get<double>() == Approx(0.002));
  CHECK(first.at("system") == 0);
  CHECK(first.at("min").get<double>() == Approx(0.01));
  CHECK(first.at("max").get<double>() == Approx(0.03));
  CHECK(first.at("times").size() == 2);
  CHECK(first.at("exit_codes") == nlohmann::json{0, 0});
  CHECK(first.at("parameters") == nlohmann::json{{"rootfs", "fs-overlay"}});
}

TEST_CASE("the form of hyperfine has no result without a time, and counts what is missing") {
  Outcome outcome = small_outcome();
  add_block(outcome, 0, {10, 20, 30});
  outcome.runs[1].failure = "exit status 1";
  const auto document = nlohmann::json::parse(to_hyperfine(outcome));
  CHECK(document.at("results").size() == 2);
  CHECK(document.at("results")[0].at("stddev").is_null());
  CHECK(document.at("left_out") == nlohmann::json{{{"command", "rootfs=fs-copy"}, {"failures", 1}}});
}

TEST_CASE("Markdown has a table a measure, with verdicts, and nothing in a name makes a cell or markup") {
  Outcome outcome = made_up_outcome();
  outcome.variants[6].variant.name = "a|b <img> `c`";
  outcome.notes = {"see [here](there)"};
  const std::string text = to_markdown(outcome);
  CHECK(count(text, "\n## ") == 4);
  CHECK(text.find("| a\\|b &lt;img> \\`c\\` |") != std::string::npos);
  CHECK(text.find("slower |") != std::string::npos);
  CHECK(text.find("- see \\[here\\]") != std::string::npos);
  CHECK(text.find("seed 2031") != std::string::npos);
}
