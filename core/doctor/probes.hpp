// The probes, each of which makes one line of a doctor's report or a few that belong together.
#pragma once

#include <vector>

#include "core/doctor/cause.hpp"
#include "core/doctor/doctor.hpp"
#include "core/doctor/trial.hpp"

namespace slipway::doctor {

Check check_kernel();
Check check_limits();
Check check_user_namespaces();
Check check_namespaces();
Check check_subordinate_ids();
Check check_map_helpers();
Check check_mount_api();
Check check_overlay();
/// In a mount namespace of one's own: an overlay with userxattr of a new tmpfs and, unless empty, the directory
/// `below`. Tells how it takes its layers.
Result<Finds> mount_overlay(const std::string& below);
Check check_tmpfs_attributes();
/// On the store's file system as root, on a tmpfs of its own as a user.
Check check_mapped_mounts(const std::string& store);
/// proc, sysfs, devpts and mqueue.
std::vector<Check> check_filesystems();
/// Made anew as root, those of the host as a user.
Check check_devices();
Check check_cgroups();
Check check_landlock();
Check check_seccomp();
/// What `--init` needs.
Check check_init();
/// The store: owner, mode and format; its file system; its free space.
std::vector<Check> check_store(const std::string& store);
Check check_runtime_directory(const std::string& directory);
Check check_worker(const Subject& subject);
/// Each directory, and each plugin that cannot be used.
std::vector<Check> check_plugins(const Subject& subject);

inline Check ok(std::string name, std::string detail) {
  return {std::move(name), State::ok, std::move(detail), "", ""};
}
/// A check that is not ok, for `cause`, or where there is none known as `error` tells it.
Check not_ok(std::string name, State state, const std::optional<Cause>& cause, const Error& error,
             std::string consequence);
/// The same for what was to be tried in namespaces.
Check trial_failed(std::string name, State state, const Error& error, const std::optional<Cause>& cause,
                   std::string consequence);
/// What a container of the calling user has by default: no user namespace as root, else its ids.
linux::IdMap default_ids();
/// The same with no more than one id, which needs no help of others.
linux::IdMap simple_ids();

}  // namespace slipway::doctor
