#include "core/store/copied_links.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace slipway::store {
namespace {

// Part by part: a path as a whole may be longer than the kernel takes.
linux::Fd open_directory(const linux::Fd& tree, const std::string& path) {
  linux::Fd at(::openat(tree.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t begin = 0; at && begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    at = linux::Fd(::openat(at.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    begin = end + 1;
  }
  return at;
}

}  // namespace

bool CopiedLinks::is_first(const struct stat& status, const std::string& directory, const std::string& name) {
  if (status.st_nlink < 2) return true;
  const std::pair key{status.st_dev, status.st_ino};
  const std::scoped_lock lock(mutex_);
  if (first_.try_emplace(key, Place{directory, name}).second) return true;
  others_.emplace_back(key, Place{directory, name});
  return false;
}

Result<void> CopiedLinks::make(const linux::Fd& tree) const {
  for (const auto& [key, other] : others_) {
    if (auto made = make_one(tree, first_.at(key), other); !made) return made;
  }
  return {};
}

Result<void> CopiedLinks::make_one(const linux::Fd& tree, const Place& first, const Place& other) {
  const std::string path = other.directory + "/" + other.name;
  const linux::Fd from = open_directory(tree, first.directory);
  const linux::Fd to = open_directory(tree, other.directory);
  struct stat before {};
  if (!from || !to || ::fstat(to.get(), &before) != 0) return failure(errno, "link", path);
  if (::linkat(from.get(), first.name.c_str(), to.get(), other.name.c_str(), 0) != 0) {
    if (errno == ENOENT) return {};
    return failure(errno, "link", path);
  }
  const std::array times = {before.st_atim, before.st_mtim};
  if (::utimensat(to.get(), ".", times.data(), 0) != 0) return failure(errno, "set the times of", other.directory);
  return {};
}

}  // namespace slipway::store
