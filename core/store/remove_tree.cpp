#include "core/store/remove_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

namespace slipway::store {
namespace {

// Each level holds a descriptor open; what lies deeper is moved up first.
constexpr int kDeepestDescent = 64;

linux::Fd open_directory(int base, const char* name) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  return linux::Fd(static_cast<int>(::syscall(SYS_openat2, base, name, &how, sizeof how)));
}

bool unlink(int parent, const char* name, int flags) {
  if (::unlinkat(parent, name, flags) == 0) return true;
  if (errno != EACCES) return false;
  // The parent lacks write permission, which its owner can mend.
  return ::fchmod(parent, 0700) == 0 && ::unlinkat(parent, name, flags) == 0;
}

// Removes what is no directory; opens what is one. Without a descriptor there is nothing left to do.
Result<linux::Fd> take_or_open(int parent, const char* name) {
  if (unlink(parent, name, 0) || errno == ENOENT) return linux::Fd();
  if (errno != EISDIR) return failure(errno, "remove", name);
  linux::Fd directory = open_directory(parent, name);
  if (!directory && errno == EACCES && ::fchmodat(parent, name, 0700, 0) == 0) directory = open_directory(parent, name);
  if (!directory) {
    return failure(errno, "remove", name, errno == EXDEV ? "something is mounted there: unmount it first" : "");
  }
  return directory;
}

Result<void> remove_empty(int parent, const char* name) {
  if (!unlink(parent, name, AT_REMOVEDIR) && errno != ENOENT) return failure(errno, "remove", name);
  return {};
}

/// Empties one directory. What lies too deep is moved to its top, and not further out: whoever goes on where this one
/// had to stop finds it there.
class Remover {
 public:
  explicit Remover(const linux::Fd& base) : base_(base) {}

  Result<void> remove(int parent, const char* name, int depth) {
    auto directory = take_or_open(parent, name);
    if (!directory) return tl::unexpected(directory.error());
    if (!*directory) return {};
    if (depth >= kDeepestDescent) return move_up(parent, name, *directory);
    if (auto emptied = empty(*directory, depth + 1); !emptied) return emptied;
    return remove_empty(parent, name);
  }

  Result<void> empty(const linux::Fd& directory, int depth) {
    // A descriptor of its own, because closedir closes the stream's, and because the offset is shared by duplicates.
    const int copy = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) return failure(errno, "open a directory to remove");
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), ::closedir);
    while (const dirent* entry = ::readdir(stream.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (auto removed = remove(directory.get(), entry->d_name, depth); !removed) return removed;
    }
    return {};
  }

  Result<void> remove_moved() {
    for (; removed_ < moved_; ++removed_) {
      if (auto removed = remove(base_.get(), moved_name(removed_).c_str(), 0); !removed) return removed;
    }
    return {};
  }

 private:
  [[nodiscard]] std::string moved_name(int number) const {
    return ".deep-" + std::to_string(::getpid()) + "-" + std::to_string(number);
  }

  Result<void> move_up(int parent, const char* name, const linux::Fd& directory) {
    if (move(parent, name)) return {};
    // A directory that changes its parent must itself be writable, because its ".." changes, and so must both parents.
    for (const int fd : {directory.get(), parent, base_.get()}) (void)::fchmod(fd, 0700);
    if (move(parent, name)) return {};
    return failure(errno, "remove", name);
  }

  bool move(int parent, const char* name) {
    int code = 0;
    do {
      if (::renameat(parent, name, base_.get(), moved_name(moved_++).c_str()) == 0) return true;
      code = errno;
    } while (code == EEXIST || code == ENOTEMPTY);  // another process of this number was stopped here before
    errno = code;
    return false;
  }

  const linux::Fd& base_;
  int moved_ = 0, removed_ = 0;
};

}  // namespace

Result<void> remove_tree_at(const linux::Fd& base, const std::string& name) {
  auto directory = take_or_open(base.get(), name.c_str());
  if (!directory) return tl::unexpected(directory.error());
  if (!*directory) return {};
  if (auto emptied = empty_directory(*directory); !emptied) return emptied;
  return remove_empty(base.get(), name.c_str());
}

Result<void> empty_directory(const linux::Fd& directory) {
  Remover remover(directory);
  if (auto emptied = remover.empty(directory, 0); !emptied) return emptied;
  return remover.remove_moved();
}

}  // namespace slipway::store
