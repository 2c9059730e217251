#include <catch2/catch.hpp>

#include "core/compare/running/listening.hpp"
#include "core/compare/running/same_result.hpp"
#include "core/compare/running/timing_file.hpp"

namespace slipway::compare {
namespace {

Listening heard(const Listen& wanted, const std::vector<std::string>& parts) {
  Listening listening(wanted);
  std::uint64_t now_ns = 0;
  for (const std::string& part : parts) listening.hear(part, ++now_ns);
  listening.end();
  return listening;
}

Listening kept(const std::string& text) { return heard({.keep = true}, {text}); }

}  // namespace

TEST_CASE("the text that says ready is found where it comes in pieces, at the moment of its last one") {
  CHECK(heard({.ready = "ready"}, {"not rea", "dy yet? re", "a", "dy", "ready"}).ready_ns() == 2U);
  CHECK(heard({.ready = "aab"}, {"a", "a", "a", "b"}).ready_ns() == 4U);
  CHECK_FALSE(heard({.ready = "ready"}, {"rea", "d", "Y"}).ready_ns());
  CHECK(heard({.first = true}, {"", "x", "y"}).first_ns() == 2U);
}

TEST_CASE("lines NAME=NUMBER are values, the last of a name counts, and all else is none") {
  const auto values =
      heard({.values = true},
            {"rate=1\nra", "te=2.5\nno=x\n=3\na b=4\nend=7 \nbig=1e400\nnan=nan\r\nlow=-1e-3\r\nlast=", "9"})
          .values();
  CHECK(values == std::map<std::string, double, std::less<>>{{"rate", 2.5}, {"low", -1e-3}, {"last", 9}});
  const std::string longest = std::string(100'000, 'x') + "=1\nafter=2\n";
  CHECK(heard({.values = true}, {longest}).values().size() == 1);
}

TEST_CASE("two outputs are the same, or the first line in which they differ is told") {
  CHECK(difference_of(kept("a\nb\n"), kept("a\nb\n")).empty());
  CHECK(difference_of(kept("a\nb\n"), kept("a\nc\n")) == R"(its output differs in line 2: "c" instead of "b")");
  CHECK(difference_of(kept("a\n"), kept("a\nb\n")) == R"(its output differs in line 2: "b" instead of the end)");
  CHECK(difference_of(kept("a\n"), kept("")) == R"(its output differs in line 1: the end instead of "a")");
  CHECK(difference_of(kept("a"), kept("\x1b[2J")) == R"(its output differs in line 1: "\x1b[2J" instead of "a")");
  CHECK_FALSE(difference_of(kept("a"), kept("a\n")).empty());
  const std::string much(Listening::kMostKept, 'x');
  CHECK(difference_of(kept(much + "a"), kept(much + "b")).find("behind its first") != std::string::npos);
}

TEST_CASE("what slipway says of a run is summed up by phase, stage, plugin and step, in milliseconds") {
  const auto file = read_timing_file(R"({"version": 1, "run": "x", "recorded": true, "status": 0,
    "spans": {"read": 250.5, "map_ids": 0},
    "steps": [{"phase": "mount", "type": "mount", "stage": "pseudo", "plugin": "pseudo-standard", "us": 10},
              {"phase": "mount", "type": "mount", "stage": "pseudo", "plugin": "pseudo-standard", "us": 20},
              {"phase": "seal", "type": "mask", "stage": "harden", "plugin": "harden-proc", "us": 5}],
    "memory": {"supervisor": 2048, "container": 1024}})");
  REQUIRE(file);
  CHECK(file->recorded);
  const std::map<std::string, double, std::less<>> expected = {{"span.read", 0.2505},
                                                               {"span.map_ids", 0},
                                                               {"phase.mount", 0.03},
                                                               {"phase.seal", 0.005},
                                                               {"stage.pseudo", 0.03},
                                                               {"stage.harden", 0.005},
                                                               {"plugin.pseudo-standard", 0.03},
                                                               {"plugin.harden-proc", 0.005},
                                                               {"step.mount.mount.pseudo-standard", 0.03},
                                                               {"step.seal.mask.harden-proc", 0.005},
                                                               {"memory.supervisor", 2048},
                                                               {"memory.child", 1024}};
  REQUIRE(file->figures.size() == expected.size());
  for (const auto& [name, figure] : expected) {
    INFO(name);
    REQUIRE(file->figures.contains(name));
    CHECK(file->figures.find(name)->second == Approx(figure));
  }
}

TEST_CASE("a timing file that is none, or another version's, is passed over") {
  for (const char* text : {"", "{", "[]", "{}", R"({"version": 2})", R"({"version": "1"})"})
    CHECK_FALSE(read_timing_file(text));
  const auto odd =
      read_timing_file(R"({"version": 1, "spans": 7, "steps": [1, {"us": "x"}, {"phase": 3}], "memory": []})");
  REQUIRE(odd);
  CHECK(odd->figures.empty());
}

}  // namespace slipway::compare
