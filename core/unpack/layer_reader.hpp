// Reads a layer out of its source: decompressed, taken apart by libarchive, and digested on the way.
#pragma once

#include <memory>
#include <string>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/image_fact.hpp"
#include "core/unpack/entry.hpp"

namespace slipway::unpack {

class LayerReader {
 public:
  /// `source` must live as long as the reader.
  LayerReader(const linux::Fd& source, const store::LayerSource& layer);
  ~LayerReader();
  LayerReader(const LayerReader&) = delete;
  LayerReader& operator=(const LayerReader&) = delete;

  /// The next entry; false at the end.
  Result<bool> next(Entry& entry);
  /// Of the entry that next() gave last.
  Content& content();
  /// Reads what is left behind the last entry and compares the digest of everything with the layer's.
  Result<void> check_digest();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway::unpack
