#include "core/unpack/merge.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/remove_tree.hpp"
#include "core/unpack/names.hpp"

namespace slipway::unpack {
namespace {

// Each level holds three descriptors. Names are less deep; only links that lead down can bring a layer beyond this.
constexpr int kDeepestTree = 320;

linux::Fd open_directory(const linux::Fd& parent, const std::string& name) {
  return linux::Fd(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Result<std::vector<std::string>> names_in(const linux::Fd& directory) {
  const int copy = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!stream) return failure(errno, "read a directory of the layer");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> xattr_names(const linux::Fd& file) {
  std::string list(65536, '\0');
  const ssize_t size = ::flistxattr(file.get(), list.data(), list.size());
  std::vector<std::string> names;
  for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size); at += names.back().size() + 1) {
    names.emplace_back(list.c_str() + at);
  }
  return names;
}

void copy_xattrs(const linux::Fd& from, const linux::Fd& to) {
  for (const std::string& name : xattr_names(to)) {
    if (name.starts_with("user.")) ::fremovexattr(to.get(), name.c_str());
  }
  std::string value(65536, '\0');
  for (const std::string& name : xattr_names(from)) {
    const ssize_t size =
        name.starts_with("user.") ? ::fgetxattr(from.get(), name.c_str(), value.data(), value.size()) : -1;
    if (size >= 0) ::fsetxattr(to.get(), name.c_str(), value.data(), static_cast<std::size_t>(size), 0);
  }
}

class Merger {
 public:
  Merger(const std::unordered_set<ino_t>& opaque, const std::string& spared) : opaque_(opaque), spared_(spared) {}

  Result<void> merge(const linux::Fd& layer, const linux::Fd& tree, int depth) {
    if (depth > kDeepestTree) return failure(0, "unpack", "the layer's tree is too deep");
    // Before anything moves: that changes the times.
    struct stat status {};
    if (::fstat(layer.get(), &status) != 0) return failure(errno, "look at a directory of the layer");
    if (opaque_.contains(status.st_ino)) {
      if (auto emptied = depth == 0 ? empty_top(tree) : store::empty_directory(tree); !emptied) return emptied;
    }
    auto names = names_in(layer);
    if (!names) return tl::unexpected(names.error());
    for (const std::string& name : *names) {
      if (auto merged = merge_one(layer, tree, name, depth); !merged) return merged;
    }
    copy_xattrs(layer, tree);
    const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
    if (::fchown(tree.get(), status.st_uid, status.st_gid) != 0 || ::fchmod(tree.get(), status.st_mode & 07777U) != 0 ||
        ::futimens(tree.get(), times.data()) != 0) {
      return failure(errno, "set owner, mode and times of a directory");
    }
    return {};
  }

 private:
  Result<void> merge_one(const linux::Fd& layer, const linux::Fd& tree, const std::string& name, int depth) {
    struct stat here {
    }, there{};
    if (::fstatat(layer.get(), name.c_str(), &here, AT_SYMLINK_NOFOLLOW) != 0)
      return failed_entry(errno, "look at", name);
    const bool exists = ::fstatat(tree.get(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0;
    const bool directories = S_ISDIR(here.st_mode) && exists && S_ISDIR(there.st_mode);
    if (exists && !directories) {
      if (auto removed = store::remove_tree_at(tree, name); !removed) return removed;
    }
    if (S_ISCHR(here.st_mode) && here.st_rdev == 0) {
      if (::unlinkat(layer.get(), name.c_str(), 0) != 0) return failed_entry(errno, "remove", name);
      return {};
    }
    if (!S_ISDIR(here.st_mode)) {
      if (::renameat(layer.get(), name.c_str(), tree.get(), name.c_str()) != 0)
        return failed_entry(errno, "move", name);
      return {};
    }
    if (!directories && ::mkdirat(tree.get(), name.c_str(), 0700) != 0)
      return failed_entry(errno, "make directory", name);
    const linux::Fd from = open_directory(layer, name);
    const linux::Fd to = open_directory(tree, name);
    if (!from || !to) return failed_entry(errno, "open", name);
    return merge(from, to, depth + 1);
  }

  Result<void> empty_top(const linux::Fd& tree) {
    auto names = names_in(tree);
    if (!names) return tl::unexpected(names.error());
    for (const std::string& name : *names) {
      if (name == spared_) continue;
      if (auto removed = store::remove_tree_at(tree, name); !removed) return removed;
    }
    return {};
  }

  const std::unordered_set<ino_t>& opaque_;
  const std::string& spared_;
};

}  // namespace

Result<void> merge_layer(const linux::Fd& layer, const linux::Fd& tree, const std::unordered_set<ino_t>& opaque,
                         const std::string& spared) {
  return Merger(opaque, spared).merge(layer, tree, 0);
}

}  // namespace slipway::unpack
