// Pipelines whose plugin, fixture-calls, has its own functions called.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace slipway::tests {

using Words = std::vector<std::string>;

/// A step that calls `function`.
inline nlohmann::json call(const std::string& function, const std::string& phase,
                           nlohmann::json more = nlohmann::json::object()) {
  more["type"] = "call";
  more["function"] = function;
  more["phase"] = phase;
  return more;
}

/// What of a command line has a run carry out `steps`, with the plugin in `directory`.
inline Words emitting(const std::vector<nlohmann::json>& steps, const std::string& directory = SLIPWAY_FIXTURES) {
  nlohmann::json texts = nlohmann::json::array();
  for (const nlohmann::json& step : steps) texts.push_back(step.dump());
  const nlohmann::json network = {{{"use", "fixture-calls"}, {"steps", texts}}};
  return {"--plugin-dir", directory, "--set", "network=" + network.dump()};
}

inline Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace slipway::tests
