#include "core/unpack/jobs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "core/linux/listing.hpp"
#include "core/linux/random.hpp"
#include "core/store/entry.hpp"
#include "core/store/layer_stack.hpp"
#include "core/store/remove_tree.hpp"
#include "core/store/store.hpp"
#include "core/unpack/merge.hpp"
#include "core/unpack/unpack_layer.hpp"

namespace slipway::unpack {
namespace {

constexpr std::size_t kNameBytes = 8;

// A new directory `name`, mode 0755, open for reading.
Result<linux::Fd> make_directory(const linux::Fd& above, const std::string& name) {
  if (::mkdirat(above.get(), name.c_str(), 0755) != 0) return failure(errno, "make directory", name);
  linux::Fd directory(::openat(above.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failure(errno, "open directory", name);
  return directory;
}

// An overlay merges the top directories of all its layers, whatever marks they have; so who makes one must know.
Result<void> note_opaque_top(const linux::Fd& entry, const TreeWriter& writer) {
  if (!store::is_opaque(writer.root())) return {};
  const linux::Fd note(::openat(entry.get(), store::kOpaqueNote, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!note) return failure(errno, "note that a layer hides all below it");
  return {};
}

void add_to(store::Unpacked& sum, const std::string& diff_id, const TreeWriter& writer) {
  if (writer.losses().any()) sum.losses[diff_id] += writer.losses();
  sum.entries += writer.entries();
  sum.bytes += writer.bytes();
}

bool must_not_stay(const store::Unpacked& sum, const Ids& ids) {
  return ids.owners == store::Owners::exact && std::any_of(sum.losses.begin(), sum.losses.end(), [](const auto& lost) {
           return lost.second.owners_lost > 0;
         });
}

// Each layer is unpacked on its own, next to where it goes, and then laid over what is there: so a deletion hits the
// layers below only, and a link of a lower layer is never followed, as with overlay.
Result<store::Unpacked> merge_all(const store::Merge& job, const linux::Fd& source, const linux::Fd& target,
                                  const std::string& aside, const Ids& ids) {
  store::Unpacked sum;
  auto staging = make_directory(target, aside);
  if (!staging) return tl::unexpected(staging.error());
  // Overlay shows only directories that some layer has; the staging directory lies in none of them.
  for (std::size_t i = 0; i < job.layers.size(); ++i) {
    const std::string name = std::to_string(i);
    auto tree = make_directory(*staging, name);
    if (!tree) return tl::unexpected(tree.error());
    TreeWriter writer(std::move(*tree), ids.map, OpaqueMark::memory, ids.owners);
    if (auto unpacked = unpack_layer(source, job.layers[i], writer); !unpacked) return tl::unexpected(unpacked.error());
    add_to(sum, job.layers[i].diff_id, writer);
    if (must_not_stay(sum, ids)) continue;  // only to name what else cannot be kept
    if (auto merged = merge_layer(writer.root(), target, writer.opaque_inodes(), aside); !merged) {
      return tl::unexpected(merged.error());
    }
    if (auto removed = store::remove_tree_at(*staging, name); !removed) return tl::unexpected(removed.error());
  }
  struct stat status {};
  if (::fstat(target.get(), &status) != 0) return failure(errno, "look at the directory to unpack into");
  if (auto removed = store::remove_tree_at(target, aside); !removed) return tl::unexpected(removed.error());
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(target.get(), times.data()) != 0) return failure(errno, "set the times of the directory");
  return sum;
}

Result<store::Unpacked> unpack_each(const store::Unpack& job, const linux::Fd& source, const linux::Fd& staging,
                                    const Ids& ids) {
  store::Unpacked sum;
  std::set<std::string> staged;  // an image may have the same layer twice
  for (const store::LayerSource& layer : job.layers) {
    const std::string entry = store::layer_entry(layer.diff_id, job.form);
    if (!staged.insert(entry).second) continue;
    auto above = make_directory(staging, entry);
    if (!above) return tl::unexpected(above.error());
    auto tree = make_directory(*above, "tree");
    if (!tree) return tl::unexpected(tree.error());
    TreeWriter writer(std::move(*tree), ids.map, OpaqueMark::xattr, ids.owners);
    if (auto unpacked = unpack_layer(source, layer, writer); !unpacked) return tl::unexpected(unpacked.error());
    if (auto noted = note_opaque_top(*above, writer); !noted) return tl::unexpected(noted.error());
    add_to(sum, layer.diff_id, writer);
  }
  return sum;
}

}  // namespace

Result<store::Unpacked> unpack_apart(const store::Unpack& job, const linux::Fd& source, const linux::Fd& staging,
                                     const Ids& ids) {
  // Best effort: what cannot go now is tried again next time.
  (void)store::empty_directory(staging);
  auto sum = unpack_each(job, source, staging, ids);
  const bool stays = sum && !must_not_stay(*sum, ids);
  // Once for all of them, and before any gets its name: after a crash a name stands for a whole layer.
  if (stays && ::syncfs(staging.get()) != 0) sum = failure(errno, "write the layers to disk");
  if (!sum || !stays) (void)store::empty_directory(staging);
  return sum;
}

Result<store::Unpacked> unpack_merged(const store::Merge& job, const linux::Fd& source, const linux::Fd& target,
                                      const Ids& ids) {
  const auto empty = linux::is_empty(target);
  if (!empty) return tl::unexpected(empty.error());
  if (!*empty) return failure(0, "unpack", "the directory is not empty", "name a new or empty directory");
  const auto aside = linux::random_hex(kNameBytes);
  if (!aside) return tl::unexpected(aside.error());
  auto sum = merge_all(job, source, target, ".slipway-unpack-" + *aside, ids);
  if (!sum || must_not_stay(*sum, ids)) (void)store::empty_directory(target);
  return sum;
}

}  // namespace slipway::unpack
