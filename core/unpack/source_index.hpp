// What an image's archive holds and where: read once, so that any part of it can be read afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::unpack {

struct SourceEntry {
  std::string name{}, link{};
  std::uint64_t offset = 0, size = 0;
  char type = 'o';           ///< as in slipway_entry; a sparse file, stored in pieces, is 'o' as well
  std::uint32_t source = 0;  ///< which file of the source `offset` counts in
};

class SourceIndex {
 public:
  /// An uncompressed tar; each other thing is refused by its name.
  static Result<SourceIndex> read(const linux::Fd& source);

  [[nodiscard]] const std::vector<SourceEntry>& entries() const { return entries_; }
  /// The last entry of that name, with "./" before either one left out; nullptr when there is none.
  [[nodiscard]] const SourceEntry* find(std::string_view name) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::vector<SourceEntry> entries_{};
  std::unordered_map<std::string, std::size_t> by_name_{};
  std::uint64_t size_ = 0;
};

}  // namespace slipway::unpack
