// Whose a layer's entries are, and their modes, times and extended attributes.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "core/unpack/limits.hpp"
#include "core/unpack/names.hpp"
#include "core/unpack/tree_writer.hpp"

namespace slipway::unpack {
namespace {

// What the kernel or overlay would act upon is not an archive's to set; of the rest, what can be kept exactly is kept.
bool keeps_xattr(std::string_view name) {
  if (name.starts_with("user.overlay.") || name.starts_with("trusted.")) return false;
  return name.starts_with("user.") || name == "security.capability";
}

}  // namespace

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
