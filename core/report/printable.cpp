#include <array>
#include <cstdint>

#include "core/report/report.hpp"

namespace slipway {
namespace {

// Length in bytes of the well-formed UTF-8 sequence at the start of `text` (RFC 3629, section 4), else 0.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return continues(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0U && byte(1) < 0xA0U) return 0;
    if (first == 0xEDU && byte(1) > 0x9FU) return 0;
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

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  static constexpr std::array<char, 17> kHex = {"0123456789abcdef"};
  std::string safe;
  std::size_t at = 0;
  while (at < text.size()) {
    if (safe.size() >= limit) return safe + "…";
    const auto byte = static_cast<unsigned char>(text[at]);
    std::size_t length = utf8_length(text.substr(at));
    // C1 controls (U+0080 to U+009F) steer terminals as well.
    const bool control =
        byte < 0x20 || byte == 0x7F || (length == 2 && byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0);
    if (length == 0 || control) {
      const std::size_t bad = length == 0 ? 1 : length;
      for (std::size_t i = 0; i < bad; ++i) {
        const auto value = static_cast<unsigned char>(text[at + i]);
        safe += "\\x";
        safe += kHex.at(value >> 4U);
        safe += kHex.at(value & 0xFU);
      }
      at += bad;
      continue;
    }
    safe.append(text.substr(at, length));
    at += length;
  }
  return safe;
}

}  // namespace slipway
