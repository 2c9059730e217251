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

class Remover {
 public:
  explicit Remover(const linux::Fd& base) : base_(base) {}

  Result<void> remove(int parent, const char* name, int depth) {
    if (unlink(parent, name, 0)) return {};
    if (errno == ENOENT) return {};
    if (errno != EISDIR) return failure(errno, "remove", name);
    linux::Fd directory = open_directory(parent, name);
    if (!directory && errno == EACCES && ::fchmodat(parent, name, 0700, 0) == 0)
      directory = open_directory(parent, name);
    if (!directory) {
      return failure(errno, "remove", name, errno == EXDEV ? "something is mounted there: unmount it first" : "");
    }
    if (depth >= kDeepestDescent) return move_up(parent, name, directory);
    if (auto emptied = empty(directory, depth + 1); !emptied) return emptied;
    if (!unlink(parent, name, AT_REMOVEDIR) && errno != ENOENT) return failure(errno, "remove", name);
    return {};
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
    // A directory that changes its parent must itself be writable: its ".." changes.
    if (::renameat(parent, name, base_.get(), moved_name(moved_).c_str()) != 0) {
      ::fchmod(directory.get(), 0700);
      if (::renameat(parent, name, base_.get(), moved_name(moved_).c_str()) != 0) return failure(errno, "remove", name);
    }
    ++moved_;
    return {};
  }

  static bool unlink(int parent, const char* name, int flags) {
    if (::unlinkat(parent, name, flags) == 0) return true;
    if (errno != EACCES) return false;
    // The parent lacks write permission, which its owner can mend.
    return ::fchmod(parent, 0700) == 0 && ::unlinkat(parent, name, flags) == 0;
  }

  const linux::Fd& base_;
  int moved_ = 0, removed_ = 0;
};

}  // namespace

Result<void> remove_tree_at(const linux::Fd& base, const std::string& name) {
  Remover remover(base);
  if (auto removed = remover.remove(base.get(), name.c_str(), 0); !removed) return removed;
  return remover.remove_moved();
}

Result<void> empty_directory(const linux::Fd& directory) {
  Remover remover(directory);
  if (auto emptied = remover.empty(directory, 0); !emptied) return emptied;
  return remover.remove_moved();
}

}  // namespace slipway::store
