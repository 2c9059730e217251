#include "core/linux/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <string_view>
#include <vector>

namespace slipway::linux {

std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

Result<std::string> random_hex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  // getrandom(2) of up to 256 bytes is neither interrupted nor cut short once the kernel has its entropy.
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return failure(errno, "get random bytes");
  }
  return to_hex(random);
}

}  // namespace slipway::linux
