// The facts that slipway tells are those of its tables, member by member; the recorded ones, too.
#include "core/plan/facts.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sdk/host/facts.hpp"

using namespace slipway;
using nlohmann::json;

namespace {

const host::FactMember* member_of(const host::Fact& fact, const std::string& path) {
  const auto found = std::find_if(fact.members.begin(), fact.members.end(),
                                  [&](const host::FactMember& member) { return member.path == path; });
  return found == fact.members.end() ? nullptr : &*found;
}

std::string_view type_of(const json& value) {
  if (value.is_boolean()) return "boolean";
  if (value.is_number_integer()) return "integer";
  if (value.is_array()) return "list";
  return value.is_object() ? "object" : "text";
}

// Goes through a value and notes what its table does not have; `path` is empty for the fact itself.
void compare(const host::Fact& fact, const std::string& path, const json& value, std::string& wrong) {
  if (!path.empty()) {
    const host::FactMember* const member = member_of(fact, path);
    if (member == nullptr) {
      wrong += path + " stands in no table\n";
    } else if (member->type != type_of(value)) {
      wrong += path + " is no " + std::string(member->type) + "\n";
    } else if (!member->words.empty() &&
               std::find(member->words.begin(), member->words.end(), value.get<std::string>()) == member->words.end()) {
      wrong += path + " is " + value.dump() + "\n";
    }
  }
  const auto below = [&](const std::string& name) { return path.empty() ? name : path + "/" + name; };
  if (value.is_array()) {
    for (const json& one : value) compare(fact, below("*"), one, wrong);
    return;
  }
  if (!value.is_object()) return;
  const bool is_map = member_of(fact, below("*")) != nullptr;
  for (const auto& [name, one] : value.items()) compare(fact, below(is_map ? "*" : name), one, wrong);
  for (const host::FactMember& member : fact.members) {
    const std::string above = path.empty() ? "" : path + "/";
    if (!member.path.starts_with(above) || !member.absent.empty()) continue;
    const std::string name(member.path.substr(above.size()));
    if (name.find('/') == std::string::npos && name != "*" && !value.contains(name))
      wrong += below(name) + " is missing\n";
  }
}

std::string wrong_in(const json& facts) {
  std::string wrong;
  for (const auto& [name, value] : facts.items()) {
    const auto found = std::find_if(host::facts().begin(), host::facts().end(),
                                    [&, word = name](const host::Fact& fact) { return fact.name == word; });
    if (found == host::facts().end()) {
      wrong += name + " is no fact\n";
    } else {
      compare(*found, "", value, wrong);
    }
  }
  return wrong;
}

plan::Facts told() {
  plan::Facts facts;
  facts.image = R"({"id": "sha256:0", "layers": [{"diff_id": "sha256:1"}], "settings": {"labels": {"a/b": "c"}}})";
  facts.filesystems = {"proc"};
  return facts;
}

}  // namespace

TEST_CASE("what plans are told is what the tables of facts say, with the types that they say") {
  config::Isolation isolation;
  isolation.namespaces = {"mount", "uts"};
  CHECK(wrong_in(plan::facts_json(told(), isolation)) == "");
}

TEST_CASE("a member of a fact that its table does not have is found") {
  json facts = plan::facts_json(told(), {});
  facts["host"]["novel"] = true;
  facts["host"]["kernel"] = 5;
  facts["host"]["user"] = "somebody";
  facts["isolation"].erase("ids");
  facts["other"] = json::object();
  CHECK(wrong_in(facts) ==
        "kernel is no text\nnovel stands in no table\nuser is \"somebody\"\nids is missing\nother is no fact\n");
}

TEST_CASE("the recorded facts of other hosts have the members of the tables") {
  for (const char* name :
       {"root", "rootless", "one-id", "hybrid-cgroups", "cgroups-v1", "no-overlay", "old-kernel", "recent-kernel"}) {
    INFO(name);
    std::ifstream file(std::string(SLIPWAY_RECORDED_FACTS) + "/" + name + ".json");
    const json facts = json::parse(file, nullptr, false, true);
    REQUIRE(facts.is_object());
    CHECK(wrong_in(facts) == "");
  }
}
