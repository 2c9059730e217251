#include "core/unpack/jobs.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <set>

#include "core/linux/listing.hpp"
#include "core/linux/random.hpp"
#include "core/store/remove_tree.hpp"
#include "core/store/store.hpp"
#include "core/unpack/merge.hpp"
#include "core/unpack/staging.hpp"
#include "core/unpack/unpack_layer.hpp"

namespace slipway::unpack {
namespace {

constexpr std::size_t kNameBytes = 8;

void add_to(store::Unpacked& sum, const TreeWriter& writer) {
  sum.losses += writer.losses();
  sum.entries += writer.entries();
  sum.bytes += writer.bytes();
}

Result<void> move_into_place(const linux::Fd& staging, const std::string& name, const linux::Fd& layers,
                             const std::string& entry) {
  if (::renameat2(staging.get(), name.c_str(), layers.get(), entry.c_str(), RENAME_NOREPLACE) == 0) return {};
  // Somebody was faster, with the same content: entries are named by it.
  if (errno == EEXIST || errno == ENOTEMPTY) return {};
  return failure(errno, "keep the unpacked layer", entry);
}

// Each layer is unpacked on its own, next to where it goes, and then laid over what is there: so a deletion hits the
// layers below only, and a link of a lower layer is never followed, as with overlay.
Result<store::Unpacked> merge_all(const store::Merge& job, const linux::Fd& source, const linux::Fd& target,
                                  const std::string& aside, const linux::IdMap& map) {
  store::Unpacked sum;
  auto staging = make_directory(target, aside);
  if (!staging) return tl::unexpected(staging.error());
  // Overlay shows only directories that some layer has; the staging directory lies in none of them.
  for (std::size_t i = 0; i < job.layers.size(); ++i) {
    const std::string name = std::to_string(i);
    auto tree = make_directory(*staging, name);
    if (!tree) return tl::unexpected(tree.error());
    TreeWriter writer(std::move(*tree), map, OpaqueMark::memory);
    if (auto unpacked = unpack_layer(source, job.layers[i], writer); !unpacked) return tl::unexpected(unpacked.error());
    if (auto merged = merge_layer(writer.root(), target, writer.opaque_inodes()); !merged) {
      return tl::unexpected(merged.error());
    }
    add_to(sum, writer);
    if (auto removed = store::remove_tree_at(*staging, name); !removed) return tl::unexpected(removed.error());
  }
  struct stat status {};
  if (::fstat(target.get(), &status) != 0) return failure(errno, "look at the directory to unpack into");
  if (auto removed = store::remove_tree_at(target, aside); !removed) return tl::unexpected(removed.error());
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(target.get(), times.data()) != 0) return failure(errno, "set the times of the directory");
  return sum;
}

}  // namespace

Result<store::Unpacked> unpack_into_store(const store::Unpack& job, const linux::Fd& source, const linux::Fd& store,
                                          const linux::IdMap& map) {
  store::Unpacked sum;
  auto staging = Staging::in_store(store, job.form);
  if (!staging) return tl::unexpected(staging.error());
  std::set<std::string> staged;  // an image may have the same layer twice
  for (const store::LayerSource& layer : job.layers) {
    const std::string entry = store::layer_entry(layer.diff_id, job.form);
    if (!staged.insert(entry).second) continue;
    auto above = make_directory(staging->directory(), entry);
    if (!above) return tl::unexpected(above.error());
    auto tree = make_directory(*above, "tree");
    if (!tree) return tl::unexpected(tree.error());
    TreeWriter writer(std::move(*tree), map, OpaqueMark::xattr);
    if (auto unpacked = unpack_layer(source, layer, writer); !unpacked) return tl::unexpected(unpacked.error());
    add_to(sum, writer);
  }
  // Once for all of them, and before any has its name: after a crash a name stands for a whole layer.
  if (::syncfs(store.get()) != 0) return failure(errno, "write the layers to disk");
  const linux::Fd layers(::openat(store.get(), "layers", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!layers) return failure(errno, "open the store's layers");
  for (const std::string& entry : staged) {
    if (auto moved = move_into_place(staging->directory(), entry, layers, entry); !moved) {
      return tl::unexpected(moved.error());
    }
  }
  if (::fsync(layers.get()) != 0) return failure(errno, "write the layers to disk");
  return sum;
}

Result<store::Unpacked> unpack_merged(const store::Merge& job, const linux::Fd& source, const linux::Fd& target,
                                      const linux::IdMap& map) {
  const auto empty = linux::is_empty(target);
  if (!empty) return tl::unexpected(empty.error());
  if (!*empty) return failure(0, "unpack", "the directory is not empty", "name a new or empty directory");
  const auto aside = linux::random_hex(kNameBytes);
  if (!aside) return tl::unexpected(aside.error());
  auto sum = merge_all(job, source, target, ".slipway-unpack-" + *aside, map);
  if (!sum) (void)store::empty_directory(target);
  return sum;
}

}  // namespace slipway::unpack
