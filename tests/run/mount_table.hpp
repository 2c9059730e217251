// A container's /proc/self/mountinfo as tests compare it; proc(5).
#pragma once

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/run/harness.hpp"

namespace slipway::tests {

struct Mount {
  std::string id, parent, device, root, target, flags, tags, type, source, options;
};

inline std::vector<Mount> parse_mounts(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  for (const std::string& line : lines_of(mountinfo)) {
    std::istringstream words(line);
    Mount mount;
    words >> mount.id >> mount.parent >> mount.device >> mount.root >> mount.target >> mount.flags;
    for (std::string tag; words >> tag && tag != "-";) mount.tags += tag + " ";
    words >> mount.type >> mount.source >> mount.options;
    mounts.push_back(mount);
  }
  return mounts;
}

inline std::vector<Mount> table(const Caller& caller, const std::vector<std::string>& options = {}) {
  return parse_mounts(shared(caller).inside("cat /proc/self/mountinfo", options));
}

inline bool is_below(const std::string& path, const std::string& directory) {
  return path.starts_with(directory + "/");
}

/// "target type flags" of those that do not depend on what the kernel's /proc and /sys hold.
inline std::set<std::string> rows_of(const std::vector<Mount>& mounts) {
  std::set<std::string> rows;
  for (const Mount& mount : mounts) {
    const bool hardened = is_below(mount.target, "/proc") || is_below(mount.target, "/sys");
    if (hardened && mount.type != "cgroup2") continue;
    const bool bound = is_below(mount.target, "/dev") && mount.root != "/";  // with the flags that the host's has
    rows.insert(mount.target + (bound ? " bound" : " " + mount.type + " " + mount.flags));
  }
  return rows;
}

/// Whether version 2 of control groups is mounted on this host, where slipway looks for it.
inline bool host_has_cgroup2() {
  for (const Mount& mount : parse_mounts(read_file("/proc/self/mountinfo"))) {
    if (mount.type == "cgroup2" && (mount.target == "/sys/fs/cgroup" || mount.target == "/sys/fs/cgroup/unified"))
      return true;
  }
  return false;
}

}  // namespace slipway::tests
