// Recipe B, rows 5, 7 to 14, 20 and 21: what is mounted, what lies in /dev, what is read-only and what is hidden.
#include <fcntl.h>
#include <mqueue.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>

#include "tests/recipes/shipped.hpp"

namespace slipway::tests {
namespace {

constexpr std::array kReadonly{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
constexpr std::array kMasked{"/proc/asound",        "/proc/interrupts", "/proc/kcore",       "/proc/keys",
                             "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                             "/proc/acpi",          "/proc/scsi",       "/sys/firmware"};
constexpr std::array kDevices{"null", "zero", "full", "random", "urandom", "tty"};

bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }
bool is_directory(const std::string& path) { return ::access((path + "/.").c_str(), F_OK) == 0; }

// The row of a mount on `target`, without the ids of an ordinary user's container.
std::string row_on(const Shipped& recipe, const std::string& target) {
  static std::map<std::string, std::vector<Mount>> tables;
  const auto [table, is_new] = tables.try_emplace(recipe.caller().name);
  if (is_new) table->second = recipe.mounts();
  std::string row;
  for (const Mount& mount : table->second) {
    if (mount.target == target) row += row_of(mount);
  }
  const std::string ids = owner_options(recipe.caller());
  if (!ids.empty() && row.ends_with(ids)) row.resize(row.size() - ids.size());
  return row;
}

TEST_CASE("B5 /proc is a new one, of the container's own processes") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK(row_on(recipe, "/proc") == "/proc proc rw,relatime rw");
      CHECK(recipe.inside("cat /proc/1/comm; ls -d /proc/[0-9]* | wc -l") == "sh\n3\n");
    }
  }
}

TEST_CASE("B7 /dev is a tmpfs with nosuid, strictatime, mode 0755 and 64 MiB") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      // Without "relatime" or "noatime" a mount has strictatime.
      CHECK(row_on(recipe, "/dev") == "/dev tmpfs rw,nosuid rw,size=65536k,mode=755");
      CHECK(recipe.inside("stat -c '%a %u:%g' /dev; df -k /dev | grep -c ' 65536 '") == "755 0:0\n1\n");
    }
  }
}

TEST_CASE("B8 root's six devices are nodes of the container's own: type, numbers, owner and mode") {
  const std::map<std::string, std::string> numbers = {{"null", "1:3"},   {"zero", "1:5"},    {"full", "1:7"},
                                                      {"random", "1:8"}, {"urandom", "1:9"}, {"tty", "5:0"}};
  for (const Caller& caller : callers()) {
    for (const auto& [name, number] : numbers) {
      DYNAMIC_SECTION(caller.name << ": " << name) {
        const Shipped& recipe = shipped(caller, kRecipeB);
        const std::string seen = recipe.inside("stat -c '%F %t:%T %a %u:%g' /dev/" + name);
        CHECK_THAT(seen, Catch::StartsWith("character special file " + number + " 666 "));
        // In a user namespace the kernel makes no devices (mknod(2)): there they are the host's, bound.
        CHECK((row_on(recipe, "/dev/" + name) == "") == caller.is_root());
        if (caller.is_root()) CHECK_THAT(seen, Catch::EndsWith(" 666 0:0\n"));
      }
    }
  }
}

TEST_CASE("B9 the links of /dev lead to a program's own streams, and core to /proc/kcore") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      CHECK(shipped(caller, kRecipeB)
                .inside("cd /dev; for i in fd stdin stdout stderr core; do readlink $i; done; ls -A") ==
            "/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\n/proc/kcore\n"
            "core\nfd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n");
    }
  }
}

TEST_CASE("B10 /dev/pts is a new instance with mode 0620, whose ptmx anybody may open through /dev/ptmx") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK_THAT(row_on(recipe, "/dev/pts"),
                 Catch::StartsWith("/dev/pts devpts rw,relatime rw,") && Catch::EndsWith("mode=620,ptmxmode=666"));
      CHECK(recipe.inside("readlink /dev/ptmx; stat -c %a /dev/pts/ptmx; ls /dev/pts") == "pts/ptmx\n666\nptmx\n");
      for (const char* user : {"0:0", "4321:4321"}) {
        if (caller.is_single() && *user != '0') continue;
        CHECK(recipe.run({"-u", user}, {"/bin/probe", "pty"}).output == "/dev/pts/0\n");
      }
    }
  }
}

TEST_CASE("B11 a message queue can be made, lies in /dev/mqueue, and is not seen by the host") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK(row_on(recipe, "/dev/mqueue") == "/dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime rw");
      Program program(recipe.command({}, {"/bin/sh", "-c", "/bin/probe queue; ls /dev/mqueue; echo up; cat"}));
      REQUIRE(program.wait_for_output("up\n"));
      CHECK(::mq_open("/probe", O_RDONLY) == static_cast<mqd_t>(-1));
      CHECK(program.wait().output == "1 message\nprobe\nup\n");
    }
  }
}

TEST_CASE("B12 /dev/shm is a tmpfs for everybody with 64 MiB, from which nothing runs") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK(row_on(recipe, "/dev/shm") == "/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime rw,size=65536k");
      CHECK(recipe.inside("stat -c %a /dev/shm; cp /bin/probe /dev/shm/p; /dev/shm/p 2>&1 || :") ==
            "1777\n/bin/sh: /dev/shm/p: Permission denied\n");
    }
  }
}

TEST_CASE("B13 /sys is read-only, nosuid, nodev and noexec, and shows the container's network") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK(row_on(recipe, "/sys") == "/sys sysfs ro,nosuid,nodev,noexec,relatime rw");
      CHECK(recipe.inside("ls /sys/class/net; (echo 1 > /sys/class/net/lo/tx_queue_len) 2>&1 || :") ==
            "lo\n/bin/sh: can't create /sys/class/net/lo/tx_queue_len: Read-only file system\n");
    }
  }
}

TEST_CASE("B14 control groups are read-only on /sys/fs/cgroup, and the container sees itself at their root") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      if (!host_has_cgroup2()) {
        CHECK(row_on(recipe, "/sys/fs/cgroup") == "");
        continue;
      }
      CHECK_THAT(row_on(recipe, "/sys/fs/cgroup"),
                 Catch::StartsWith("/sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime rw"));
      CHECK_THAT("\n" + recipe.inside("cat /proc/self/cgroup"), Catch::Contains("\n0::/\n"));
      CHECK(recipe.inside("grep -x $$ /sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/x 2>&1 || :") ==
            "1\nmkdir: can't create directory '/sys/fs/cgroup/x': Read-only file system\n");
    }
  }
}

TEST_CASE("B20 bus, fs, irq, sys and sysrq-trigger of /proc cannot be written to, by root inside neither") {
  for (const Caller& caller : callers()) {
    for (const std::string path : kReadonly) {
      DYNAMIC_SECTION(caller.name << ": " << path) {
        const Shipped& recipe = shipped(caller, kRecipeB);
        CHECK(row_on(recipe, path).empty() != is_there(path));  // one that this kernel lacks is passed over
        if (!is_there(path)) continue;
        // The kernel looks at the mount before it looks at the owner, and not every file of /proc takes a write.
        const Outcome outcome = recipe.run({}, {"/bin/chmod", "700", path});
        CHECK(outcome.shell_status() == 1);
        CHECK_THAT(outcome.errors, Catch::Contains("Read-only file system"));
      }
    }
    DYNAMIC_SECTION(caller.name << ": a setting") {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK_THAT(recipe.inside("id -u; (echo x > /proc/sys/kernel/domainname) 2>&1 || :"),
                 Catch::StartsWith("0\n") && Catch::Contains("Read-only file system"));
    }
  }
}

TEST_CASE("B21 what is masked reads as empty: a directory is an empty read-only tmpfs, a file is /dev/null") {
  for (const Caller& caller : callers()) {
    for (const std::string path : kMasked) {
      DYNAMIC_SECTION(caller.name << ": " << path) {
        const Shipped& recipe = shipped(caller, kRecipeB);
        const std::string row = row_on(recipe, path);
        if (!is_there(path)) {
          CHECK(row == "");  // skipped; inside() checks that nothing was said of it
        } else if (is_directory(path)) {
          CHECK_THAT(row, Catch::StartsWith(path + " tmpfs ro,nosuid,nodev,noexec,relatime rw"));
          CHECK(recipe.inside("ls -A " + path + " | wc -l; touch " + path + "/x 2>&1 || :") ==
                "0\ntouch: " + path + "/x: Read-only file system\n");
        } else {
          CHECK(recipe.inside("cat " + path + " | wc -c; stat -c %t:%T " + path) == "0\n1:3\n");
        }
      }
    }
  }
}

TEST_CASE("B21 a program that is not root inside cannot take the masks away") {
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;  // whose containers have no other id
    DYNAMIC_SECTION(caller.name) {
      const Outcome outcome =
          shipped(caller, kRecipeB)
              .run({"-u", "4321"}, {"/bin/sh", "-c", "umount /proc/interrupts; cat /proc/interrupts"});
      CHECK(outcome.output == "");
      CHECK_THAT(outcome.errors, Catch::Contains("umount"));
    }
  }
}

TEST_CASE("B5 the mount table is the recipe's, from / to the last mask, with sizes and modes") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const std::string ids = owner_options(caller);
      const std::string own = " tmpfs rw,nosuid,nodev,noexec,relatime rw,mode=700" + ids;
      std::multiset<std::string> expected = {
          "/ a directory rw,relatime",
          "/proc proc rw,relatime rw",
          "/sys sysfs ro,nosuid,nodev,noexec,relatime rw",
          "/dev tmpfs rw,nosuid rw,size=65536k,mode=755" + ids,
          "/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime rw,size=65536k" + ids,
          "/dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime rw",
          "/etc/hosts its /file0" + own,
          "/etc/hostname its /file1" + own,
          "/etc/resolv.conf its /file2" + own,
      };
      if (!caller.is_root()) {
        for (const std::string name : kDevices) expected.insert("/dev/" + name + " bound from /" + name);
      }
      for (const std::string path : kReadonly) {
        if (is_there(path)) expected.insert(path + " its " + path.substr(5) + " proc ro,relatime rw");
      }
      std::multiset<std::string> found;
      for (const Mount& mount : shipped(caller, kRecipeB).mounts()) {
        // Told of above, one by one: what differs between hosts, and the masks.
        if (mount.target == "/dev/pts" || mount.target == "/sys/fs/cgroup") continue;
        if (std::find(kMasked.begin(), kMasked.end(), mount.target) != kMasked.end()) {
          CHECK(is_there(mount.target));
          continue;
        }
        found.insert(row_of(mount));
      }
      CHECK(found == expected);
    }
  }
}

}  // namespace
}  // namespace slipway::tests
