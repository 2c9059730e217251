// The words of the command line: what is meant by them, and what a user hears who meant something else.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

TEST_CASE("with --log-format json every error is JSON, wherever the option stands") {
  struct Row {
    Words words;
    const char* told;
  };
  const std::vector<Row> rows = {
      {{"--log-format", "json", "/no/such.tar"}, "open: /no/such.tar: No such file or directory"},
      {{"--wrong", "--log-format=json", "/no/such.tar"}, "there is no option --wrong"},
      {{"--log-format", "json", "--wrong"}, "there is no option --wrong"},
      {{"--log-format", "json"}, "run needs a target"},
      {{"--tty", "maybe", "--log-format", "json", "/no/such.tar"}, "--tty takes yes or no"},
      {{"--use", "harden", "--log-format", "json", "/no/such.tar"}, "read --use: harden"},
      {{"-w", "--log-format", "--log-format", "json", "/no/such.tar"}, "open: /no/such.tar"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.words.front() << " " << row.told) {
        Words words = {"run"};
        words.insert(words.end(), row.words.begin(), row.words.end());
        const Outcome outcome = run(shared(caller).command(words));
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        REQUIRE(lines_of(outcome.errors).size() == 1);
        const json line = json::parse(outcome.errors, nullptr, false);
        REQUIRE(line.is_object());
        CHECK(line.value("level", "") == "error");
        CHECK_THAT(line.value("message", ""), Catch::Contains(row.told));
      }
    }
    const Outcome plain = run(shared(caller).command({"run", "/no/such.tar", "--log-format", "json"}));
    CHECK_THAT(plain.errors, Catch::StartsWith("slipway: error: "));  // a word of the container's command
  }
}

}  // namespace
}  // namespace slipway::tests
