#include "core/reference/reference.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "sdk/host/codec.hpp"

using namespace slipway;
using nlohmann::json;

namespace {

std::string longest_line_of(const std::string& text) {
  std::istringstream lines(text);
  std::string longest;
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto letters = static_cast<std::size_t>(std::count_if(
        line.begin(), line.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
    if (letters > most) longest = line;
    most = std::max(most, letters);
  }
  return most > 100 ? longest : "";
}

json step(const char* name) { return json::parse(reference::to_json("steps", name)); }

json member(const char* type, const char* name) {
  const json whole = step(type);
  for (const json& one : whole["members"]) {
    if (one["name"] == name) return one;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("every name of the reference has a text that fits a terminal, and a place in the pages") {
  const std::string whole = reference::to_markdown("");
  for (const std::string_view topic : reference::kTopics) {
    INFO(topic);
    CHECK(longest_line_of(reference::to_text(topic, "")) == "");
    const std::string page = reference::to_markdown(topic);
    for (const std::string& name : reference::names_of(topic)) {
      INFO(name);
      const std::string text = reference::to_text(topic, name);
      CHECK_THAT(text, Catch::StartsWith(name + ": "));
      CHECK(longest_line_of(text) == "");
      CHECK_THAT(page, Catch::Contains("\n## `" + name + "`\n"));
      CHECK_THAT(whole, Catch::Contains("\n### `" + name + "`\n"));
    }
  }
  CHECK(reference::names_of("nothing").empty());
}

TEST_CASE("the reference has every step type, and tells each errno of it once") {
  std::vector<std::string> types(host::step_types().begin(), host::step_types().end());
  CHECK(reference::names_of("steps") == types);
  for (const std::string& type : types) {
    INFO(type);
    const json one = step(type.c_str());
    CHECK(one["details"].get<std::string>().ends_with("."));
    CHECK(!one["sources"].empty());
    std::set<std::string> codes;
    for (const json& error : one["errors"]) CHECK(codes.insert(error["errno"].get<std::string>()).second);
    const auto members = host::step_members(type);
    REQUIRE(one["members"].size() == members.size());
  }
}

TEST_CASE("a default is what the member is when nobody says it") {
  CHECK(member("bind", "access")["default"] == "read_write");
  CHECK(member("mkdir", "mode")["default"] == "0755");
  CHECK(member("call", "timeout")["default"] == 10);
  CHECK(member("call", "timeout")["unit"] == "seconds");
  CHECK(member("call", "arguments")["default"] == json::object());
  CHECK(member("mknod", "major")["default"] == 0);
  for (const auto& [type, name] :
       {std::pair{"overlay", "size"}, std::pair{"overlay", "upper"}, std::pair{"file", "copy_of"},
        std::pair{"mount", "flags"}, std::pair{"bind", "source"}}) {
    INFO(type << " " << name);
    CHECK(!member(type, name).contains("default"));
  }
}

TEST_CASE("a member's type tells its words, and whether it is a list of them") {
  CHECK(member("propagation", "spread")["words"] == json({"slave", "private", "shared", "unbindable"}));
  CHECK(member("exec", "end_with")["list"] == true);
  CHECK(member("overlay", "lower")["type"] == "reference");
  CHECK(!member("overlay", "upper").contains("list"));
}

TEST_CASE("a phase knows the types that may stand in it, and what calls are given there") {
  const json seal = json::parse(reference::to_json("phases", "seal"));
  CHECK(seal["steps"] == json({"call", "mask", "propagation", "readonly"}));
  CHECK(seal["given"][0]["name"] == "root");
  CHECK(json::parse(reference::to_json("phases", "resolve"))["steps"].empty());
  CHECK(json::parse(reference::to_json("phases", "confine"))["last"] == json({"user", "environment", "workdir"}));
}

TEST_CASE("the document for programs holds all topics") {
  const json all = json::parse(reference::to_json("", ""));
  for (const std::string_view topic : reference::kTopics) {
    INFO(topic);
    CHECK(all[std::string(topic)].size() == reference::names_of(topic).size());
  }
  CHECK(reference::to_json("steps", "nothing").empty());
}
