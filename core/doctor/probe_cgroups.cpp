#include <unistd.h>

#include "core/doctor/look.hpp"
#include "core/doctor/probes.hpp"

namespace slipway::doctor {
namespace {

// One hierarchy as this process sees it; cgroups(7).
struct Hierarchy {
  bool is_v2 = false;
  std::vector<std::string> controllers{};
  bool is_writable = false;
};

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "no controller" : text;
}

// "4:cpu,cpuacct:/user" and "0::/user": number, controllers, path.
struct Membership {
  std::vector<std::string> controllers{};
  std::string path{};
  bool is_v2 = false;
};

std::vector<Membership> memberships() {
  std::vector<Membership> all;
  for (const std::string& line : words_of(text_of("/proc/self/cgroup").value_or(std::string()), '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    all.push_back({words_of(controllers, ','), line.substr(second + 1), controllers.empty()});
  }
  return all;
}

// Which directory of the mount is this process's own group; the mount's top where the group lies outside of it.
std::string own_directory(const MountLine& mount, const std::string& path) {
  const std::string root = mount.root == "/" ? std::string() : mount.root;
  if (path.starts_with(root + "/") && path.find("/..") == std::string::npos) {
    return mount.point + (path == "/" ? std::string() : path.substr(root.size()));
  }
  return mount.point;
}

bool is_mount_of(const MountLine& mount, const Membership& member) {
  if (member.is_v2) return mount.type == "cgroup2";
  if (mount.type != "cgroup") return false;
  const std::vector<std::string> options = words_of(mount.super_options, ',');
  for (const std::string& controller : member.controllers) {
    bool is_among = false;
    for (const std::string& option : options) is_among = is_among || option == controller;
    if (!is_among) return false;
  }
  return true;
}

std::vector<Hierarchy> hierarchies() {
  const std::vector<MountLine> all = mounts();
  std::vector<Hierarchy> found;
  for (const Membership& member : memberships()) {
    for (const MountLine& mount : all) {
      if (!is_mount_of(mount, member)) continue;
      const std::string own = own_directory(mount, member.path);
      Hierarchy hierarchy{member.is_v2, member.controllers, ::access(own.c_str(), W_OK) == 0};
      if (member.is_v2) hierarchy.controllers = words_of(text_of(own + "/cgroup.controllers").value_or(std::string()));
      found.push_back(std::move(hierarchy));
      break;
    }
  }
  return found;
}

// What can be said of all hierarchies of one version.
struct Version {
  bool is_there = false;
  std::vector<std::string> controllers{}, writable{};
};

Version version(const std::vector<Hierarchy>& all, bool is_v2) {
  Version found;
  for (const Hierarchy& hierarchy : all) {
    if (hierarchy.is_v2 != is_v2) continue;
    found.is_there = true;
    for (const std::string& controller : hierarchy.controllers) {
      if (controller.starts_with("name=")) continue;  // systemd's own, of no use for limits
      found.controllers.push_back(controller);
      if (hierarchy.is_writable) found.writable.push_back(controller);
    }
  }
  return found;
}

// "hybrid: v1 with cpu memory, v2 with no controller; writable: none".
std::string detail_of(const Version& first, const Version& second) {
  std::string text = first.is_there && second.is_there ? "hybrid: " : "";
  if (first.is_there) text += "v1 with " + list(first.controllers);
  if (second.is_there) text += std::string(first.is_there ? ", " : "") + "v2 with " + list(second.controllers);
  std::vector<std::string> writable = first.writable;
  writable.insert(writable.end(), second.writable.begin(), second.writable.end());
  const bool all = writable.size() == first.controllers.size() + second.controllers.size();
  return text + "; writable: " + (writable.empty() ? "none" : all ? "all" : list(writable));
}

}  // namespace

// Whatever is found is fine: no stage of slipway's own makes groups. What is there and writable is told for the sake of
// those who write one, or who start slipway in a group with limits.
Check check_cgroups() {
  const std::string kName = "cgroups";
  constexpr const char* kNoNeed = ", which no stage needs";
  const std::vector<Hierarchy> all = hierarchies();
  if (all.empty()) return ok(kName, "none is mounted; no stage needs one");
  const Version first = version(all, false), second = version(all, true);
  const bool is_writable = !first.writable.empty() || !second.writable.empty();
  return ok(kName, detail_of(first, second) + (is_writable ? "" : kNoNeed));
}

}  // namespace slipway::doctor
