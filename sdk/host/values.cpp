#include "sdk/host/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <slipway/text.hpp>

#include "sdk/host/nesting.hpp"

namespace slipway::host {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestPath = 4095;  // PATH_MAX without its NUL; path_resolution(7)
constexpr std::size_t kLongestShown = 80;
constexpr std::uint32_t kPermissionBits = 07777;

std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

bool fits_a_path(const std::string& path, const Spot& spot) {
  if (path.size() <= kLongestPath) return true;
  spot.refuse("is a path of " + std::to_string(path.size()) + " bytes; the kernel takes 4095");
  return false;
}

// Without doubled and trailing slashes and "." components; nullopt where there is a "..".
std::optional<std::string> one_spelling(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view component = path.substr(0, end);
    if (component == "..") return std::nullopt;
    if (!component.empty() && component != ".") result.append("/").append(component);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return result.empty() ? "/" : result;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.empty()) return number;
  constexpr std::string_view kUnits = "KMGT";
  const std::size_t power = kUnits.find(unit[0]);
  if (unit.size() != 1 || power == std::string_view::npos) return std::nullopt;
  const std::size_t shift = 10 * (power + 1);
  if (number > (std::numeric_limits<std::uint64_t>::max() >> shift)) return std::nullopt;
  return number << shift;
}

}  // namespace

tl::expected<json, Problem> parse_json(std::string_view text) {
  if (nests_too_deep(text)) {
    return tl::unexpected<Problem>(
        Problem{"", "has lists and objects in each other, more than " + std::to_string(kDeepestJson) + " deep", ""});
  }
  try {
    return json::parse(text.begin(), text.end());
  } catch (const json::parse_error& error) {
    return tl::unexpected<Problem>(
        Problem{"", "is not JSON: it breaks off or goes wrong at byte " + std::to_string(error.byte), ""});
  } catch (const json::out_of_range&) {  // 1e999 is JSON, but no parser's number
    return tl::unexpected<Problem>(Problem{"", "has a number in it that is too large", ""});
  }
}

std::string Spot::pointer() const {
  std::string text = "/" + pointer_token(member);
  if (index) text += "/" + std::to_string(*index);
  return text;
}

void Spot::refuse(std::string message, std::string hint) const {
  problems.push_back({pointer(), std::move(message), std::move(hint)});
}

std::string shown(const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      return "null";
    case json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case json::value_t::array:
      return "a list";
    case json::value_t::object:
      return "an object";
    case json::value_t::string: {
      std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
      if (text.size() <= kLongestShown) return text;
      std::size_t cut = 0;  // between letters
      while (cut < kLongestShown) cut += std::max<std::size_t>(1, utf8_length(std::string_view(text).substr(cut)));
      return text.substr(0, cut) + "…\"";
    }
    default:
      return "the number " + value.dump();
  }
}

std::optional<std::string> read_bytes(const json& value, const Spot& spot) {
  std::string bytes;
  if (value.is_string()) {
    bytes = value.get_ref<const std::string&>();
  } else if (value.is_object() && value.size() == 1 && value.contains("base64") && value["base64"].is_string()) {
    auto decoded = from_base64(value["base64"].get_ref<const std::string&>());
    if (!decoded) {
      spot.refuse("has bytes that are not base64: " + shown(value["base64"]), "RFC 4648, with padding: \"/w==\"");
      return std::nullopt;
    }
    bytes = std::move(*decoded);
  } else {
    spot.refuse("is " + shown(value) + "; expected text", R"(what is not UTF-8 is written {"base64": "…"})");
    return std::nullopt;
  }
  if (bytes.find('\0') != std::string::npos) {
    spot.refuse("has a NUL byte in it");
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::size_t> read_word(const json& value, std::span<const std::string_view> words, const Spot& spot) {
  if (value.is_string()) {
    const auto found = std::find(words.begin(), words.end(), value.get_ref<const std::string&>());
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  std::string expected;
  for (const std::string_view word : words) expected += (expected.empty() ? "" : ", ") + quoted(word);
  std::string hint;
  if (value.is_string()) {
    hint = suggest(value.get_ref<const std::string&>(), std::vector<std::string>(words.begin(), words.end()));
    if (!hint.starts_with("did")) hint.clear();  // the words stand in the message already
  }
  spot.refuse("is " + shown(value) + "; expected one of " + expected, hint);
  return std::nullopt;
}

void read(const json& value, std::string& to, const Spot& spot) {
  if (auto bytes = read_bytes(value, spot)) to = std::move(*bytes);
}

void read(const json& value, std::int64_t& to, const Spot& spot) {
  // nlohmann keeps what is above INT64_MAX as unsigned, and would wrap it on get().
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
  if (!fits) return spot.refuse("is " + shown(value) + "; expected an integer of 64 bits");
  to = value.get<std::int64_t>();
}

void read(const json& value, steps::Size& to, const Spot& spot) {
  std::optional<std::uint64_t> bytes;
  if (value.is_number_unsigned()) bytes = value.get<std::uint64_t>();
  if (value.is_string()) bytes = parse_size(value.get_ref<const std::string&>());
  if (!bytes) {
    return spot.refuse("is " + shown(value) + "; expected a size",
                       R"(a number of bytes, or text with a unit of 1024: "64K", "64M", "2G", "1T")");
  }
  to.bytes = *bytes;
}

void read(const json& value, steps::Mode& to, const Spot& spot) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    std::uint32_t bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits, 8);
    if (error == std::errc{} && end == text.data() + text.size() && bits <= kPermissionBits) {
      to.bits = bits;
      return;
    }
  }
  // 755 without quotes would be read as decimal by every JSON parser: text it has to be.
  spot.refuse("is " + shown(value) + "; expected permission bits", R"(octal text from "0" to "7777": "0755")");
}

void read(const json& value, steps::Object& to, const Spot& spot) {
  if (!value.is_object()) return spot.refuse("is " + shown(value) + "; expected an object");
  to.text = value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void read(const json& value, steps::Path& to, const Spot& spot) {
  const auto path = read_bytes(value, spot);
  if (!path || !fits_a_path(*path, spot)) return;
  if (!path->starts_with('/')) {
    return spot.refuse("is " + shown(value) + "; expected an absolute path inside the container",
                       "write it from the container's root: \"/…\"");
  }
  auto spelling = one_spelling(*path);
  if (!spelling) return spot.refuse("is " + shown(value) + "; a path inside the container has no \"..\"");
  to.text = std::move(*spelling);
}

void read(const json& value, steps::HostPath& to, const Spot& spot) {
  auto path = read_bytes(value, spot);
  if (!path || !fits_a_path(*path, spot)) return;
  if (path->starts_with('@')) {
    steps::Reference reference;
    const std::size_t before = spot.problems.size();
    read(value, reference, spot);
    if (spot.problems.size() != before) return;
  } else if (!path->starts_with('/')) {
    return spot.refuse("is " + shown(value) + "; expected an absolute path on the host, or \"@name\" of a result");
  }
  to.text = std::move(*path);
}

void read(const json& value, steps::Reference& to, const Spot& spot) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    // "@/options/profile" is what the core opened for an option; all else is the "as" of a step or a reserved name.
    const bool is_option = text.starts_with("@/options/") && text.find('\0') == std::string::npos;
    if (is_option || (text.starts_with('@') && is_result_name(std::string_view(text).substr(1)))) {
      to.name = text.substr(1);
      return;
    }
  }
  spot.refuse("is " + shown(value) + "; expected the result of an earlier step",
              R"(a step with "as": "layer0" is referred to as "@layer0")");
}

bool is_result_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '-' || letter == '.';
  });
}

}  // namespace slipway::host
