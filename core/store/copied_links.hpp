// Files that have several names: the first name that comes by is copied, the others become links to it when all files
// are there. Several threads at once.
#pragma once

#include <sys/stat.h>

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::store {

class CopiedLinks {
 public:
  /// Whether a file is to be copied under this name, that of its directory (below the tree) and its own.
  bool is_first(const struct stat& status, const std::string& directory, const std::string& name);
  /// Makes the others, once all that are first are there. Times of directories stay. Where a first one was left out,
  /// so are the others of it.
  Result<void> make(const linux::Fd& tree) const;

 private:
  struct Place {
    std::string directory{}, name{};
  };
  static Result<void> make_one(const linux::Fd& tree, const Place& first, const Place& other);

  std::mutex mutex_{};
  std::map<std::pair<dev_t, ino_t>, Place> first_{};
  std::vector<std::pair<std::pair<dev_t, ino_t>, Place>> others_{};
};

}  // namespace slipway::store
