// Copies a single file, link or node between two trees, with all that it has: type, mode, owner, times, attributes,
// holes. What can share its blocks does. Knows nothing of layers.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <mutex>
#include <string>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/losses.hpp"

namespace slipway::store {

/// What the files of one copy have in common; for several threads.
struct CopyState {
  // What the file systems can do, found out by trying:
  std::atomic<bool> clones = true;  ///< FICLONE: both files have the same blocks until one of them is written to
  std::atomic<bool> ranges = true;  ///< copy_file_range(2): the kernel copies
  std::mutex mutex{};
  Losses losses{};  ///< what could not be copied as it is
};

/// Something that is no directory.
struct FileToCopy {
  const linux::Fd& from;
  const linux::Fd& to;      ///< which has nothing of this name
  const std::string& name;  ///< in both
  std::string path{};       ///< for people
  struct stat status {};    ///< of the name in `from`, not followed
};
Result<void> copy_file(const FileToCopy& file, CopyState& state);

/// Owner, mode, attributes and times of a directory that has got all its entries.
Result<void> finish_directory(const linux::Fd& from, const linux::Fd& to, const std::string& path, CopyState& state);

}  // namespace slipway::store
