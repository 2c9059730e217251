#include "core/steps/following.hpp"

#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"

namespace slipway::steps {

Result<void> stop_following_above(const Inside& inside, const std::string& path) {
  if (!inside.shows_host) return {};  // the rest is the container's own
  const std::size_t slash = path.rfind('/');
  if (slash == 0 || slash == std::string::npos) return {};
  auto here = linux::open_below(inside.root, path.substr(0, slash), O_PATH | O_DIRECTORY);
  if (!here) return tl::unexpected(here.error());
  const auto root = linux::mount_id(inside.root);
  auto id = linux::mount_id(*here);
  while (id && id != root) {
    linux::Fd above(::openat(here->get(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!above) return failure(errno, "open the directory above", path);
    const auto next = linux::mount_id(above);
    if (next != id) {  // so this is where it is mounted
      if (auto set = linux::set_propagation(*here, MS_PRIVATE, linux::Below::left); !set) return set;
    }
    here = std::move(above);
    id = next;
  }
  return {};
}

}  // namespace slipway::steps
