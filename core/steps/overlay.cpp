#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

struct Directories {
  std::vector<linux::Fd> lower{};  // the top one first
  linux::Fd upper{}, work{};
};

// The layers as this mount namespace has them: overlay refuses those of another.
Result<std::vector<linux::Fd>> open_layers(const Overlay& step, const Inside& inside) {
  std::vector<linux::Fd> layers;
  for (const Reference& reference : step.lower) {
    auto layer = inside.result_here(reference.name);
    if (!layer) return tl::unexpected(layer.error());
    layers.push_back(std::move(*layer));
  }
  return layers;
}

Result<linux::Fd> new_tmpfs(const Overlay& step, const Inside& inside) {
  auto tmpfs = linux::NewFilesystem::open("tmpfs");
  if (!tmpfs) return tl::unexpected(tmpfs.error());
  if (auto set = tmpfs->set("mode", "0700"); !set) return tl::unexpected(set.error());
  if (step.size) {
    if (auto set = tmpfs->set("size", std::to_string(step.size->bytes)); !set) return tl::unexpected(set.error());
  }
  auto mount = tmpfs->create(0);
  if (!mount) return tl::unexpected(mount.error());
  if (auto made = linux::make_directory_at(inside.base, "writes", 0700); !made) return tl::unexpected(made.error());
  auto place = linux::open_below(inside.base, "writes", O_PATH | O_DIRECTORY);
  if (!place) return tl::unexpected(place.error());
  if (auto attached = linux::attach_mount(*mount, *place); !attached) return tl::unexpected(attached.error());
  return mount;
}

// The directory that takes the writes: the result of a scratch step, or a tmpfs of the container's own.
Result<linux::Fd> open_scratch(const Overlay& step, const Inside& inside) {
  if (step.upper.name.empty()) return new_tmpfs(step, inside);
  return inside.result_here(step.upper.name);
}

// What the container sees of "/" itself is the upper directory: it takes owner, mode and times after the top layer.
Result<void> look_like(const linux::Fd& scratch, const char* name, const linux::Fd& layer) {
  struct stat model {};
  if (::fstat(layer.get(), &model) != 0) return failure(errno, "look at the top layer");
  const auto give = [&](uid_t uid, gid_t gid) {
    return ::fchownat(scratch.get(), name, uid, gid, AT_SYMLINK_NOFOLLOW) == 0;
  };
  // EINVAL: the owner of a directory of the host's, or its group, has no id here. As in a copy of layers it is root's,
  // then; the other one stays.
  constexpr auto kSameOwner = ~uid_t{0};
  constexpr auto kSameGroup = ~gid_t{0};
  const auto give_what_can_be = [&] {
    return (give(model.st_uid, kSameGroup) || give(0, kSameGroup)) &&
           (give(kSameOwner, model.st_gid) || give(kSameOwner, 0));
  };
  const bool is_given = give(model.st_uid, model.st_gid) || (errno == EINVAL && give_what_can_be());
  if (!is_given || ::fchmodat(scratch.get(), name, model.st_mode & 07777U, 0) != 0)
    return failure(errno, "give the root its owner and mode");
  const std::array times = {model.st_atim, model.st_mtim};
  if (::utimensat(scratch.get(), name, times.data(), AT_SYMLINK_NOFOLLOW) != 0)
    return failure(errno, "give the root its times");
  return {};
}

Result<Directories> open_directories(const Overlay& step, const Inside& inside) {
  auto layers = open_layers(step, inside);
  if (!layers) return tl::unexpected(layers.error());
  auto scratch = open_scratch(step, inside);
  if (!scratch) return tl::unexpected(scratch.error());
  for (const char* name : {"upper", "work"}) {
    if (auto made = linux::make_directory_at(*scratch, name, 0700); !made) return tl::unexpected(made.error());
  }
  if (auto looks = look_like(*scratch, "upper", layers->front()); !looks) return tl::unexpected(looks.error());
  auto upper = linux::open_below(*scratch, "upper", O_PATH | O_DIRECTORY);
  if (!upper) return tl::unexpected(upper.error());
  auto work = linux::open_below(*scratch, "work", O_PATH | O_DIRECTORY);
  if (!work) return tl::unexpected(work.error());
  return Directories{std::move(*layers), std::move(*upper), std::move(*work)};
}

// Linux 6.13 and later take each layer as a descriptor; EINVAL from an older one.
Result<linux::Fd> by_descriptors(const Directories& directories) {
  auto filesystem = linux::NewFilesystem::open("overlay");
  if (!filesystem) return tl::unexpected(filesystem.error());
  if (auto set = filesystem->set("source", "overlay"); !set) return tl::unexpected(set.error());
  if (auto set = filesystem->set_flag("userxattr"); !set) return tl::unexpected(set.error());
  for (const linux::Fd& layer : directories.lower) {
    if (auto set = filesystem->set_descriptor("lowerdir+", layer); !set) return tl::unexpected(set.error());
  }
  if (auto set = filesystem->set_descriptor("upperdir", directories.upper); !set) return tl::unexpected(set.error());
  if (auto set = filesystem->set_descriptor("workdir", directories.work); !set) return tl::unexpected(set.error());
  return filesystem->create(0);
}

std::string own_path(const linux::Fd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

// mount(2) with paths of a few bytes each, because it takes one page of options only.
Result<linux::Fd> by_paths(const Directories& directories, const linux::Fd& base) {
  std::string options = "userxattr,lowerdir=";
  for (std::size_t i = 0; i < directories.lower.size(); ++i)
    options += (i == 0 ? "" : ":") + own_path(directories.lower[i]);
  options += ",upperdir=" + own_path(directories.upper) + ",workdir=" + own_path(directories.work);
  if (auto made = linux::make_directory_at(base, "overlay", 0700); !made) return tl::unexpected(made.error());
  auto place = linux::open_below(base, "overlay", O_PATH | O_DIRECTORY);
  if (!place) return tl::unexpected(place.error());
  if (::mount("overlay", own_path(*place).c_str(), "overlay", 0, options.c_str()) != 0) {
    return failure(errno, "mount overlay");
  }
  auto mounted = linux::open_below(base, "overlay", O_PATH | O_DIRECTORY);
  if (!mounted) return tl::unexpected(mounted.error());
  return mounted;
}

}  // namespace

std::string summary(const Overlay& step) {
  const std::size_t count = step.lower.size();
  return std::to_string(count) + (count == 1 ? " layer on " : " layers on ") + step.target.text + ", writes to " +
         (step.upper.name.empty() ? "a tmpfs" : "@" + step.upper.name);
}

std::string problem_of(const Overlay& step) {
  if (step.lower.empty()) return "lower names no layer";
  if (step.size && !step.upper.name.empty()) return "size is for a tmpfs, but upper names a directory";
  if (step.size && step.size->bytes == 0) return "size is 0, which tmpfs takes for no bound at all";
  return {};
}

Result<void> apply(const Overlay& step, Inside& inside) {
  auto directories = open_directories(step, inside);
  if (!directories) return tl::unexpected(directories.error());
  auto mount = by_descriptors(*directories);
  if (!mount && (mount.error().code == EINVAL || mount.error().code == EBADF))
    mount = by_paths(*directories, inside.base);
  if (!mount) return tl::unexpected(mount.error());
  return inside.attach_own(*mount, step.target);
}

}  // namespace slipway::steps
