// What this host can do, as far as plans depend on it.
#pragma once

#include <string>

namespace slipway::linux {

struct HostAbilities {
  bool root = false;              ///< the effective user is the host's root
  std::string kernel{};           ///< "6.18.44", from uname(2)
  bool tmpfs_user_xattr = false;  ///< tmpfs takes user.* attributes (Linux 6.6), which overlay's upper directory needs
  bool terminal = false;          ///< standard input, output and error are all terminals; a run may be told otherwise
};

HostAbilities probe_host();

}  // namespace slipway::linux
