// The container's whole mount table, exactly.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

const std::set<std::string> kStandard = {
    "/ overlay rw,relatime",
    "/proc proc rw,nosuid,nodev,noexec,relatime",
    "/sys sysfs ro,nosuid,nodev,noexec,relatime",
    "/dev tmpfs rw,nosuid",  // strictatime is told by the absence of relatime and noatime
    "/dev/pts devpts rw,nosuid,noexec,relatime",
    "/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime",
    "/dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime",
    "/run tmpfs rw,nosuid,nodev,relatime",
    "/tmp tmpfs rw,nosuid,nodev,relatime",
    "/etc/hosts tmpfs rw,nosuid,nodev,noexec,relatime",
    "/etc/hostname tmpfs rw,nosuid,nodev,noexec,relatime",
    "/etc/resolv.conf tmpfs rw,nosuid,nodev,noexec,relatime",
};
const std::set<std::string> kBound = {"/dev/null bound",   "/dev/zero bound",    "/dev/full bound",
                                      "/dev/random bound", "/dev/urandom bound", "/dev/tty bound"};

std::set<std::string> standard() {
  std::set<std::string> rows = kStandard;
  if (host_has_cgroup2()) rows.insert("/sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime");
  return rows;
}

TEST_CASE("A16: the mount table is the default pipeline's and nothing more") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      std::set<std::string> expected = standard();
      if (!caller.is_root()) expected.insert(kBound.begin(), kBound.end());
      CHECK(rows_of(table(caller)) == expected);
    }
  }
}

TEST_CASE("A9: root may have the host's devices bound as users do") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      std::set<std::string> expected = standard();
      expected.insert(kBound.begin(), kBound.end());
      CHECK(rows_of(table(caller, {"--set", "pseudo.0.devices=bind"})) == expected);
    }
  }
}

TEST_CASE("A8: proc, sys, run and tmp have exactly their flags and modes") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("stat -c '%n %a %u:%g' /proc /sys /run /tmp") ==
            std::string("/proc 555 ") + (caller.is_root() ? "0:0" : "65534:65534") + "\n/sys 555 " +
                (caller.is_root() ? "0:0" : "65534:65534") + "\n/run 755 0:0\n/tmp 1777 0:0\n");
      for (const Mount& mount : table(caller)) {
        if (mount.target == "/proc" || mount.target == "/sys") CHECK(mount.root == "/");
      }
    }
  }
}

TEST_CASE("B7: /dev is a tmpfs of 64 MiB, /dev/shm another, /dev/pts an instance of its own") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      std::map<std::string, std::string> options;
      for (const Mount& mount : table(caller)) options[mount.target] = "," + mount.options + ",";
      CHECK_THAT(options["/dev"], Catch::Contains(",size=65536k,") && Catch::Contains(",mode=755,"));
      CHECK_THAT(options["/dev/shm"], Catch::Contains(",size=65536k,"));
      CHECK_THAT(options["/dev/pts"], Catch::Contains(",mode=620,") && Catch::Contains(",ptmxmode=666,"));
      // Group 5 is tty; it is named where the container has such a group.
      CHECK((options["/dev/pts"].find(",gid=") != std::string::npos) == !caller.is_single());
      CHECK(runner.inside("stat -c '%n %a' /dev /dev/shm /dev/pts /dev/pts/ptmx /dev/mqueue") ==
            "/dev 755\n/dev/shm 1777\n/dev/pts 755\n/dev/pts/ptmx 666\n/dev/mqueue 1777\n");
      CHECK(runner.inside("ls /dev/pts") == "ptmx\n");
    }
  }
}

TEST_CASE("B20: harden-proc's paths are mounted over where the kernel has them, read-only or masked") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      std::map<std::string, Mount> over;
      for (const Mount& mount : table(caller)) {
        if (mount.type == "cgroup2") continue;
        if (is_below(mount.target, "/proc") || is_below(mount.target, "/sys")) over[mount.target] = mount;
      }
      std::size_t expected = 0;
      for (const char* path : {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}) {
        if (::access(path, F_OK) != 0) continue;
        INFO(path);
        ++expected;
        REQUIRE(over.contains(path));
        CHECK(over[path].type == "proc");
        CHECK(over[path].flags == "ro,nosuid,nodev,noexec,relatime");
      }
      for (const char* path :
           {"/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/proc/acpi", "/proc/scsi", "/sys/firmware"}) {
        if (!over.contains(path)) continue;
        INFO(path);
        ++expected;
        const Mount& mount = over[path];
        const bool file = mount.root == "/null";
        const bool directory = mount.source == "mask" && mount.flags == "ro,nosuid,nodev,noexec,relatime";
        CHECK((file || directory));
      }
      CHECK(over.contains("/proc/interrupts"));
      CHECK(over.size() == expected);
    }
  }
}

TEST_CASE("B21: a mask holds over directories, files and devices of the image too, and a link there is refused") {
  const std::string more = R"(harden.0.more_mask=["/home","/etc/passwd","/dev/zero","/nowhere","/etc/hello.again"])";
  const std::string readonly = R"(harden.0.more_readonly=["/opt","/etc/group","/nowhere/else"])";
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("ls -A /home; cat /etc/passwd /dev/zero /etc/hello.again; wc -c < /proc/interrupts; "
                          "for f in /home/x /opt/x /etc/group; do (echo x > $f) 2>&1; done; cat /etc/hello",
                          {"--set", more, "--set", readonly}) ==
            "0\nsh: can't create /home/x: Read-only file system\nsh: can't create /opt/x: Read-only file system\n"
            "sh: can't create /etc/group: Read-only file system\nhello from the image\n");
      for (const char* link : {"/proc/mounts", "/dev/fd", "/bin/sh"}) {
        const Outcome outcome =
            runner.run({"--set", std::string(R"(harden.0.more_mask=[")") + link + "\"]", runner.box(), "true"});
        INFO(outcome.errors);
        CHECK(outcome.shell_status() == 125);
        CHECK_THAT(outcome.errors, Catch::Contains(link) && Catch::Contains("(ELOOP)") && Catch::Contains("hint:"));
      }
    }
  }
}

TEST_CASE("A13: nothing of the host is mounted inside, and no mount point is left of the way in") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const std::vector<Mount> mounts = table(caller);
      std::set<std::string> ids;
      for (const Mount& mount : mounts) ids.insert(mount.id);
      std::size_t roots = 0;
      for (const Mount& mount : mounts) {
        INFO(mount.target << " " << mount.type);
        // One tree, whose top is the overlay: what hangs elsewhere would be the host's.
        if (!ids.contains(mount.parent)) ++roots;
        if (mount.root != "/") {
          CHECK((is_below(mount.target, "/proc") || is_below(mount.target, "/dev") || is_below(mount.target, "/etc")));
        }
        CHECK(std::set<std::string>{"overlay", "proc", "sysfs", "tmpfs", "devpts", "mqueue", "devtmpfs", "cgroup2"}
                  .contains(mount.type));
      }
      CHECK(roots == 1);
      Runner& runner = shared(caller);
      CHECK(runner.inside("ls -A / | sort | tr '\\n' ' '") == "bin dev etc home opt proc root run sys tmp var ");
    }
  }
}

TEST_CASE("B4: the mounts are private: none of them is told to others or by others") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      for (const Mount& mount : table(caller)) {
        INFO(mount.target);
        CHECK(mount.tags == "");
      }
      // Harmless outside: the harness looks for mounts that stayed.
      CHECK(shared(caller).inside("mount -t tmpfs inner /opt && echo x > /opt/x && ls /opt") == "x\n");
    }
  }
}

TEST_CASE("A7: the root is an overlay of the image's layers, the highest first, and writes go up") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const ImageSpec image = box_image();
      std::vector<std::size_t> places;
      const std::string options = table(caller).front().options;
      for (auto layer = image.layers.rbegin(); layer != image.layers.rend(); ++layer) {
        places.push_back(options.find(digest_hex(layer->tar)));
      }
      // Where the kernel takes layers by descriptor it shows their paths.
      if (options.find("lowerdir+=") != std::string::npos) {
        CHECK(places.back() != std::string::npos);
        CHECK(std::is_sorted(places.begin(), places.end()));
      }
      CHECK_THAT(options, Catch::Contains("userxattr"));
      CHECK(runner.inside("echo changed > /etc/hello; cat /etc/hello") == "changed\n");
      CHECK(runner.inside("cat /etc/hello") == "hello from the image\n");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
