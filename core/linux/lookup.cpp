#include "core/linux/lookup.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

namespace slipway::linux {
namespace {

Result<Fd> open_resolved(const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode,
                         std::uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  // EAGAIN: a rename or mount raced with the lookup, and the kernel asks to try again; openat2(2).
  constexpr int kTries = 16;
  for (int i = 0;; ++i) {
    Fd fd(static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how)));
    if (fd) return fd;
    if (errno != EAGAIN || i >= kTries) return failure(errno, "open", path);
  }
}

}  // namespace

Result<Fd> open_below(const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode) {
  return open_resolved(root, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

Result<Fd> open_inside(const Fd& root, const std::string& path, std::uint64_t flags) {
  return open_resolved(root, path, flags, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

Result<Parent> open_parent_below(const Fd& root, const std::string& path) {
  std::size_t end = path.size();
  while (end > 0 && path[end - 1] == '/') --end;
  if (end == 0) return failure(EINVAL, "open the parent directory", path);
  const std::size_t slash = path.rfind('/', end - 1);
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  const std::string above = begin == 0 ? "/" : path.substr(0, begin);
  auto directory = open_below(root, above, O_PATH | O_DIRECTORY);
  if (!directory) return tl::unexpected(directory.error());
  return Parent{std::move(*directory), path.substr(begin, end - begin)};
}

Result<bool> make_directory_at(const Fd& directory, const std::string& name, mode_t mode) {
  if (::mkdirat(directory.get(), name.c_str(), mode) == 0) {
    // mkdirat(2) applies the umask, so a mode that the umask cuts is set once more.
    if (::fchmodat(directory.get(), name.c_str(), mode, 0) != 0) return failure(errno, "set the mode of", name);
    return true;
  }
  if (errno != EEXIST) return failure(errno, "make directory", name);
  struct stat found {};
  if (::fstatat(directory.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return failure(errno, "look at", name);
  if (S_ISDIR(found.st_mode)) return false;
  return failure(S_ISLNK(found.st_mode) ? ELOOP : ENOTDIR, "make directory", name);
}

Result<void> make_directories_inside(const Fd& root, const std::string& path, mode_t mode) {
  constexpr mode_t kModeAbove = 0755;
  Fd at;
  std::size_t begin = path.find_first_not_of('/');
  while (begin != std::string::npos) {
    const std::size_t end = path.find('/', begin);
    const std::string name = path.substr(begin, end == std::string::npos ? end : end - begin);
    begin = end == std::string::npos ? end : path.find_first_not_of('/', end);
    // From the root again, so that an absolute link means what it means inside.
    const std::string upto = path.substr(0, end);
    auto there = open_inside(root, upto, O_PATH | O_DIRECTORY);
    if (!there && there.error().code == ENOENT) {
      auto made = make_directory_at(at ? at : root, name, begin == std::string::npos ? mode : kModeAbove);
      if (!made) return failure(made.error().code, "make directory", path);
      there = open_inside(root, upto, O_PATH | O_DIRECTORY);
    }
    if (!there) return failure(there.error().code, "make directory", path);
    at = std::move(*there);
  }
  return {};
}

namespace {

Result<Fd> open_the_same(const std::string& path, const struct stat& wanted) {
  Fd again(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!again) return failure(errno, "open", path);
  struct stat found {};
  if (::fstat(again.get(), &found) != 0) return failure(errno, "look at", path);
  if (wanted.st_dev != found.st_dev || wanted.st_ino != found.st_ino) return failure(ESTALE, "open", path);
  return again;
}

}  // namespace

Result<Fd> open_again_here(const Fd& fd) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd.get());
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size() - 1);
  if (size < 0) return failure(errno, "read", link, "slipway needs /proc on the host");
  struct stat wanted {};
  if (::fstat(fd.get(), &wanted) != 0) return failure(errno, "look at", path.data());
  auto again = open_the_same(path.data(), wanted);
  // Of what another mount namespace has, the kernel tells the path from that one's root, also to who is below a chroot
  // in it: what leads to the directory of the chroot is then too much, and how much that is nobody tells.
  std::string below = path.data();
  for (std::size_t at = below.find('/', 1); !again && at != std::string::npos; at = below.find('/', 1)) {
    below.erase(0, at);
    if (auto found = open_the_same(below, wanted)) return found;
  }
  return again;
}

}  // namespace slipway::linux
