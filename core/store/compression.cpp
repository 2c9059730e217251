#include "core/store/compression.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace slipway::store {
namespace {

constexpr std::array<std::string_view, 5> kWords = {"none", "gzip", "zstd", "xz", "bzip2"};

struct Magic {
  std::string_view bytes;
  Compression compression;
};
constexpr std::array kMagics = {
    Magic{"\x1f\x8b", Compression::gzip},
    Magic{"\x28\xb5\x2f\xfd", Compression::zstd},
    Magic{std::string_view("\xfd"
                           "7zXZ\0",
                           6),
          Compression::xz},
    Magic{"BZh", Compression::bzip2},
};

}  // namespace

std::string_view to_word(Compression compression) { return kWords.at(static_cast<std::size_t>(compression)); }

std::optional<Compression> compression_of(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords.at(i) == word) return static_cast<Compression>(i);
  }
  return std::nullopt;
}

Compression compression_by(std::string_view first_bytes) {
  for (const Magic& magic : kMagics) {
    if (first_bytes.starts_with(magic.bytes)) return magic.compression;
  }
  return Compression::none;
}

Result<Compression> compression_of_file(const linux::Fd& file) {
  std::array<char, 8> first{};
  const ssize_t count = ::pread(file.get(), first.data(), first.size(), 0);
  if (count < 0) return failure(errno, "read the image");
  return compression_by(std::string_view(first.data(), static_cast<std::size_t>(count)));
}

}  // namespace slipway::store
