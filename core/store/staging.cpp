#include "core/store/staging.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "core/linux/file_lock.hpp"
#include "core/linux/listing.hpp"
#include "core/linux/random.hpp"
#include "core/store/entry.hpp"
#include "core/store/remove_tree.hpp"

namespace slipway::store {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// With the lock on staging/ held nobody is between making a directory and locking it.
std::vector<std::string> find_dead(const linux::Fd& staging, const std::string& prefix) {
  std::vector<std::string> dead;
  (void)linux::list(staging, [&](const std::string& name) {
    if (!name.starts_with(prefix)) return true;
    const linux::Fd directory(::openat(staging.get(), name.c_str(), kOpenDirectory));
    if (directory && linux::try_lock(directory, linux::Lock::exclusive).value_or(false)) dead.push_back(name);
    return true;
  });
  return dead;
}

constexpr const char* kDoing = "keep the unpacked layer";

// A new file: what the worker may have put in its place is not written through.
Result<void> keep_losses(const linux::Fd& layer, const Losses& losses) {
  const linux::Fd file(::openat(layer.get(), "losses", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return failure(errno, kDoing, "losses");
  if (auto written = linux::write_all(file, to_text(losses)); !written) return written;
  if (::fsync(file.get()) != 0 || ::fsync(layer.get()) != 0) return failure(errno, kDoing, "losses");
  return {};
}

}  // namespace

Result<Staging> Staging::in_store(const linux::Fd& store, const std::string& form, const Announce& announce,
                                  const ShouldStop& should_stop) {
  linux::Fd layers(::openat(store.get(), "layers", kOpenDirectory));
  if (!layers) return failure(errno, "open the store's layers", "", kDamaged);
  linux::Fd above(::openat(store.get(), "staging", kOpenDirectory));
  if (!above) return failure(errno, "open the store's staging directory", "", kDamaged);
  constexpr std::size_t kNameBytes = 8;
  const auto suffix = linux::random_hex(kNameBytes);
  if (!suffix) return tl::unexpected(suffix.error());
  const std::string name = form + "." + *suffix;
  if (announce) {
    if (auto announced = announce(name); !announced) return tl::unexpected(announced.error());
  }
  // Closed again before the worker is made, so that the lock goes.
  const linux::Fd locked_above(::openat(above.get(), ".", kOpenDirectory));
  if (!locked_above) return failure(errno, "open the store's staging directory");
  if (auto locked = take_lock(locked_above, linux::Lock::exclusive, "staging", should_stop); !locked)
    return tl::unexpected(locked.error());
  const std::vector<std::string> dead = find_dead(above, form + ".");
  if (::mkdirat(above.get(), name.c_str(), S_IRWXU) != 0) return failure(errno, "make a staging directory", name);
  linux::Fd directory(::openat(above.get(), name.c_str(), kOpenDirectory));
  if (!directory) return failure(errno, "open a staging directory", name);
  // Shared with the worker, who may outlive this process by a moment.
  if (auto locked = linux::lock(directory, linux::Lock::shared); !locked) return tl::unexpected(locked.error());
  // Best effort: what cannot go now is tried again next time.
  for (const std::string& one : dead) (void)::renameat(above.get(), one.c_str(), directory.get(), one.c_str());
  return Staging(std::move(layers), std::move(above), std::move(directory), name);
}

Staging::~Staging() {
  if (above_) (void)remove_tree_at(above_, name_);
}

Result<void> Staging::commit(const std::string& entry, const Losses& losses) const {
  const linux::Fd made(::openat(directory_.get(), entry.c_str(), kOpenDirectory));
  if (!made) return failure(errno, kDoing, entry);
  struct stat status {};
  if (::fstat(made.get(), &status) != 0) return failure(errno, kDoing, entry);
  if (status.st_uid != ::geteuid()) return failure(EPERM, kDoing, entry + " belongs to another user");
  const linux::Fd tree(::openat(made.get(), "tree", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!tree) return failure(errno, kDoing, entry + "/tree");
  if (losses.any()) {
    if (auto kept = keep_losses(made, losses); !kept) return kept;
  }
  if (::renameat2(directory_.get(), entry.c_str(), layers_.get(), entry.c_str(), RENAME_NOREPLACE) != 0) {
    return failure(errno, kDoing, entry, errno == EEXIST || errno == ENOTDIR ? kDamaged : "");
  }
  if (::fsync(layers_.get()) != 0) return failure(errno, "write the layers to disk");
  return {};
}

}  // namespace slipway::store
