#include "core/unpack/staging.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "core/linux/listing.hpp"
#include "core/linux/random.hpp"
#include "core/store/remove_tree.hpp"

namespace slipway::unpack {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Result<void> lock(const linux::Fd& directory, int how) {
  while (::flock(directory.get(), how) != 0) {
    if (errno != EINTR) return failure(errno, "lock the store's staging directory");
  }
  return {};
}

struct Dead {
  std::string name;
  linux::Fd locked;
};

// With the lock on staging/ held nobody is between making a directory and locking it.
std::vector<Dead> find_dead(const linux::Fd& staging, const std::string& prefix) {
  std::vector<Dead> dead;
  (void)linux::list(staging, [&](const std::string& name) {
    if (!name.starts_with(prefix)) return true;
    linux::Fd directory(::openat(staging.get(), name.c_str(), kOpenDirectory));
    if (directory && ::flock(directory.get(), LOCK_EX | LOCK_NB) == 0) dead.push_back({name, std::move(directory)});
    return true;
  });
  return dead;
}

}  // namespace

Result<linux::Fd> make_directory(const linux::Fd& above, const std::string& name) {
  if (::mkdirat(above.get(), name.c_str(), 0755) != 0) return failure(errno, "make directory", name);
  linux::Fd directory(::openat(above.get(), name.c_str(), kOpenDirectory));
  if (!directory) return failure(errno, "open directory", name);
  return directory;
}

Result<Staging> Staging::in_store(const linux::Fd& store, const std::string& form) {
  linux::Fd above(::openat(store.get(), "staging", kOpenDirectory));
  if (!above) return failure(errno, "open the store's staging directory");
  if (auto locked = lock(above, LOCK_EX); !locked) return tl::unexpected(locked.error());
  std::vector<Dead> dead = find_dead(above, form + ".");
  constexpr std::size_t kNameBytes = 8;
  const auto suffix = linux::random_hex(kNameBytes);
  if (!suffix) return tl::unexpected(suffix.error());
  const std::string name = form + "." + *suffix;
  auto directory = make_directory(above, name);
  if (!directory) return tl::unexpected(directory.error());
  if (auto locked = lock(*directory, LOCK_EX); !locked) return tl::unexpected(locked.error());
  if (auto unlocked = lock(above, LOCK_UN); !unlocked) return tl::unexpected(unlocked.error());
  // Best effort: what cannot go now is tried again next time.
  for (const Dead& one : dead) (void)store::remove_tree_at(above, one.name);
  return Staging(std::move(above), std::move(*directory), name);
}

Staging::~Staging() {
  if (above_) (void)store::remove_tree_at(above_, name_);
}

}  // namespace slipway::unpack
