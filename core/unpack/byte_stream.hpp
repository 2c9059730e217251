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

/// The bytes of the layer's tar. `source` must live as long as the stream.
std::unique_ptr<ByteStream> open_layer(const linux::Fd& source, const store::LayerSource& layer);

struct ArchiveFree {
  void operator()(archive* reader) const;
};
using ArchivePointer = std::unique_ptr<archive, ArchiveFree>;
/// What libarchive complains about, as words.
std::string archive_words(archive* reader);

}  // namespace slipway::unpack
