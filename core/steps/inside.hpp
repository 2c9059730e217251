// What the steps of the child's phases work on: the container's root as it comes into being.
#pragma once

#include <map>
#include <set>
#include <slipway/steps.hpp>
#include <string>
#include <vector>

#include "core/linux/fd.hpp"

namespace slipway::steps {

struct Inside {
  linux::Fd base{};  ///< a small tmpfs outside of the container: where its root is attached and a tmpfs upper lies
  linux::Fd root{};  ///< the container's root, once a step has mounted "/"
  std::map<std::string, linux::Fd> results{};     ///< of earlier steps, by name
  bool results_are_mounts = false;                ///< detached ones: this process may not go where they come from
  std::set<std::string, std::less<>> detached{};  ///< results of calls, which are such mounts always
  bool may_set_groups = true;                     ///< false where the user namespace denies setgroups(2)
  bool has_terminal = false;                      ///< the standard streams are a terminal of the container's own
  std::string term{};                             ///< TERM where the container has a terminal, else empty

  // Directories of the host come in by binds, and no mount point is to be made in one of those.
  bool notes_mounts = false;                ///< there will be such binds: keep own_mounts
  bool shows_host = false;                  ///< there has been one
  std::vector<std::uint64_t> own_mounts{};  ///< of file systems that are the container's own
  unsigned files = 0;                       ///< that file steps have made in the base
  /// Whether what is made in `directory` is the container's alone.
  [[nodiscard]] bool owns(const linux::Fd& directory) const;

  // What the confine steps leave for exec:
  std::vector<std::string> environment{};
  std::string home = "/";
  int exec_status = 127;  ///< what a failed exec is to end with: 127 no such file, 126 there but cannot run

  /// The descriptor that a reference stands for.
  [[nodiscard]] Result<const linux::Fd*> result(std::string_view name) const;
  /// The same, as something that this mount namespace may mount from.
  [[nodiscard]] Result<linux::Fd> result_here(std::string_view name) const;
  /// Attaches a detached mount at `target`; "/" becomes the container's root. `target` must be there, and be no link.
  Result<void> attach(const linux::Fd& mount, const Path& target);
  /// The same for a new file system, which is the container's own.
  Result<void> attach_own(const linux::Fd& mount, const Path& target);
};

/// Makes and attaches the base tmpfs. Before it the inherited mounts must be slaves or private.
Result<void> make_base(Inside& inside);

}  // namespace slipway::steps
