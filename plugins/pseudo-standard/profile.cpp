#include "profile.hpp"

#include <algorithm>

namespace pseudo_standard {
namespace {

using slipway::steps::MountFlag;

const std::vector<MountFlag> kNoDevices = {MountFlag::nosuid, MountFlag::nodev};
const std::vector<MountFlag> kNothingRuns = {MountFlag::nosuid, MountFlag::nodev, MountFlag::noexec};
const std::vector<MountFlag> kOnlyRead = {MountFlag::ro, MountFlag::nosuid, MountFlag::nodev, MountFlag::noexec};

// The better of both recipes: what either of them mounts, with the stricter flags.
std::vector<FileSystem> standard() {
  return {
      {"proc", true, {.fstype = "proc", .target = {"/proc"}, .flags = kNothingRuns}, "", ""},
      {"sys", true, {.fstype = "sysfs", .target = {"/sys"}, .flags = kOnlyRead}, "", ""},
      {"cgroup", true, {.fstype = "cgroup2", .target = {"/sys/fs/cgroup"}, .flags = kOnlyRead}, "", ""},
      {"dev",
       true,
       {.fstype = "tmpfs", .target = {"/dev"}, .flags = {MountFlag::nosuid, MountFlag::strictatime}},
       "0755",
       "64M"},
      {"pts",
       true,
       {.fstype = "devpts",
        .target = {"/dev/pts"},
        .flags = {MountFlag::nosuid, MountFlag::noexec},
        .options = {"newinstance", "ptmxmode=0666"}},
       "0620",
       ""},
      {"shm", true, {.fstype = "tmpfs", .target = {"/dev/shm"}, .source = "shm", .flags = kNothingRuns}, "1777", "64M"},
      {"mqueue", true, {.fstype = "mqueue", .target = {"/dev/mqueue"}, .flags = kNothingRuns}, "", ""},
      {"run", true, {.fstype = "tmpfs", .target = {"/run"}, .flags = kNoDevices}, "0755", ""},
      {"tmp", true, {.fstype = "tmpfs", .target = {"/tmp"}, .flags = kNoDevices}, "1777", ""},
  };
}

FileSystem& of(std::vector<FileSystem>& mounts, std::string_view option) {
  return *std::find_if(mounts.begin(), mounts.end(), [&](const FileSystem& each) { return each.option == option; });
}

std::vector<std::string> all_links() {
  std::vector<std::string> names;
  names.reserve(kLinks.size());
  for (const Link& link : kLinks) names.emplace_back(link.name);
  return names;
}

// A script of an ordinary user's. Left as it is, but for a /dev that not everybody may write to.
Profile recipe_a() {
  Profile profile{standard(), all_links(), Options::Devices::bind};
  of(profile.mounts, "sys").mount.flags = kNothingRuns;
  of(profile.mounts, "dev").mount.flags = {MountFlag::nosuid};
  of(profile.mounts, "dev").size.clear();
  of(profile.mounts, "shm").mount.flags = kNoDevices;
  of(profile.mounts, "shm").size.clear();
  for (const char* absent : {"cgroup", "mqueue"}) of(profile.mounts, absent).included = false;
  profile.links.erase(std::find(profile.links.begin(), profile.links.end(), "core"));
  return profile;
}

// Root's lab.
Profile recipe_b() {
  Profile profile{standard(), all_links(), Options::Devices::auto_};
  for (const char* plain : {"proc", "pts"}) of(profile.mounts, plain).mount.flags.clear();
  for (const char* absent : {"run", "tmp"}) of(profile.mounts, absent).included = false;
  return profile;
}

}  // namespace

Profile profile_of(Options::Profile which) {
  switch (which) {
    case Options::Profile::recipe_a:
      return recipe_a();
    case Options::Profile::recipe_b:
      return recipe_b();
    case Options::Profile::standard:
      break;
  }
  return {standard(), all_links(), Options::Devices::auto_};
}

}  // namespace pseudo_standard
