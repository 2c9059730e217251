// What slipway/json.h writes for plugins in C is what the host reads.
#include <slipway/json.h>

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <slipway/text.hpp>
#include <string>

#include "sdk/host/codec.hpp"

using namespace slipway;

namespace {

slipway_text crossing(const std::string& text) { return {text.data(), text.size()}; }

// The object as text; frees it.
std::string ended(slipway_json& json) {
  const slipway_text text = slipway_json_end(&json);
  std::string whole(text.data, static_cast<std::size_t>(text.size));
  slipway_json_free(&json);
  return whole;
}

std::string decoded(const std::string& bytes) {
  slipway_json step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words("hostname"));
  slipway_json_text(&step, "name", crossing(bytes));
  const auto read = nlohmann::json::parse(ended(step)).at("name");
  if (read.is_string()) return read.get<std::string>();
  return from_base64(read.at("base64").get<std::string>()).value();
}

}  // namespace

TEST_CASE("objects, lists and values written in C are JSON") {
  slipway_json json = slipway_json_object();
  slipway_json_text(&json, "a \"b\"", slipway_words("tab\t, line\n, \\"));
  slipway_json_open(&json, "list", "[");
  slipway_json_text(&json, nullptr, slipway_words("one"));
  slipway_json_open(&json, nullptr, "{");
  slipway_json_integer(&json, "least", std::numeric_limits<std::int64_t>::min());
  slipway_json_boolean(&json, "yes", 1);
  slipway_json_close(&json, "}");
  slipway_json_close(&json, "]");
  slipway_json_open(&json, "none", "[");
  slipway_json_close(&json, "]");
  CHECK(nlohmann::json::parse(ended(json)) == nlohmann::json::parse(R"({"a \"b\"": "tab\t, line\n, \\",
      "list": ["one", {"least": -9223372036854775808, "yes": true}], "none": []})"));
  slipway_json empty = slipway_json_object();
  CHECK(ended(empty) == "{}");
}

TEST_CASE("any bytes written in C come out as they went in, as text where they are UTF-8") {
  for (const std::string bytes : {"", "plain", "é ≤ 😀", "\x7f\x01", "\xff", "a\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                                  "\xf4\x90\x80\x80", "\xc0\xaf", "abc\x80"}) {
    INFO(bytes);
    CHECK(decoded(bytes) == bytes);
  }
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same bytes each time
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    // Few values above 0x7f, so that whole sequences come about as well as broken ones.
    for (char& byte : bytes) byte = "aé\xf0\x9f\x98\x80\xed\xe0\x80\xc3\x01\"\\"[random() % 15];
    std::erase(bytes, '\0');
    CHECK(decoded(bytes) == bytes);
  }
}

TEST_CASE("a step written in C is taken by the host's codec") {
  slipway_json step = slipway_json_object();
  slipway_json_text(&step, "type", slipway_words("mask"));
  slipway_json_text(&step, "path", slipway_words("/proc/\"x\""));
  slipway_json_text(&step, "from", slipway_words("/options/paths/0"));
  const auto read = host::decode_step(ended(step));
  REQUIRE(read);
  CHECK(std::get<steps::Mask>(read->step).path.text == "/proc/\"x\"");
  CHECK(read->common.from == "/options/paths/0");
}
