// Where a layer's entries go: their parents, found or made below the root, and what stands in an entry's place.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "core/store/remove_tree.hpp"
#include "core/unpack/names.hpp"
#include "core/unpack/tree_writer.hpp"

namespace slipway::unpack {
namespace {

constexpr const char* kOpaqueXattr = "user.overlay.opaque";

// The kernel keeps "..", absolute links and the like inside; openat2(2). A racing rename makes it say EAGAIN.
linux::Fd open_in_root(const linux::Fd& root, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    const long fd = ::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) return linux::Fd(static_cast<int>(fd));
  }
  return {};
}

}  // namespace

linux::Fd TreeWriter::open_inside(const std::string& directory) const {
  return open_in_root(root_, directory.empty() ? "." : directory, O_PATH | O_DIRECTORY);
}

Result<const linux::Fd*> TreeWriter::open_parent(std::string_view clean, std::string_view entry_name) {
  if (clean.empty()) return &root_;
  if (cached_ && !cache_is_stale_ && cached_name_ == clean) return &cached_;
  cache_is_stale_ = false;
  cached_name_ = clean;
  cached_ = open_inside(cached_name_);
  if (!cached_) {
    if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) return failed_entry(errno, "open", clean);
    const std::string directory(clean);
    if (auto made = make_parents(directory, entry_name); !made) return tl::unexpected(made.error());
    cached_name_ = directory;
    cached_ = open_inside(directory);
    if (!cached_) return failed_entry(errno, "open", clean);
  }
  return &cached_;
}

Result<void> TreeWriter::make_parents(const std::string& directory, std::string_view entry_name) {
  for (std::size_t end = directory.find('/');; end = directory.find('/', end + 1)) {
    const std::string upto = directory.substr(0, end);
    if (!open_inside(upto)) {
      const linux::Fd above = open_inside(std::string(parent_of(upto)));
      if (!above) return failed_entry(errno, "open", parent_of(upto));
      if (auto made = make_parent(above, upto, entry_name); !made) return made;
    }
    if (end == std::string::npos) return {};
  }
}

Result<void> TreeWriter::make_parent(const linux::Fd& above, const std::string& upto, std::string_view entry_name) {
  const std::string last(last_of(upto));
  struct stat status {};
  const bool there = ::fstatat(above.get(), last.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && S_ISLNK(status.st_mode)) {
    return refused(entry_name, "lies behind the link '" + printable(upto, 200) + "', which leads nowhere in the layer");
  }
  if (there && !is_whiteout(status)) {
    return refused(entry_name, "lies in '" + printable(upto, 200) + "', which is no directory");
  }
  if (there && ::unlinkat(above.get(), last.c_str(), 0) != 0) return failed_entry(errno, "replace", upto);
  constexpr mode_t kParentMode = 0755;
  if (::mkdirat(above.get(), last.c_str(), kParentMode) != 0) return failed_entry(errno, "make directory", upto);
  if (::fchownat(above.get(), last.c_str(), 0, 0, AT_SYMLINK_NOFOLLOW) != 0 ||
      ::fchmodat(above.get(), last.c_str(), kParentMode, 0) != 0) {
    return failed_entry(errno, "set the owner of", upto);
  }
  directory_times_.insert_or_assign(upto, kBeginning);
  forget_opaque(above, last);
  // Deleted below and made anew: nothing of the old directory shows through.
  if (there) return mark_opaque(above, last);
  return {};
}

// Removes what an earlier entry of the layer put in this one's place.
Result<void> TreeWriter::make_way(const Spot& spot) {
  auto removed = store::remove_tree_at(*spot.parent, spot.last);
  if (!removed) return failed_entry(removed.error().code, "replace", spot.name);
  // The way to the cached parent may have led through what was here. (It is in use until the entry is done.)
  cache_is_stale_ = true;
  return {};
}

Result<void> TreeWriter::mark_opaque(const linux::Fd& parent, const std::string& name) {
  const linux::Fd directory(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failed_entry(errno, "open", name);
  if (mark_ == OpaqueMark::memory) {
    struct stat status {};
    if (::fstat(directory.get(), &status) != 0) return failed_entry(errno, "look at", name);
    opaque_.insert(status.st_ino);
    return {};
  }
  if (::fsetxattr(directory.get(), kOpaqueXattr, "y", 1, 0) != 0) {
    return failed_entry(errno, "mark as opaque", name,
                        errno == ENOTSUP
                            ? "the store's file system keeps no user attributes (tmpfs does from Linux 6.6 on): "
                              "choose another with --store DIR"
                            : "");
  }
  return {};
}

// A new directory may have the inode of one that was opaque and is gone.
void TreeWriter::forget_opaque(const linux::Fd& parent, const std::string& name) {
  if (opaque_.empty()) return;
  struct stat status {};
  if (::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) opaque_.erase(status.st_ino);
}

}  // namespace slipway::unpack
