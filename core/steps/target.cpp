#include "core/steps/target.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "core/linux/lookup.hpp"

namespace slipway::steps {
namespace {

constexpr mode_t kModeOfDirectories = 0755;
constexpr mode_t kModeOfFiles = 0644;

const char* hint_for(int code) {
  switch (code) {
    case ENOTDIR:
      return "something that is no directory is in its way in the image";
    case ELOOP:
      return "a link of the image in it leads nowhere inside, in a circle, or out of the container by way of /proc";
    default:
      return "";
  }
}

tl::unexpected<Error> refused(int code, const Path& target) {
  return failure(code, "make the mount point", target.text, hint_for(code));
}

tl::unexpected<Error> not_ours(const Path& target) {
  return failure(0, "the mount point would be made in a directory of the host's", target.text,
                 "make it there first, or bind what lies above it to another place");
}

// As linux::make_directories_inside, but nothing in directories of the host's.
Result<linux::Fd> make_parent(const Inside& inside, const std::string& path, const Path& target) {
  linux::Fd at;
  for (std::size_t begin = path.find_first_not_of('/'); begin != std::string::npos;) {
    const std::size_t end = path.find('/', begin);
    const std::string name = path.substr(begin, end == std::string::npos ? end : end - begin);
    begin = end == std::string::npos ? end : path.find_first_not_of('/', end);
    const std::string upto = path.substr(0, end);
    auto there = linux::open_inside(inside.root, upto, O_PATH | O_DIRECTORY);
    if (!there && there.error().code == ENOENT) {
      const linux::Fd& above = at ? at : inside.root;
      if (!inside.owns(above)) return not_ours(target);
      if (auto made = linux::make_directory_at(above, name, kModeOfDirectories); !made) {
        return refused(made.error().code, target);
      }
      there = linux::open_inside(inside.root, upto, O_PATH | O_DIRECTORY);
    }
    if (!there) return refused(there.error().code, target);
    at = std::move(*there);
  }
  return at;
}

Result<linux::Fd> open_parent(const Inside& inside, const std::string& path, const Path& target) {
  auto parent = linux::open_inside(inside.root, path, O_PATH | O_DIRECTORY);
  if (parent || parent.error().code != ENOENT) {
    if (!parent) return refused(parent.error().code, target);
    return parent;
  }
  return make_parent(inside, path, target);
}

Result<void> make(const Inside& inside, const linux::Fd& parent, const std::string& name, TargetKind kind,
                  const Path& target) {
  if (!inside.owns(parent)) return not_ours(target);
  if (kind == TargetKind::directory) {
    if (::mkdirat(parent.get(), name.c_str(), kModeOfDirectories) != 0) return refused(errno, target);
    return {};
  }
  const linux::Fd made(
      ::openat(parent.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kModeOfFiles));
  if (!made) return refused(errno, target);
  return {};
}

linux::Fd open_name(const linux::Fd& parent, const std::string& name) {
  return linux::Fd(::openat(parent.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

// A path that names /proc is meant; a link of the image's that leads there would have a bind stand in for what the
// kernel tells.
bool is_led_into_proc(const linux::Fd& directory, const Path& target) {
  struct statfs found {};
  const bool names_proc = target.text == "/proc" || target.text.starts_with("/proc/");
  return !names_proc && ::fstatfs(directory.get(), &found) == 0 && found.f_type == PROC_SUPER_MAGIC;
}

}  // namespace

Result<linux::Fd> open_target(const Inside& inside, const Path& target, TargetKind kind) {
  const std::size_t slash = target.text.rfind('/');
  const std::string name = target.text.substr(slash + 1);
  if (name.empty()) return failure(EBUSY, "mount on", target.text, "the root is what the rootfs stage makes");
  auto parent = open_parent(inside, slash == 0 ? "/" : target.text.substr(0, slash), target);
  if (!parent) return parent;
  if (is_led_into_proc(*parent, target)) return refused(ELOOP, target);
  linux::Fd place = open_name(*parent, name);
  struct stat found {};
  if (place && ::fstat(place.get(), &found) != 0) return failure(errno, "look at", target.text);
  const bool is_link = place && S_ISLNK(found.st_mode);
  if (!place && errno != ENOENT) return refused(errno, target);
  if (!place || is_link) {
    if (is_link && !inside.owns(*parent)) return refused(ELOOP, target);
    if (is_link && ::unlinkat(parent->get(), name.c_str(), 0) != 0) return refused(errno, target);
    if (auto made = make(inside, *parent, name, kind, target); !made) return tl::unexpected(made.error());
    place = open_name(*parent, name);
    if (!place) return refused(errno, target);
  } else if (S_ISDIR(found.st_mode) != (kind == TargetKind::directory)) {
    const bool is_directory = S_ISDIR(found.st_mode);
    return failure(is_directory ? EISDIR : ENOTDIR, "mount on", target.text,
                   is_directory ? "the container has a directory there, and a file cannot cover it"
                                : "the container has a file there, and a directory cannot cover it");
  }
  return place;
}

}  // namespace slipway::steps
