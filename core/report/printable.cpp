#include <array>
#include <cstdint>

#include "core/report/report.hpp"
#include "slipway/text.hpp"

namespace slipway {
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
