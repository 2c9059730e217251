// Comparisons in the hands of each kind of caller.
#pragma once

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/run/harness.hpp"

namespace slipway::tests {

using Words = std::vector<std::string>;
using nlohmann::json;

/// `slipway compare --store STORE WORDS…`.
inline Words compare_words(const Runner& runner, const Words& words) {
  Words all = {"compare", "--store", runner.store()};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

inline Outcome compare(const Runner& runner, const Words& words) {
  return runner.slipway(compare_words(runner, words));
}

/// The outcome of `slipway compare --json`, which must end with that status.
inline json compared(const Runner& runner, Words words, int status = 0) {
  words.insert(words.begin(), "--json");
  const Outcome outcome = compare(runner, words);
  INFO(to_text(outcome));
  REQUIRE(outcome.shell_status() == status);
  json document = json::parse(outcome.output, nullptr, false);
  REQUIRE(document.is_object());
  return document;
}

inline json experiment_of(const json& outcome) { return json::parse(outcome.at("experiment").get<std::string>()); }

inline Words names_of(const json& outcome) {
  Words names;
  for (const json& variant : outcome.at("variants")) names.push_back(variant.at("name"));
  return names;
}

/// Block, place and variant of each run.
inline std::vector<std::vector<int>> order_of(const json& outcome) {
  std::vector<std::vector<int>> order;
  for (const json& run : outcome.at("runs")) order.push_back({run.at("block"), run.at("place"), run.at("variant")});
  return order;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace slipway::tests
