// Whatever an image says, what is printed of it has no control character, is bounded, and stays as it is when it is
// made printable again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "core/report/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown = slipway::printable(text);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(shown.begin(), shown.end(), is_control)) std::abort();
  // The limit of 512, the longest escape that may begin just before it, and the sign that something was cut.
  if (shown.size() > 511 + 8 + 3) std::abort();
  if (slipway::printable(shown, 4096) != shown) std::abort();
  return 0;
}
