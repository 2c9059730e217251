#include "core/steps/inside.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"

namespace slipway::steps {

Result<const linux::Fd*> Inside::result(std::string_view name) const {
  const auto found = results.find(std::string(name));
  if (found == results.end()) return failure(0, "use the result", "@" + std::string(name));
  return &found->second;
}

Result<linux::Fd> Inside::result_here(std::string_view name) const {
  auto given = result(name);
  if (!given) return tl::unexpected(given.error());
  const bool is_of_call = detached.contains(name);
  if (!results_are_mounts && !is_of_call) return linux::open_again_here(**given);
  const std::string place = "@" + std::string(name);
  auto there = linux::open_below(base, place, O_PATH);
  if (there) return there;
  struct stat found {};
  if (::fstat((*given)->get(), &found) != 0) return failure(errno, "look at the result", place);
  if (S_ISDIR(found.st_mode)) {
    if (auto made = linux::make_directory_at(base, place, 0700); !made) return tl::unexpected(made.error());
  } else if (::mknodat(base.get(), place.c_str(), S_IFREG | 0600, 0) != 0) {
    return failure(errno, "make a place for the result", place);
  }
  auto empty = linux::open_below(base, place, O_PATH);
  if (!empty) return empty;
  if (auto attached = linux::attach_mount(**given, *empty); !attached) {
    if (!is_of_call) return tl::unexpected(attached.error());
    return failure(attached.error().code, "mount the result", place,
                   "what a call gives to be mounted is a detached mount: fsmount(2), open_tree(2)");
  }
  return linux::open_below(base, place, O_PATH);
}

Result<void> Inside::attach(const linux::Fd& mount, const Path& target) {
  if (target.text == "/") {
    if (auto made = linux::make_directory_at(base, "root", 0755); !made) return tl::unexpected(made.error());
    auto place = linux::open_below(base, "root", O_PATH | O_DIRECTORY);
    if (!place) return tl::unexpected(place.error());
    if (auto attached = linux::attach_mount(mount, *place); !attached) return attached;
    auto opened = linux::open_below(base, "root", O_PATH | O_DIRECTORY);
    if (!opened) return tl::unexpected(opened.error());
    root = std::move(*opened);
    return {};
  }
  auto place = linux::open_below(root, target.text, O_PATH);
  if (!place) {
    const int code = place.error().code;
    return failure(code, "mount on", target.text,
                   code == ELOOP ? "the image has a link there, which slipway does not follow" : "");
  }
  if (auto attached = linux::attach_mount(mount, *place); !attached) {
    return failure(attached.error().code, "mount on", target.text);
  }
  return {};
}

Result<void> Inside::attach_own(const linux::Fd& mount, const Path& target) {
  if (notes_mounts) {
    if (const auto id = linux::mount_id(mount)) own_mounts.push_back(*id);
  }
  return attach(mount, target);
}

bool Inside::owns(const linux::Fd& directory) const {
  if (!shows_host) return true;
  const auto id = linux::mount_id(directory);
  return id &&
         (id == linux::mount_id(root) || std::find(own_mounts.begin(), own_mounts.end(), *id) != own_mounts.end());
}

Result<void> make_base(Inside& inside) {
  auto tmpfs = linux::NewFilesystem::open("tmpfs");
  if (!tmpfs) return tl::unexpected(tmpfs.error());
  for (const auto& [name, value] : {std::pair{"source", "slipway"}, std::pair{"mode", "0700"}}) {
    if (auto set = tmpfs->set(name, value); !set) return set;
  }
  // Nothing in it is run or opened as a device: the container's root and a tmpfs upper are mounts of their own.
  auto mount = tmpfs->create(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (!mount) return tl::unexpected(mount.error());
  // On top of "/": no directory of the host is needed, and lookups from this process's root do not see it, because
  // they begin below it.
  if (auto attached = linux::attach_mount(*mount, "/"); !attached) return attached;
  inside.base = std::move(*mount);
  return {};
}

}  // namespace slipway::steps
