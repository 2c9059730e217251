// What tests of image sources share: starts that are warm, layers that are not unpacked twice.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "tests/run/harness.hpp"

namespace slipway::tests {

inline Outcome run_with_input(const Runner& runner, const std::vector<std::string>& words, const std::string& input) {
  Command command = runner.command(words);
  command.input = input;
  Outcome outcome = run(command);
  INFO(to_text(outcome));
  CHECK(runner.leftovers() == "");
  return outcome;
}

inline bool is_from_record(const Outcome& outcome) {
  return outcome.errors.find(", from a record;") != std::string::npos;
}

/// Runs it, with --timing, until it starts from a record: none is kept of a file that is younger than two seconds.
inline Outcome settle(const Runner& runner, const std::vector<std::string>& words) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (true) {
    Outcome outcome = runner.slipway(words);
    INFO(to_text(outcome));
    REQUIRE(outcome.shell_status() == 0);
    if (is_from_record(outcome)) return outcome;
    REQUIRE(std::chrono::steady_clock::now() < end);
  }
}

/// Whoever unpacks a layer anew makes a new directory for it.
inline std::string layers_of(const Runner& runner) {
  const std::vector<std::string> list = {"sh", "-c", "stat -c '%n %i %Z' " + runner.store() + "/layers/*"};
  const Outcome outcome = run(runner.plain(list));
  REQUIRE(outcome.shell_status() == 0);
  return outcome.output;
}

}  // namespace slipway::tests
