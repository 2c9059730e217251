// Finding and making things below a root that a hostile image filled; openat2(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "core/linux/fd.hpp"

namespace slipway::linux {

/// openat2(2) with RESOLVE_IN_ROOT, no link followed in any component and no magic link: what an image puts in
/// the way of a path makes it fail with ELOOP instead of leading it elsewhere. `path` is absolute or relative to
/// `root`.
Result<Fd> open_below(const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode = 0);

/// The same, but links are followed, inside of `root` only: for reading what an image may well link (etc/passwd).
Result<Fd> open_inside(const Fd& root, const std::string& path, std::uint64_t flags);

/// The directory that holds `path`'s last component, and that component. "/" has none and is EINVAL.
struct Parent {
  Fd directory{};
  std::string name{};
};
Result<Parent> open_parent_below(const Fd& root, const std::string& path);

/// mkdirat(2) with exactly these permission bits; true: made now, false: was there (a directory, no link).
Result<bool> make_directory_at(const Fd& directory, const std::string& name, mode_t mode);
/// Makes `path` and what is missing above it (0755). Links to directories are followed, inside of `root` only; says
/// ENOTDIR or ELOOP where something else is in the way, a link that leads nowhere included.
Result<void> make_directories_inside(const Fd& root, const std::string& path, mode_t mode);

/// Opens what `fd` is open on again, as the calling process's own mount namespace has it: mounts of another namespace
/// cannot be mounted from. Fails with ESTALE when something else is at that path now.
Result<Fd> open_again_here(const Fd& fd);

}  // namespace slipway::linux
