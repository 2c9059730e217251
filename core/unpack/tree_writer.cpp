#include "core/unpack/tree_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/unpack/limits.hpp"
#include "core/unpack/names.hpp"

namespace slipway::unpack {

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

}  // namespace slipway::unpack
