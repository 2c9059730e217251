#include "sdk/testing/facts.hpp"

#include <fstream>
#include <slipway/testing.hpp>
#include <sstream>

#include "sdk/host/problem.hpp"
#include "sdk/testing/held.hpp"

namespace slipway::testing {

using Json = nlohmann::json;

Json parsed(std::string_view text, const std::string& what) {
  Json value = Json::parse(text, nullptr, false, true);
  if (value.is_discarded()) throw Error(what + ": is not JSON");
  if (!value.is_object()) throw Error(what + ": is no JSON object");
  return value;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) throw Error(path + ": can't be read");
  return content.str();
}

Facts::Facts(std::string_view text) {
  Json facts = parsed(text, "facts");
  if (facts.contains("facts")) facts = Json(facts["facts"]);
  json_ = facts.dump();
}

Facts Facts::read(const std::string& path) {
  Json facts = parsed(content_of(path), path);
  return Facts(facts.dump());
}

Facts& Facts::set(std::string_view at, std::string_view text) {
  Json facts = Json::parse(json_);
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) throw Error(std::string(at) + ": " + std::string(text) + " is not JSON");
  try {
    facts[Json::json_pointer(std::string(at))] = std::move(value);
  } catch (const Json::exception& problem) {
    throw Error(std::string(at) + ": can't be set: " + problem.what());
  }
  json_ = facts.dump();
  return *this;
}

Facts& Facts::erase(std::string_view at) {
  Json facts = Json::parse(json_);
  try {
    const Json::json_pointer pointer{std::string(at)};
    if (!pointer.empty() && facts.contains(pointer)) {
      Json& parent = facts.at(pointer.parent_pointer());
      if (parent.is_array()) {
        parent.erase(std::stoul(pointer.back()));
      } else {
        parent.erase(pointer.back());
      }
    }
  } catch (const Json::exception& problem) {
    throw Error(std::string(at) + ": can't be taken away: " + problem.what());
  }
  json_ = facts.dump();
  return *this;
}

Facts facts(std::string_view name) {
  for (const RecordedFacts& one : recorded_facts()) {
    if (one.name == name) return Facts(one.json);
  }
  throw Error("there are no recorded facts \"" + std::string(name) + "\"; " + host::suggest(name, names_of_facts()));
}

std::vector<std::string> names_of_facts() {
  std::vector<std::string> names;
  for (const RecordedFacts& one : recorded_facts()) names.emplace_back(one.name);
  return names;
}

}  // namespace slipway::testing
