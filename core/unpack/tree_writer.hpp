// Writes a layer's entries below a directory, so that none can land, or change anything, outside of it.
// Knows nothing of archives or of the layers below.
#pragma once

#include <sys/stat.h>

#include <array>
#include <ctime>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/store/job.hpp"
#include "core/unpack/entry.hpp"

namespace slipway::unpack {

/// Where it is noted that a directory hides what layers below have in its place.
enum class OpaqueMark {
  xattr,   ///< as user.overlay.opaque, for overlay mounted with userxattr
  memory,  ///< in opaque_inodes(), for merge_layer()
};

class TreeWriter {
 public:
  /// `root`: open for reading, empty. Owners are those of the id map's inside. Where they must be exact, nothing more
  /// is written from the first one on that cannot be; the rest of the archive is only looked through for others.
  TreeWriter(linux::Fd root, linux::IdMap map, OpaqueMark mark, store::Owners owners = store::Owners::squashed);

  /// Reads `content` for files only.
  Result<void> add(const Entry& entry, Content& content);
  /// The directories' times, which everything written into them has changed.
  Result<void> finish();

  [[nodiscard]] const store::Losses& losses() const { return losses_; }
  /// An owner that must be exact cannot be: what was written is not the layer.
  [[nodiscard]] bool gave_up() const { return owners_ == store::Owners::exact && losses_.owners_lost > 0; }
  [[nodiscard]] std::uint64_t entries() const { return entries_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const std::unordered_set<ino_t>& opaque_inodes() const { return opaque_; }
  [[nodiscard]] const linux::Fd& root() const { return root_; }

 private:
  static constexpr timespec kBeginning{0, 0};  // of what no entry gives a time: the same at each unpacking
  static bool is_whiteout(const struct stat& status) { return S_ISCHR(status.st_mode) && status.st_rdev == 0; }
  static std::array<timespec, 2> both(const timespec& time) { return {time, time}; }

  struct Spot {  ///< a place to write to; the descriptor is the cache's
    const linux::Fd* parent;
    std::string last;
    std::string name;  ///< clean, whole
  };
  struct Owner {
    uid_t uid;
    gid_t gid;
    mode_t mode;  ///< the entry's, as far as it is this owner's
  };

  // tree_places.cpp
  [[nodiscard]] linux::Fd open_inside(const std::string& directory) const;
  Result<const linux::Fd*> open_parent(std::string_view clean, std::string_view entry_name);
  Result<void> make_parents(const std::string& directory, std::string_view entry_name);
  Result<void> make_parent(const linux::Fd& above, const std::string& upto, std::string_view entry_name);
  Result<void> make_way(const Spot& spot);
  Result<void> mark_opaque(const linux::Fd& parent, const std::string& name);
  void forget_opaque(const linux::Fd& parent, const std::string& name);

  // tree_metadata.cpp
  Result<Owner> owner_of(const Entry& entry);
  Result<void> finish_at(const Spot& spot, const Entry& entry);
  Result<void> set_xattrs(const linux::Fd& file, const Entry& entry);

  [[nodiscard]] bool is_skipped(const Entry& entry) const;
  Result<void> add_root(const Entry& entry);
  Result<void> add_file(const Spot& spot, const Entry& entry, Content& content);
  Result<void> write_content(const linux::Fd& file, const Entry& entry, Content& content);
  Result<void> add_directory(const Spot& spot, const Entry& entry);
  Result<void> add_symlink(const Spot& spot, const Entry& entry);
  Result<void> add_hard_link(const Spot& spot, const Entry& entry);
  Result<void> add_node(const Spot& spot, const Entry& entry);
  Result<void> add_whiteout(const Spot& spot);

  linux::Fd root_;
  linux::IdMap map_;
  OpaqueMark mark_;
  store::Owners owners_;
  // Archives list a directory's entries one after the other, so the last parent is mostly the next one's too.
  std::string cached_name_{};
  linux::Fd cached_{};
  bool cache_is_stale_ = false;
  std::unordered_map<std::string, timespec> directory_times_{};
  std::unordered_set<ino_t> opaque_{};
  store::Losses losses_{};
  std::uint64_t entries_ = 0, bytes_ = 0;
};

}  // namespace slipway::unpack
