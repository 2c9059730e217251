#include "core/config/words.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/report/report.hpp"

namespace slipway::config {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 64 && letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string quote(std::string_view text) { return "\"" + printable(text, 64) + "\""; }

std::string describe(const nlohmann::json& value) {
  using Type = nlohmann::json::value_t;
  switch (value.type()) {
    case Type::object:
      return "an object";
    case Type::array:
      return value.empty() ? "an empty list" : "a list";
    case Type::string:
      return quote(value.get_ref<const std::string&>());
    default:
      return value.dump();
  }
}

std::string one_of(std::span<const std::string> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += quote(words[i]);
  }
  return text;
}

std::string allowed_hint(std::string_view word, std::span<const std::string> allowed) {
  if (allowed.empty()) return "there are none";
  std::string hint;
  if (const auto near = nearest_word(word, allowed)) hint = "did you mean " + quote(*near) + "? ";
  hint += "allowed: ";
  for (std::size_t i = 0; i < allowed.size(); ++i) hint += (i > 0 ? ", " : "") + quote(allowed[i]);
  return hint;
}

}  // namespace slipway::config
