#include "core/store/copy_file.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <vector>

namespace slipway::store {
namespace {

constexpr mode_t kPermissions = 07777;
constexpr std::size_t kShownPath = 300;

struct Extent {
  off_t begin = 0, end = 0;
};

std::array<timespec, 2> times_of(const struct stat& status) { return {status.st_atim, status.st_mtim}; }

// What the file system cannot do for any file, as against what it could not do for this one.
bool is_inability(int code) { return code == EOPNOTSUPP || code == ENOTTY || code == ENOSYS || code == EXDEV; }

Result<void> copy_by_reading(const linux::Fd& from, const linux::Fd& to, Extent extent) {
  thread_local std::vector<char> buffer(std::size_t{1} << 18U);
  while (extent.begin < extent.end) {
    const auto want = std::min(static_cast<std::size_t>(extent.end - extent.begin), buffer.size());
    const ssize_t got = ::pread(from.get(), buffer.data(), want, extent.begin);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(errno, "read");
    if (got == 0) return failure(EIO, "read");  // it was longer a moment ago, and nobody changes layers
    for (ssize_t put = 0; put < got;) {
      const ssize_t count =
          ::pwrite(to.get(), buffer.data() + put, static_cast<std::size_t>(got - put), extent.begin + put);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failure(errno, "write");
      put += count;
    }
    extent.begin += got;
  }
  return {};
}

Result<void> copy_extent(const linux::Fd& from, const linux::Fd& to, Extent extent, CopyState& state) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 26U;  // a signal that kills is heard in between
  while (state.ranges && extent.begin < extent.end) {
    const auto want = std::min(static_cast<std::size_t>(extent.end - extent.begin), kAtOnce);
    off_t in = extent.begin;
    off_t out = extent.begin;
    const ssize_t count = ::copy_file_range(from.get(), &in, to.get(), &out, want, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EINVAL && !is_inability(errno)) return failure(errno, "copy");
    if (count < 0 && is_inability(errno)) state.ranges = false;
    if (count <= 0) break;
    extent.begin += count;
  }
  return copy_by_reading(from, to, extent);
}

// Holes stay holes: lseek(2), "Seeking file data and holes".
Result<void> copy_data(const linux::Fd& from, const linux::Fd& to, off_t size, CopyState& state) {
  off_t end = 0;
  for (off_t at = 0; at < size;) {
    const off_t begin = ::lseek(from.get(), at, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) break;
    end = begin < 0 ? size : ::lseek(from.get(), begin, SEEK_HOLE);
    if (end < 0) return failure(errno, "look for holes");
    if (auto copied = copy_extent(from, to, {std::max<off_t>(begin, 0), end}, state); !copied) return copied;
    at = end;
  }
  if (end < size && ::ftruncate(to.get(), size) != 0) return failure(errno, "set the size");
  return {};
}

Result<void> copy_content(const linux::Fd& from, const linux::Fd& to, const struct stat& status, CopyState& state) {
  if (status.st_size == 0) return {};
  if (state.clones) {
    if (::ioctl(to.get(), FICLONE, from.get()) == 0) return {};
    if (is_inability(errno)) state.clones = false;
  }
  constexpr off_t kBlock = 512;  // stat(2): st_blocks counts these whatever the file system has
  if (status.st_blocks * kBlock < status.st_size) return copy_data(from, to, status.st_size, state);
  return copy_extent(from, to, {0, status.st_size}, state);
}

// What overlay and the kernel act upon stays with the layer; the rest is the image's.
bool is_copied(std::string_view name) {
  if (name.starts_with("user.")) return !name.starts_with("user.overlay.");
  return name == "security.capability" || name.starts_with("system.posix_acl_");
}

Result<void> copy_xattrs(const linux::Fd& from, const linux::Fd& to, CopyState& state) {
  std::array<char, 1024> few{};
  ssize_t size = ::flistxattr(from.get(), few.data(), few.size());
  if (size == 0 || (size < 0 && errno == ENOTSUP)) return {};
  std::string names(few.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  if (size < 0 && errno == ERANGE) {
    names.resize(XATTR_LIST_MAX);
    size = ::flistxattr(from.get(), names.data(), names.size());
    names.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  if (size < 0) return failure(errno, "read the attributes of");
  std::string value;
  for (std::size_t at = 0; at < names.size(); at = names.find('\0', at) + 1) {
    const char* name = names.c_str() + at;
    if (!is_copied(name)) continue;
    value.resize(XATTR_SIZE_MAX);
    const ssize_t length = ::fgetxattr(from.get(), name, value.data(), value.size());
    if (length < 0) return failure(errno, "read the attributes of");
    if (::fsetxattr(to.get(), name, value.data(), static_cast<std::size_t>(length), 0) == 0) continue;
    if (errno != ENOTSUP && errno != EPERM && errno != EINVAL) return failure(errno, "set the attributes of");
    const std::scoped_lock lock(state.mutex);
    ++state.losses.xattrs_dropped;
  }
  return {};
}

// The owner that a file is to have, and its mode as far as it is that owner's: a set-id bit was not meant for root.
struct Look {
  uid_t uid;
  gid_t gid;
  mode_t mode;
};

// Calls `chown`, with root where an id has no place in this user namespace; such ids come from directories that were
// made outside of it.
template <class Chown>
Result<Look> give_owner(const struct stat& status, const std::string& path, CopyState& state, Chown chown) {
  const mode_t mode = status.st_mode & kPermissions;
  if (chown(status.st_uid, status.st_gid) == 0) return Look{status.st_uid, status.st_gid, mode};
  if (errno != EINVAL) return failure(errno, "set the owner of");
  if (chown(0, 0) != 0) return failure(errno, "set the owner of");
  const std::scoped_lock lock(state.mutex);
  state.losses.lose_owner({"/" + path, status.st_uid, status.st_gid}, true, true);
  return Look{0, 0, mode & ~static_cast<mode_t>(S_ISUID | S_ISGID)};
}

Result<void> copy_regular(const FileToCopy& file, CopyState& state) {
  const char* name = file.name.c_str();
  // O_NONBLOCK: should it not be what was looked at, nothing waits for a writer.
  const linux::Fd source(::openat(file.from.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!source) return failure(errno, "open");
  const linux::Fd target(
      ::openat(file.to.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!target) return failure(errno, "make");
  if (auto copied = copy_content(source, target, file.status, state); !copied) return copied;
  // In this order: a change of owner takes set-id bits and capabilities away, and all of them change times.
  const auto look =
      give_owner(file.status, file.path, state, [&](uid_t uid, gid_t gid) { return ::fchown(target.get(), uid, gid); });
  if (!look) return tl::unexpected(look.error());
  if (::fchmod(target.get(), look->mode) != 0) return failure(errno, "set the mode of");
  if (auto copied = copy_xattrs(source, target, state); !copied) return copied;
  if (::futimens(target.get(), times_of(file.status).data()) != 0) return failure(errno, "set the times of");
  return {};
}

Result<void> make_link(const FileToCopy& file) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlinkat(file.from.get(), file.name.c_str(), target.data(), target.size() - 1);
  if (size < 0) return failure(errno, "read the link");
  if (::symlinkat(target.data(), file.to.get(), file.name.c_str()) != 0) return failure(errno, "make the link");
  return {};
}

Result<void> copy_node(const FileToCopy& file, CopyState& state) {
  const struct stat& status = file.status;
  const int to = file.to.get();
  const char* name = file.name.c_str();
  if (S_ISLNK(status.st_mode)) {
    if (auto made = make_link(file); !made) return made;
  } else if (::mknodat(to, name, (status.st_mode & S_IFMT) | S_IRUSR, status.st_rdev) != 0) {
    const bool is_device = S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode);
    if (!is_device || errno != EPERM) return failure(errno, "make the node");
    const std::scoped_lock lock(state.mutex);
    ++state.losses.devices_skipped;
    return {};
  }
  const auto look = give_owner(status, file.path, state, [&](uid_t uid, gid_t gid) {
    return ::fchownat(to, name, uid, gid, AT_SYMLINK_NOFOLLOW);
  });
  if (!look) return tl::unexpected(look.error());
  if (!S_ISLNK(status.st_mode) && ::fchmodat(to, name, look->mode, 0) != 0) return failure(errno, "set the mode of");
  if (::utimensat(to, name, times_of(status).data(), AT_SYMLINK_NOFOLLOW) != 0)
    return failure(errno, "set the times of");
  return {};
}

}  // namespace

Result<void> copy_file(const FileToCopy& file, CopyState& state) {
  auto copied = S_ISREG(file.status.st_mode) ? copy_regular(file, state) : copy_node(file, state);
  if (!copied) copied.error().subject = printable(file.path, kShownPath);
  return copied;
}

Result<void> finish_directory(const linux::Fd& from, const linux::Fd& to, const std::string& path, CopyState& state) {
  struct stat status {};
  if (::fstat(from.get(), &status) != 0) return failure(errno, "look at", printable(path, kShownPath));
  const auto look = give_owner(status, path, state, [&](uid_t uid, gid_t gid) { return ::fchown(to.get(), uid, gid); });
  if (!look) return failure(look.error().code, look.error().doing, printable(path, kShownPath));
  if (::fchmod(to.get(), look->mode) != 0) return failure(errno, "set the mode of", printable(path, kShownPath));
  if (auto copied = copy_xattrs(from, to, state); !copied)
    return failure(copied.error().code, copied.error().doing, printable(path, kShownPath));
  if (::futimens(to.get(), times_of(status).data()) != 0)
    return failure(errno, "set the times of", printable(path, kShownPath));
  return {};
}

}  // namespace slipway::store
