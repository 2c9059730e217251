// A layer's bytes in order: straight from the source, or decompressed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/image_fact.hpp"

struct archive;

namespace slipway::unpack {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  /// The next bytes, valid until the next call; empty at the end.
  virtual Result<std::span<const char>> read() = 0;
};

/// Some bytes of a source, decompressed. `source` must live as long as the stream; `what` is how errors call it.
std::unique_ptr<ByteStream> open_bytes(const linux::Fd& source, store::Range range, store::Compression compression,
                                       const char* what);
/// The bytes of the layer's tar.
inline std::unique_ptr<ByteStream> open_layer(const linux::Fd& source, const store::LayerSource& layer) {
  return open_bytes(source, layer.bytes, layer.compression, "the layer");
}

struct ArchiveFree {
  void operator()(archive* reader) const;
};
using ArchivePointer = std::unique_ptr<archive, ArchiveFree>;
/// What libarchive complains about, as words.
std::string archive_words(archive* reader);

}  // namespace slipway::unpack
