// The file systems and devices that every program expects: /proc, /sys, /dev with six devices, ptys, shared memory and
// message queues, /run, /tmp. Flags are the stricter of those that hand-made containers and runtimes commonly use.
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::steps::Common;
using slipway::steps::MountFlag;

struct Device {
  const char* path;
  const char* host;
  std::int64_t major, minor;
};
// Documentation/admin-guide/devices.txt
constexpr std::array kDevices = {
    Device{"/dev/null", "/dev/null", 1, 3},       Device{"/dev/zero", "/dev/zero", 1, 5},
    Device{"/dev/full", "/dev/full", 1, 7},       Device{"/dev/random", "/dev/random", 1, 8},
    Device{"/dev/urandom", "/dev/urandom", 1, 9}, Device{"/dev/tty", "/dev/tty", 5, 0},
};

struct PseudoStandard {
  Options options;

  void plan(slipway::Plan& plan) const {
    const slipway::IsolationFact isolation = plan.isolation();
    directory_with(plan, {.fstype = "proc", .target = {"/proc"}, .flags = kNothingRuns});
    sys(plan, isolation);
    directory_with(plan, {.fstype = "tmpfs",
                          .target = {"/dev"},
                          .flags = {MountFlag::nosuid, MountFlag::strictatime},
                          .options = {"mode=0755", "size=64M"}});
    devices(plan, isolation);
    links(plan);
    below_dev(plan, isolation);
    directory_with(plan, {.fstype = "tmpfs", .target = {"/run"}, .flags = kNoDevices, .options = {"mode=0755"}});
    directory_with(plan, {.fstype = "tmpfs", .target = {"/tmp"}, .flags = kNoDevices, .options = {"mode=1777"}});
  }

 private:
  inline static const std::vector<MountFlag> kNoDevices = {MountFlag::nosuid, MountFlag::nodev};
  inline static const std::vector<MountFlag> kNothingRuns = {MountFlag::nosuid, MountFlag::nodev, MountFlag::noexec};

  static void directory_with(slipway::Plan& plan, const slipway::steps::Mount& mount) {
    plan.mkdir({.target = mount.target});
    plan.mount(mount);
  }

  // A new sysfs shows the network namespace that mounts it, and the kernel gives one only to that namespace's owner
  // (sysfs_init_fs_context in fs/sysfs/mount.c): with the host's network in a user namespace there is none to have.
  static void sys(slipway::Plan& plan, const slipway::IsolationFact& isolation) {
    if (!isolation.has_namespace("net") && isolation.ids() != "host") return;
    directory_with(plan, {.fstype = "sysfs",
                          .target = {"/sys"},
                          .flags = {MountFlag::ro, MountFlag::nosuid, MountFlag::nodev, MountFlag::noexec}});
  }

  void devices(slipway::Plan& plan, const slipway::IsolationFact& isolation) const {
    const bool bind = options.devices == Options::Devices::bind ||
                      (options.devices == Options::Devices::auto_ && isolation.ids() != "host");
    const Common common{.from = "/options/devices"};
    for (const Device& device : kDevices) {
      if (bind) {
        plan.write({.target = {device.path}, .mode = {0666}}, common);
        plan.bind({.source = {device.host}, .target = {device.path}}, common);
      } else {
        plan.mknod({.target = {device.path}, .major = device.major, .minor = device.minor}, common);
      }
    }
  }

  static void links(slipway::Plan& plan) {
    plan.symlink({.target = "/proc/self/fd", .link = {"/dev/fd"}});
    plan.symlink({.target = "/proc/self/fd/0", .link = {"/dev/stdin"}});
    plan.symlink({.target = "/proc/self/fd/1", .link = {"/dev/stdout"}});
    plan.symlink({.target = "/proc/self/fd/2", .link = {"/dev/stderr"}});
    plan.symlink({.target = "/proc/kcore", .link = {"/dev/core"}});
    plan.symlink({.target = "pts/ptmx", .link = {"/dev/ptmx"}});
  }

  static void below_dev(slipway::Plan& plan, const slipway::IsolationFact& isolation) {
    slipway::steps::Mount pts{.fstype = "devpts",
                              .target = {"/dev/pts"},
                              .flags = {MountFlag::nosuid, MountFlag::noexec},
                              .options = {"newinstance", "ptmxmode=0666", "mode=0620"}};
    // The group tty; the kernel refuses a group that the user namespace does not map.
    if (isolation.maps_gid_5()) pts.options.emplace_back("gid=5");
    directory_with(plan, pts);
    directory_with(plan, {.fstype = "tmpfs",
                          .target = {"/dev/shm"},
                          .source = "shm",
                          .flags = kNothingRuns,
                          .options = {"mode=1777", "size=64M"}});
    // The queues of the host's ipc namespace are no business of a container that shares it.
    if (isolation.has_namespace("ipc")) {
      directory_with(plan, {.fstype = "mqueue", .target = {"/dev/mqueue"}, .flags = kNothingRuns});
    }
  }
};

}  // namespace

SLIPWAY_PLUGIN(PseudoStandard)
