// What this host can do, as far as plans depend on it.
#pragma once

#include <string>
#include <vector>

namespace slipway::linux {

/// Whether this process is root of the host itself. Root of another user namespace than the initial one has its rights
/// over what belongs to that alone: it makes no device and takes no layer of other ids, and its ids are fewer.
bool is_root_of_host();
/// Whether this process is root of such another one.
bool is_root_of_namespace();

struct HostAbilities {
  bool root = false;              ///< as is_root_of_host() says
  std::string around{};           ///< root of another user namespace: its ids, as IdMap writes them; else empty
  std::string kernel{};           ///< "6.18.44", from uname(2)
  bool tmpfs_user_xattr = false;  ///< tmpfs takes user.* attributes (Linux 6.6), which overlay's upper directory needs
  bool cgroup2 = false;           ///< version 2 of control groups is in use, alone or beside version 1
  std::string build{};            ///< which build of the kernel: what is compiled into it does not change without this
  bool terminal = false;          ///< standard input, output and error are all terminals; a run may be told otherwise
};

HostAbilities probe_host();
/// The same without what follows from `build`, which takes the kernel longer than all the rest, and later that.
HostAbilities probe_host_quickly();
void probe_rest(HostAbilities& host);

/// The types of file systems that the kernel has, from /proc/filesystems; empty where that cannot be read. Those that
/// are modules appear once they are loaded. A list of one build and of none other, so that a start from a record need
/// not read it.
std::vector<std::string> known_filesystems();

}  // namespace slipway::linux
