// Text on the wire: which bytes are UTF-8, base64 for those that are not, and JSON's quoting.
#ifndef SLIPWAY_TEXT_HPP
#define SLIPWAY_TEXT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// Length in bytes of the well-formed UTF-8 sequence at the start of `text` (RFC 3629, section 4), else 0.
constexpr std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  if (text.empty()) return 0;
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return continues(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0U && byte(1) < 0xA0U) return 0;  // overlong
    if (first == 0xEDU && byte(1) > 0x9FU) return 0;  // surrogates
    return 3;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0U && byte(1) < 0x90U) return 0;
    if (first == 0xF4U && byte(1) > 0x8FU) return 0;
    return 4;
  }
  return 0;
}

constexpr bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

namespace detail {
inline constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}  // namespace detail

/// RFC 4648, section 4, with padding.
inline std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8U) | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? detail::kBase64[(group >> (18U - 6U * i)) & 0x3FU] : '=';
    }
  }
  return text;
}

/// nullopt where it is not base64 (wrong letters, length or padding; bits left over).
inline std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    std::size_t letters = 4;
    if (last && text[at + 3] == '=') letters = text[at + 2] == '=' ? 2 : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      std::size_t value = 0;
      if (i < letters) {
        value = detail::kBase64.find(text[at + i]);
        if (value == std::string_view::npos) return std::nullopt;
      }
      group = (group << 6U) | static_cast<std::uint32_t>(value);
    }
    if ((letters == 2 && (group & 0xFFFFU) != 0) || (letters == 3 && (group & 0xFFU) != 0)) return std::nullopt;
    for (std::size_t i = 0; i + 1 < letters; ++i) {
      bytes += static_cast<char>(static_cast<unsigned char>((group >> (16U - 8U * i)) & 0xFFU));
    }
  }
  return bytes;
}

/// Appends UTF-8 text as a JSON string (RFC 8259, section 7).
inline void append_json_string(std::string& json, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  json += '"';
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      json += '\\';
      json += letter;
    } else if (letter == '\n') {
      json += "\\n";
    } else if (byte < 0x20U) {
      json += "\\u00";
      json += kHex[byte >> 4U];
      json += kHex[byte & 0xFU];
    } else {
      json += letter;
    }
  }
  json += '"';
}

/// Appends bytes as a JSON string, or as {"base64": "…"} where they are not UTF-8.
inline void append_json_bytes(std::string& json, std::string_view bytes) {
  if (is_utf8(bytes)) return append_json_string(json, bytes);
  json += R"({"base64":")";
  json += to_base64(bytes);
  json += "\"}";
}

/// One name in a JSON pointer, escaped (RFC 6901, section 3).
inline std::string pointer_token(std::string_view name) {
  std::string token;
  for (const char letter : name) {
    if (letter == '~') {
      token += "~0";
    } else if (letter == '/') {
      token += "~1";
    } else {
      token += letter;
    }
  }
  return token;
}

}  // namespace slipway

#endif
