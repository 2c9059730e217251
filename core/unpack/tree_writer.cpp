#include "core/unpack/tree_writer.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/store/remove_tree.hpp"
#include "core/unpack/limits.hpp"
#include "core/unpack/names.hpp"

namespace slipway::unpack {
namespace {

constexpr const char* kOpaqueXattr = "user.overlay.opaque";
constexpr timespec kBeginning{0, 0};  // of what no entry gives a time: the same at each unpacking

bool is_whiteout(const struct stat& status) { return S_ISCHR(status.st_mode) && status.st_rdev == 0; }

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

// What the kernel or overlay would act upon is not an archive's to set; of the rest, what can be kept exactly is kept.
bool keeps_xattr(std::string_view name) {
  if (name.starts_with("user.overlay.") || name.starts_with("trusted.")) return false;
  return name.starts_with("user.") || name == "security.capability";
}

std::array<timespec, 2> both(const timespec& time) { return {time, time}; }

}  // namespace

TreeWriter::TreeWriter(linux::Fd root, linux::IdMap map, OpaqueMark mark, store::Owners owners)
    : root_(std::move(root)), map_(std::move(map)), mark_(mark), owners_(owners) {
  directory_times_.emplace("", kBeginning);
}

Result<void> TreeWriter::add(const Entry& entry, Content& content) {
  if (++entries_ > kMostEntries) {
    return failure(0, "unpack", "the layer has more than " + std::to_string(kMostEntries) + " entries");
  }
  auto name = clean_name(entry.name);
  if (!name) return tl::unexpected(name.error());
  if (name->empty()) {
    if (entry.type == EntryType::directory) return add_root(entry);
    return refused(entry.name, "would replace the root directory");
  }
  auto meaning = meaning_of(*name);
  if (!meaning) return tl::unexpected(meaning.error());
  if (meaning->special == Special::ignored) return {};
  if (entry.type == EntryType::socket) {
    ++losses_.sockets_skipped;
    return {};
  }
  if (gave_up()) {
    const bool has_owner =
        meaning->special == Special::none && entry.type != EntryType::hard_link && !is_skipped(entry);
    if (has_owner) return owner_of(entry).map([](const Owner&) {});
    return {};
  }
  auto parent = open_parent(parent_of(*name), *name);
  if (!parent) return tl::unexpected(parent.error());
  const Spot spot{*parent, std::string(last_of(*name)), *name};
  switch (meaning->special) {
    case Special::opaque:
      return mark_opaque(*spot.parent, ".");
    case Special::whiteout:
      return add_whiteout({spot.parent, std::string(meaning->hidden), *name});
    case Special::none:
    case Special::ignored:
      break;
  }
  switch (entry.type) {
    case EntryType::file:
      return add_file(spot, entry, content);
    case EntryType::directory:
      return add_directory(spot, entry);
    case EntryType::symlink:
      return add_symlink(spot, entry);
    case EntryType::hard_link:
      return add_hard_link(spot, entry);
    case EntryType::character:
    case EntryType::block:
    case EntryType::fifo:
      return add_node(spot, entry);
    case EntryType::socket:
      break;
  }
  return {};
}

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

Result<TreeWriter::Owner> TreeWriter::owner_of(const Entry& entry) {
  constexpr std::int64_t kLargestId = 0xFFFFFFFE;  // the next one is (uid_t)-1: "unchanged" to chown(2)
  if (entry.uid < 0 || entry.gid < 0 || entry.uid > kLargestId || entry.gid > kLargestId) {
    return refused(entry.name, "has an owner that no system knows");
  }
  Owner owner{static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid), entry.mode & 07777U};
  const bool lost_uid = !map_.maps_uid(owner.uid);
  const bool lost_gid = !map_.maps_gid(owner.gid);
  if (!lost_uid && !lost_gid) return owner;
  losses_.lose_owner({"/" + clean_name(entry.name).value_or(entry.name), owner.uid, owner.gid}, lost_uid, lost_gid);
  // Root's set-id file makes root of whoever runs it, which this one's owner did not mean. With one id all are root.
  if (lost_uid && !map_.single()) owner.mode &= ~mode_t{S_ISUID};
  if (lost_gid && !map_.single()) owner.mode &= ~mode_t{S_ISGID};
  if (lost_uid) owner.uid = 0;
  if (lost_gid) owner.gid = 0;
  return owner;
}

Result<void> TreeWriter::add_root(const Entry& entry) {
  auto owner = owner_of(entry);
  if (!owner) return tl::unexpected(owner.error());
  if (::fchown(root_.get(), owner->uid, owner->gid) != 0 || ::fchmod(root_.get(), owner->mode) != 0) {
    return failed_entry(errno, "set owner and mode of", "/");
  }
  directory_times_.insert_or_assign("", entry.mtime);
  return set_xattrs(root_, entry);
}

Result<void> TreeWriter::add_file(const Spot& spot, const Entry& entry, Content& content) {
  constexpr int kHow = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  linux::Fd file(::openat(spot.parent->get(), spot.last.c_str(), kHow, 0600));
  if (!file && errno == EEXIST) {
    if (auto way = make_way(spot); !way) return way;
    file = linux::Fd(::openat(spot.parent->get(), spot.last.c_str(), kHow, 0600));
  }
  if (!file) return failed_entry(errno, "make file", spot.name);
  if (auto written = write_content(file, entry, content); !written) return written;
  auto owner = owner_of(entry);
  if (!owner) return tl::unexpected(owner.error());
  // In this order: a change of the owner clears set-id bits and capabilities, writing would change the times.
  if (::fchown(file.get(), owner->uid, owner->gid) != 0) return failed_entry(errno, "set the owner of", spot.name);
  if (::fchmod(file.get(), owner->mode) != 0) return failed_entry(errno, "set the mode of", spot.name);
  if (auto set = set_xattrs(file, entry); !set) return set;
  if (::futimens(file.get(), both(entry.mtime).data()) != 0) return failed_entry(errno, "set the times of", spot.name);
  return {};
}

Result<void> TreeWriter::write_content(const linux::Fd& file, const Entry& entry, Content& content) {
  if (entry.size > kMostBytes) return refused(entry.name, "is larger than 64 GiB");
  std::uint64_t end = 0;
  while (true) {
    auto block = content.next();
    if (!block) return tl::unexpected(block.error());
    if (!*block) break;
    const char* at = (*block)->data;
    std::size_t left = (*block)->size;
    std::uint64_t offset = (*block)->offset;
    if (bytes_ + left > kMostBytes) return failure(0, "unpack", "the layer holds more than 64 GiB");
    bytes_ += left;
    while (left > 0) {
      const ssize_t count = ::pwrite(file.get(), at, left, static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return failed_entry(errno, "write", entry.name,
                            errno == ENOSPC ? "make room, or choose another disk with --store DIR" : "");
      }
      at += count;
      left -= static_cast<std::size_t>(count);
      offset += static_cast<std::uint64_t>(count);
    }
    end = std::max(end, offset);
  }
  // Ends in a hole. (Its size is the archive's word, but nothing is stored for it.)
  if (end < entry.size && ::ftruncate(file.get(), static_cast<off_t>(entry.size)) != 0) {
    return failed_entry(errno, "write", entry.name);
  }
  return {};
}

Result<void> TreeWriter::add_directory(const Spot& spot, const Entry& entry) {
  if (::mkdirat(spot.parent->get(), spot.last.c_str(), 0700) == 0) {
    forget_opaque(*spot.parent, spot.last);
  } else {
    if (errno != EEXIST) return failed_entry(errno, "make directory", spot.name);
    struct stat status {};
    if (::fstatat(spot.parent->get(), spot.last.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return failed_entry(errno, "look at", spot.name);
    }
    if (!S_ISDIR(status.st_mode)) {
      if (auto way = make_way(spot); !way) return way;
      if (::mkdirat(spot.parent->get(), spot.last.c_str(), 0700) != 0) {
        return failed_entry(errno, "make directory", spot.name);
      }
      forget_opaque(*spot.parent, spot.last);
      if (is_whiteout(status)) {
        if (auto marked = mark_opaque(*spot.parent, spot.last); !marked) return marked;
      }
    }
  }
  auto owner = owner_of(entry);
  if (!owner) return tl::unexpected(owner.error());
  const linux::Fd directory(
      ::openat(spot.parent->get(), spot.last.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failed_entry(errno, "open", spot.name);
  if (::fchown(directory.get(), owner->uid, owner->gid) != 0) return failed_entry(errno, "set the owner of", spot.name);
  if (::fchmod(directory.get(), owner->mode) != 0) return failed_entry(errno, "set the mode of", spot.name);
  directory_times_.insert_or_assign(spot.name, entry.mtime);
  return set_xattrs(directory, entry);
}

Result<void> TreeWriter::add_symlink(const Spot& spot, const Entry& entry) {
  if (entry.link.empty() || entry.link.size() > kLongestName) return refused(entry.name, "is a link without a target");
  if (::symlinkat(entry.link.c_str(), spot.parent->get(), spot.last.c_str()) != 0) {
    if (errno != EEXIST) return failed_entry(errno, "make link", spot.name);
    if (auto way = make_way(spot); !way) return way;
    if (::symlinkat(entry.link.c_str(), spot.parent->get(), spot.last.c_str()) != 0) {
      return failed_entry(errno, "make link", spot.name);
    }
  }
  return finish_at(spot, entry);
}

Result<void> TreeWriter::add_hard_link(const Spot& spot, const Entry& entry) {
  auto target = clean_name(entry.link);
  if (!target) return refused(entry.name, "is a hard link to '" + printable(entry.link, 200) + "', which lies outside");
  const std::string last(last_of(*target));
  const linux::Fd directory = open_inside(std::string(parent_of(*target)));
  struct stat status {};
  if (last.empty() || !directory || ::fstatat(directory.get(), last.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      is_whiteout(status)) {
    return refused(entry.name, "is a hard link to '" + printable(entry.link, 200) + "', which the layer does not have");
  }
  if (S_ISDIR(status.st_mode)) return refused(entry.name, "is a hard link to a directory");
  if (::linkat(directory.get(), last.c_str(), spot.parent->get(), spot.last.c_str(), 0) == 0) return {};
  if (errno != EEXIST) return failed_entry(errno, "make hard link", spot.name);
  struct stat there {};
  if (::fstatat(spot.parent->get(), spot.last.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
      there.st_ino == status.st_ino && there.st_dev == status.st_dev) {
    return {};
  }
  if (auto way = make_way(spot); !way) return way;
  if (::linkat(directory.get(), last.c_str(), spot.parent->get(), spot.last.c_str(), 0) != 0) {
    return failed_entry(errno, "make hard link", spot.name);
  }
  return {};
}

// Only in the initial user namespace may anybody make devices; mknod(2).
bool TreeWriter::is_skipped(const Entry& entry) const {
  return (entry.type == EntryType::character || entry.type == EntryType::block) && !map_.none();
}

Result<void> TreeWriter::add_node(const Spot& spot, const Entry& entry) {
  mode_t type = S_IFIFO;
  dev_t device = 0;
  if (entry.type != EntryType::fifo) {
    type = entry.type == EntryType::character ? S_IFCHR : S_IFBLK;
    device = makedev(entry.major, entry.minor);
    if (type == S_IFCHR && device == 0)
      return refused(entry.name, "is a device 0:0, which overlay would take for a deletion");
    if (is_skipped(entry)) {
      ++losses_.devices_skipped;
      return {};
    }
  }
  const auto make = [&] { return ::mknodat(spot.parent->get(), spot.last.c_str(), type | 0600U, device) == 0; };
  bool made = make();
  if (!made && errno == EEXIST) {
    if (auto way = make_way(spot); !way) return way;
    made = make();
  }
  if (!made && errno == EPERM) {  // root, but of a container that may not make this device
    ++losses_.devices_skipped;
    return {};
  }
  if (!made) return failed_entry(errno, "make node", spot.name);
  return finish_at(spot, entry);
}

// Owner, mode and times of what has no descriptor: links and nodes, which this writer has just made.
Result<void> TreeWriter::finish_at(const Spot& spot, const Entry& entry) {
  auto owner = owner_of(entry);
  if (!owner) return tl::unexpected(owner.error());
  const int parent = spot.parent->get();
  const char* last = spot.last.c_str();
  if (::fchownat(parent, last, owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return failed_entry(errno, "set the owner of", spot.name);
  }
  if (entry.type != EntryType::symlink && ::fchmodat(parent, last, owner->mode, 0) != 0) {
    return failed_entry(errno, "set the mode of", spot.name);
  }
  if (::utimensat(parent, last, both(entry.mtime).data(), AT_SYMLINK_NOFOLLOW) != 0) {
    return failed_entry(errno, "set the times of", spot.name);
  }
  // xattr(7): links and nodes can have neither user attributes nor capabilities.
  losses_.xattrs_dropped += entry.xattrs.size();
  return {};
}

Result<void> TreeWriter::add_whiteout(const Spot& spot) {
  const int parent = spot.parent->get();
  if (::mknodat(parent, spot.last.c_str(), S_IFCHR, 0) == 0) return {};
  if (errno != EEXIST) return failed_entry(errno, "mark the deletion", spot.name);
  // A deletion is of the layers below. What this layer itself has there hides them, save that directories merge.
  struct stat status {};
  if (::fstatat(parent, spot.last.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return failed_entry(errno, "look at", spot.name);
  }
  if (S_ISDIR(status.st_mode)) return mark_opaque(*spot.parent, spot.last);
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

Result<void> TreeWriter::set_xattrs(const linux::Fd& file, const Entry& entry) {
  if (entry.xattrs.size() > kMostXattrs) return refused(entry.name, "has too many extended attributes");
  for (const auto& [name, value] : entry.xattrs) {
    if (value.size() > kLongestXattr) return refused(entry.name, "has an extended attribute that is too long");
    if (!keeps_xattr(name)) {
      ++losses_.xattrs_dropped;
      continue;
    }
    if (::fsetxattr(file.get(), name.c_str(), value.data(), value.size(), 0) == 0) continue;
    // The file system has none, or (capabilities) the map has no such id, or the value makes no sense to the kernel.
    if (errno != ENOTSUP && errno != EPERM && errno != EINVAL && errno != ERANGE) {
      return failed_entry(errno, "set " + printable(name, 64) + " of", entry.name);
    }
    ++losses_.xattrs_dropped;
  }
  return {};
}

Result<void> TreeWriter::finish() {
  if (gave_up()) return {};
  for (const auto& [name, time] : directory_times_) {
    if (name.empty()) {
      if (::futimens(root_.get(), both(time).data()) != 0) return failed_entry(errno, "set the times of", "/");
      continue;
    }
    const linux::Fd parent = open_inside(std::string(parent_of(name)));
    const std::string last(last_of(name));
    struct stat status {};
    // A later entry may have replaced the directory, or one above it.
    if (!parent || ::fstatat(parent.get(), last.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISDIR(status.st_mode)) continue;
    if (::utimensat(parent.get(), last.c_str(), both(time).data(), AT_SYMLINK_NOFOLLOW) != 0) {
      return failed_entry(errno, "set the times of", name);
    }
  }
  return {};
}

}  // namespace slipway::unpack
