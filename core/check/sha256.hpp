// SHA-256 (FIPS 180-4), for the digests in images that the kit makes and for those of what a comparison ran. What comes
// from strangers is the worker's to prove.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::check {

/// Of bytes that come piece by piece.
class Sha256 {
 public:
  void add(std::string_view bytes);
  /// As 64 hexadecimal digits; nothing can be added any more.
  std::string digest();

 private:
  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::string rest_{};  ///< less than a block
  std::uint64_t size_ = 0;
};

/// As 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace slipway::check
