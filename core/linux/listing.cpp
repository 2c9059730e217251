#include "core/linux/listing.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <cerrno>
#include <memory>

namespace slipway::linux {

Result<void> list(const Fd& directory, const std::function<bool(const std::string& name)>& visit) {
  // Opened again and not duplicated: duplicates share their place in the directory.
  Fd again(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!again) return failure(errno, "read the directory");
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(again.get()), &::closedir);
  if (!entries) return failure(errno, "read the directory");
  (void)again.release();  // closedir closes it
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
    if (entry == nullptr && errno != 0) return failure(errno, "read the directory");
    if (entry == nullptr) return {};
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != ".." && !visit(name)) return {};
  }
}

Result<bool> is_empty(const Fd& directory) {
  bool empty = true;
  auto listed = list(directory, [&](const std::string&) { return empty = false; });
  if (!listed) return tl::unexpected(listed.error());
  return empty;
}

}  // namespace slipway::linux
