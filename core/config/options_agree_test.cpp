// The harness for plugins has a checker of options of its own (sdk/testing/options.hpp). An author must not be told
// there that options are right which slipway then refuses, nor the other way round.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "core/config/options.hpp"
#include "sdk/testing/options.hpp"

using namespace slipway;
using nlohmann::json;

namespace {

const std::vector<json>& values() {
  static const std::vector<json> all = {nullptr,
                                        true,
                                        0,
                                        -1,
                                        5,
                                        1.5,
                                        1e30,
                                        "",
                                        "x",
                                        "/x",
                                        "/x/../y",
                                        "64M",
                                        "0755",
                                        "TERM",
                                        "tmpfs",
                                        "bind",
                                        "é",
                                        json::array(),
                                        {"x"},
                                        {"/x"},
                                        {1},
                                        {{"base64", "AA=="}},
                                        json::object(),
                                        {{"x", 1}},
                                        {{"flags", {"ro"}}},
                                        {{"mode", "0600"}},
                                        json::array({{{"source", "/a"}, {"target", "/b"}}}),
                                        json::array({{{"target", 1}}})};
  return all;
}

/// Each option of the schema with each of the values, and what a value alone makes wrong.
std::vector<json> options_for(const json& schema) {
  json right = json::object();
  for (const json& name : schema.value("required", json::array())) right[name.get<std::string>()] = "/x";
  std::vector<json> all = {json::object(), right, json::array(), "text"};
  for (const auto& [name, ignored] : schema.at("properties").items()) {
    for (const json& value : values()) {
      all.push_back(right);
      all.back()[name] = value;
    }
  }
  all.push_back(right);
  all.back()["no-such-option"] = 1;
  return all;
}

}  // namespace

TEST_CASE("options are right for slipway where they are right for the harness of plugins, with the same defaults") {
  std::size_t count = 0;
  for (const char* top : {"/plugins", "/tests/fixtures"}) {
    for (const auto& folder : std::filesystem::directory_iterator(std::string(SLIPWAY_SOURCE) + top)) {
      std::ifstream file(folder.path() / "plugin.json");
      if (!file) continue;
      const json schema = json::parse(file).at("options");
      if (!schema.contains("properties")) continue;
      for (const json& options : options_for(schema)) {
        INFO(folder.path().filename() << ": " << options.dump());
        host::Problems problems;
        testing::check_options(schema, options, problems);
        const auto told = config::check_options(schema, options);
        CHECK(problems.empty() == told.empty());
        if (!problems.empty() || !told.empty()) continue;
        json ours = options;
        config::Places places;
        config::complete_options(schema, ours, "", places);
        json theirs = options;
        testing::fill_defaults(schema, theirs);
        if (schema.dump().find("x-slipway") == std::string::npos) CHECK(ours == theirs);
        ++count;
      }
    }
  }
  CHECK(count > 100);
}
