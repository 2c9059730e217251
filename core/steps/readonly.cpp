#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/steps/following.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Readonly& step) { return step.path.text; }

Result<void> apply(const Readonly& step, Inside& inside) {
  if (step.path.text == "/") {
    return linux::set_mount_attributes(inside.root, MOUNT_ATTR_RDONLY, 0, linux::Below::left);
  }
  auto place = linux::open_below(inside.root, step.path.text, O_PATH);
  if (!place) {
    const int code = place.error().code;
    if (code == ENOENT || code == ENOTDIR) return {};
    return failure(code, "make read-only", step.path.text,
                   code == ELOOP ? "there is a link in it, which is not followed: name what it leads to" : "");
  }
  if (auto stopped = stop_following_above(inside, step.path.text); !stopped) {
    return failure(stopped.error().code, "make read-only", step.path.text);
  }
  auto mount = linux::clone_mount(*place, linux::Below::taken);
  if (!mount) return failure(mount.error().code, "make read-only", step.path.text);
  // A copy of what receives the host's later mounts does so too, and those would be writable.
  if (auto set = linux::set_mount_attributes(*mount, MOUNT_ATTR_RDONLY, 0, linux::Below::taken, MS_PRIVATE); !set) {
    return failure(set.error().code, "make read-only", step.path.text);
  }
  if (auto attached = linux::attach_mount(*mount, *place); !attached) {
    return failure(attached.error().code, "make read-only", step.path.text);
  }
  return {};
}

}  // namespace slipway::steps
