#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/steps/following.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

Result<linux::Fd> empty_directory() {
  auto tmpfs = linux::NewFilesystem::open("tmpfs");
  if (!tmpfs) return tl::unexpected(tmpfs.error());
  for (const auto& [name, value] :
       {std::pair{"source", "mask"}, std::pair{"mode", "0755"}, std::pair{"nr_inodes", "1"}}) {
    if (auto set = tmpfs->set(name, value); !set) return tl::unexpected(set.error());
  }
  return tmpfs->create(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

// The container's /dev/null, which must be the real one: a mask under a file of the image would show that file.
Result<linux::Fd> null_device(const Inside& inside) {
  constexpr const char* kHint =
      "masking a file needs /dev/null inside the container: use a pseudo plugin that makes it";
  auto null = linux::open_below(inside.root, "/dev/null", O_PATH);
  if (!null) return failure(null.error().code, "open", "/dev/null", kHint);
  struct stat found {};
  if (::fstat(null->get(), &found) != 0) return failure(errno, "look at", "/dev/null");
  if (!S_ISCHR(found.st_mode) || found.st_rdev != makedev(1, 3)) return failure(ENODEV, "use", "/dev/null", kHint);
  return linux::clone_mount(*null, linux::Below::left);
}

}  // namespace

std::string summary(const Mask& step) { return step.path.text; }

Result<void> apply(const Mask& step, Inside& inside) {
  auto place = linux::open_below(inside.root, step.path.text, O_PATH);
  if (!place) {
    const int code = place.error().code;
    if (code == ENOENT || code == ENOTDIR) return {};
    return failure(code, "mask", step.path.text,
                   code == ELOOP ? "there is a link in it, which is not followed: name what it leads to" : "");
  }
  if (auto stopped = stop_following_above(inside, step.path.text); !stopped) {
    return failure(stopped.error().code, "mask", step.path.text);
  }
  struct stat found {};
  if (::fstat(place->get(), &found) != 0) return failure(errno, "look at", step.path.text);
  auto cover = S_ISDIR(found.st_mode) ? empty_directory() : null_device(inside);
  if (!cover) return tl::unexpected(cover.error());
  if (auto attached = linux::attach_mount(*cover, *place); !attached) {
    return failure(attached.error().code, "mask", step.path.text);
  }
  return {};
}

}  // namespace slipway::steps
