#include "core/unpack/unfold.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "core/store/compression.hpp"
#include "core/unpack/byte_stream.hpp"
#include "core/unpack/limits.hpp"

namespace slipway::unpack {

Result<void> unfold(const linux::Fd& source, const linux::Fd& spool) {
  constexpr const char* kDoing = "unfold the image's archive";
  struct stat status {};
  if (::fstat(source.get(), &status) != 0) return failure(errno, kDoing);
  const auto compression = store::compression_of_file(source);
  if (!compression) return tl::unexpected(compression.error());
  const store::Range whole{0, 0, static_cast<std::uint64_t>(status.st_size)};
  const auto bytes = open_bytes(source, whole, *compression, "the archive");
  std::uint64_t written = 0;
  while (true) {
    auto read = bytes->read();
    if (!read) return tl::unexpected(read.error());
    if (read->empty()) return {};
    written += read->size();
    if (written > kMostBytes) return failure(0, kDoing, "it holds more than 64 GiB");
    if (auto done = linux::write_all(spool, read->data(), read->size()); !done) {
      const bool is_full = done.error().code == ENOSPC || done.error().code == EDQUOT;
      return failure(done.error().code, kDoing, "",
                     is_full ? "it needs room in the store until it is unpacked: choose another with --store DIR" : "");
    }
  }
}

}  // namespace slipway::unpack
