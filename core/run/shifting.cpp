#include "core/run/shifting.hpp"

#include <sys/mount.h>

#include <cerrno>

#include "core/linux/mount.hpp"
#include "core/linux/namespaces.hpp"

namespace slipway::run {

Result<linux::Fd> shift(const linux::Fd& directory, const linux::Fd& user_namespace, const std::string& store) {
  auto mount = linux::clone_mount_apart(directory, linux::Below::left, MS_PRIVATE);
  if (!mount) return mount;
  auto mapped = linux::map_mount_ids(*mount, user_namespace);
  if (mapped) return mount;
  const int code = mapped.error().code;
  // mount_setattr(2): EINVAL from a file system that has no id-mapped mounts.
  return failure(code, "shift the owners of files by an id-mapped mount", store,
                 code == EINVAL
                     ? "its file system has none: name a store on ext4, xfs, btrfs or tmpfs with --store, or "
                       "leave isolation.user out"
                     : "");
}

Result<linux::Fd> hand_over(const linux::Fd& source, config::Isolation::Propagation propagation) {
  const bool follows = propagation != config::Isolation::Propagation::isolated;
  return linux::clone_mount_apart(source, linux::Below::taken, follows ? MS_SLAVE : MS_PRIVATE);
}

Result<void> shift_results(std::map<std::string, linux::Fd>& results, const plan::Plan& plan,
                           const config::Isolation& isolation, pid_t process, const std::string& store) {
  auto user = linux::open_namespace_of(process, "user");
  if (!user) return tl::unexpected(user.error());
  for (const plan::PlannedStep& step : plan.steps) {
    const auto found = results.find(step.common.as);
    if (step.phase != steps::Phase::prepare || found == results.end()) continue;
    const auto* open = std::get_if<steps::Open>(&step.step);
    if (open != nullptr && open->owners == steps::Owners::container) continue;  // such a mount already
    // What the user binds keeps the owners that it has.
    auto mount = open != nullptr ? hand_over(found->second, isolation.propagation) : shift(found->second, *user, store);
    if (!mount) return tl::unexpected(mount.error());
    found->second = std::move(*mount);
  }
  return {};
}

}  // namespace slipway::run
