// pseudo-standard's profiles and options, as the container's own programs see them.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

using Json = nlohmann::json;
using Rows = std::set<std::string>;
using Words = std::vector<std::string>;

// pseudo-standard alone, with these options.
Words pseudo(const std::string& options) {
  return {"--set", R"(pseudo={"use":"pseudo-standard")" + (options.empty() ? "" : "," + options) + "}"};
}

Words with_namespaces(Words words, const std::string& list) {
  words.insert(words.end(), {"--set", "isolation.namespaces=" + list, "--set", "network=[]"});
  return words;
}

const Rows kDevices = {"/dev/null bound",   "/dev/zero bound",    "/dev/full bound",
                       "/dev/random bound", "/dev/urandom bound", "/dev/tty bound"};

// What a program sees that was not told anything.
Rows everything(const Caller& caller) {
  Rows rows = rows_of(table(caller, pseudo("")));
  CHECK(rows.contains("/dev/pts devpts rw,nosuid,noexec,relatime"));
  return rows;
}

TEST_CASE("A8: the profile recipe-a mounts what recipe A mounts, with its flags, and nothing more") {
  Rows expected = {"/ overlay rw,relatime",
                   "/proc proc rw,nosuid,nodev,noexec,relatime",
                   "/sys sysfs rw,nosuid,nodev,noexec,relatime",
                   "/run tmpfs rw,nosuid,nodev,relatime",
                   "/tmp tmpfs rw,nosuid,nodev,relatime",
                   "/dev tmpfs rw,nosuid,relatime",
                   "/dev/pts devpts rw,nosuid,noexec,relatime",
                   "/dev/shm tmpfs rw,nosuid,nodev,relatime"};
  expected.insert(kDevices.begin(), kDevices.end());
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Words recipe = pseudo(R"("profile":"recipe-a")");
      CHECK(rows_of(table(caller, recipe)) == expected);
      Runner& runner = shared(caller);
      CHECK(runner.inside("stat -c '%n %a' /run /tmp /dev /dev/pts/ptmx", recipe) ==
            "/run 755\n/tmp 1777\n/dev 755\n/dev/pts/ptmx 666\n");
      CHECK(runner.inside("ls -A /dev | sort | tr '\\n' ' '", recipe) ==
            "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ");
      CHECK(runner.inside("probe pty", recipe) == "/dev/pts/0\n");
    }
  }
}

TEST_CASE("B7: the profile recipe-b mounts what recipe B mounts, with its flags, and nothing more") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Rows expected = {"/ overlay rw,relatime",
                       "/proc proc rw,relatime",
                       "/sys sysfs ro,nosuid,nodev,noexec,relatime",
                       "/dev tmpfs rw,nosuid",
                       "/dev/pts devpts rw,relatime",
                       "/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime",
                       "/dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime"};
      if (host_has_cgroup2()) expected.insert("/sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime");
      if (!caller.is_root()) expected.insert(kDevices.begin(), kDevices.end());
      const Words recipe = pseudo(R"("profile":"recipe-b")");
      const std::vector<Mount> mounts = table(caller, recipe);
      CHECK(rows_of(mounts) == expected);
      for (const Mount& mount : mounts) {
        const std::string options = "," + mount.options + ",";
        if (mount.target == "/dev") {
          CHECK_THAT(options, Catch::Contains(",size=65536k,") && Catch::Contains(",mode=755,"));
        }
        if (mount.target == "/dev/shm") CHECK_THAT(options, Catch::Contains(",size=65536k,"));
        if (mount.target == "/dev/pts") {
          CHECK_THAT(options, Catch::Contains(",mode=620,") && Catch::Contains(",ptmxmode=666,"));
        }
      }
      CHECK(shared(caller).inside("readlink /dev/core; readlink /dev/ptmx; stat -c %a /dev/shm", recipe) ==
            "/proc/kcore\npts/ptmx\n1777\n");
    }
  }
}

TEST_CASE("B10: the terminals are an instance of the container's own, and /dev/ptmx opens one for anybody") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("readlink /dev/ptmx; stat -c '%a %t:%T' /dev/pts/ptmx; ls /dev/pts") ==
            "pts/ptmx\n666 5:2\nptmx\n");
      CHECK(runner.inside("probe pty", pseudo(R"("profile":"recipe-b")")) == "/dev/pts/0\n");
    }
  }
}

TEST_CASE("B12: /dev/shm is for everybody, holds 64 MiB, and runs nothing") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      CHECK(shared(caller).inside("stat -c %a /dev/shm; df -k /dev/shm | grep -c ' 65536 '; cp /bin/probe /dev/shm/p; "
                                  "/dev/shm/p 2>&1 || echo $?") == "1777\n1\nsh: /dev/shm/p: Permission denied\n126\n");
    }
  }
}

TEST_CASE("B13: /sys tells of the kernel and cannot be written to, by root inside neither") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      CHECK(shared(caller).inside("ls /sys/class/net; (echo 1 > /sys/class/net/lo/tx_queue_len) 2>&1; :") ==
            "lo\nsh: can't create /sys/class/net/lo/tx_queue_len: Read-only file system\n");
    }
  }
}

TEST_CASE("B14: cgroup2 is mounted read-only where the host has it, and the container sees itself at /") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      if (!host_has_cgroup2()) {
        CHECK(runner.inside("ls -A /sys/fs/cgroup") == "");
        const Outcome outcome = runner.run({"--set", "pseudo.0.cgroup=true", runner.box(), "true"});
        CHECK(outcome.shell_status() == 125);
        CHECK_THAT(outcome.errors, Catch::Contains("does not use version 2 of control groups"));
        continue;
      }
      const std::string groups = runner.inside("cat /proc/self/cgroup");
      CHECK_THAT("\n" + groups, Catch::Contains("\n0::/\n"));
      CHECK(runner.inside("grep -x $$ /sys/fs/cgroup/cgroup.procs") == "1\n");
      const Outcome outcome = runner.run({runner.box(), "mkdir", "/sys/fs/cgroup/x"});
      CHECK_THAT(outcome.errors, Catch::Contains("Read-only file system"));
      // Without a cgroup namespace it would show the host's groups.
      const std::string shared_groups = R"(["mount","pid","ipc","uts","net"])";
      for (const Mount& mount : table(caller, with_namespaces({}, shared_groups))) CHECK(mount.type != "cgroup2");
    }
  }
}

TEST_CASE("A11: each file system can be left out, and takes away what lies in it and nothing else") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Rows all = everything(caller);
      for (const auto& [option, place] :
           {std::pair{"sys", "/sys"}, std::pair{"cgroup", "/sys/fs/cgroup"}, std::pair{"pts", "/dev/pts"},
            std::pair{"shm", "/dev/shm"}, std::pair{"mqueue", "/dev/mqueue"}, std::pair{"run", "/run"},
            std::pair{"tmp", "/tmp"}}) {
        INFO(option);
        // /sys/firmware, and what else is masked, is nowhere then.
        Rows expected;
        for (const std::string& row : all) {
          const bool goes = row.starts_with(std::string(place) + " ");
          if (!goes) expected.insert(row);
        }
        CHECK(rows_of(table(caller, pseudo("\"" + std::string(option) + "\":false"))) == expected);
      }
      Words none = pseudo(R"("dev":false)");
      none.insert(none.end(), {"--set", "harden=[]"});
      Rows expected;
      for (const std::string& row : all) {
        if (!row.starts_with("/dev")) expected.insert(row);
      }
      CHECK(rows_of(table(caller, none)) == expected);
      CHECK(shared(caller).inside("ls -A /dev", none) == "");
      // What is asked for by name comes all the same.
      none[1].insert(none[1].size() - 1, R"(,"shm":true,"links":["fd"])");
      expected.insert("/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime");
      CHECK(rows_of(table(caller, none)) == expected);
      CHECK(shared(caller).inside("ls -A /dev", none) == "fd\nshm\n");
    }
  }
}

TEST_CASE("B12: a file system takes a size, a mode, flags and options of its own") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Words words = {"--set", "pseudo.0.shm.size=1M",
                           "--set", "pseudo.0.run.mode=0700",
                           "--set", R"(pseudo.0.tmp={"flags":["nosuid","nodev","noexec","noatime"],"size":"2M"})",
                           "--set", R"(pseudo.0.proc.options=["hidepid=ptraceable"])",
                           "--set", "pseudo.0.pts.mode=0600"};
      CHECK(runner.inside("df -k /dev/shm /tmp | grep -c ' 1024 \\| 2048 '; stat -c %a /run", words) == "2\n700\n");
      Rows found;
      for (const Mount& mount : table(caller, words)) {
        if (mount.target == "/tmp") CHECK(mount.flags == "rw,nosuid,nodev,noexec,noatime");
        if (mount.target == "/proc") CHECK_THAT(mount.options, Catch::Contains("hidepid="));
        if (mount.target == "/dev/pts") CHECK_THAT("," + mount.options + ",", Catch::Contains(",mode=600,"));
        found.insert(mount.target);
      }
      CHECK(found.contains("/dev/pts"));
      const Outcome outcome = runner.run({"--set", "pseudo.0.shm.size=much", runner.box(), "true"});
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors, Catch::Contains("/pseudo/0/shm/size: expected text as in \"64M\", found \"much\""));
    }
  }
}

TEST_CASE("A9: devices and links are those that the options name, and a device that the host lacks is an error") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Words few = pseudo(R"("nodes":["null","zero"],"links":["fd","ptmx"],"mqueue":false)");
      CHECK(runner.inside("ls -A /dev | tr '\\n' ' '; echo x > /dev/null; head -c 2 /dev/zero | wc -c", few) ==
            "fd null ptmx pts shm zero 2\n");
      // A device that slipway does not know is the host's.
      CHECK(runner.inside("stat -c '%F %t:%T' /dev/kmsg", pseudo(R"("nodes":["null","kmsg"])")) ==
            "character special file 1:b\n");
      Words lacking = pseudo(R"("nodes":["null","no/such-device"])");
      lacking.insert(lacking.end(), {runner.box(), "true"});
      const Outcome outcome = runner.run(lacking);
      CHECK(outcome.shell_status() == 125);
      CHECK(lines_of(outcome.errors).size() == 2);
      CHECK_THAT(outcome.errors,
                 Catch::Contains("/dev/no/such-device: No such file or directory") && Catch::Contains("--set pseudo"));
    }
  }
}

TEST_CASE("A8: what the kernel gives only to a namespace's owner is left out, and an error where it is asked for") {
  struct Row {
    const char *option, *place, *lacks;
  };
  const std::string few = R"(["mount","pid","uts"])";
  for (const Caller& caller : callers()) {
    for (const Row& row : std::initializer_list<Row>{
             {"sys", "/sys", "net"}, {"mqueue", "/dev/mqueue", "ipc"}, {"cgroup", "/sys/fs/cgroup", "cgroup"}}) {
      DYNAMIC_SECTION(caller.name << ": " << row.option) {
        if (std::string(row.option) == "cgroup" && !host_has_cgroup2()) continue;
        Runner& runner = shared(caller);
        const auto has = [&](const Words& words) {
          for (const Mount& mount : table(caller, with_namespaces(words, few))) {
            if (mount.target == row.place) return true;
          }
          return false;
        };
        // Root may see the host's network devices, as before; nobody is shown its queues and groups without asking.
        CHECK(has(pseudo("")) == (caller.is_root() && std::string(row.option) == "sys"));
        const std::string asked = "\"" + std::string(row.option) + "\":true";
        if (caller.is_root()) {
          CHECK(has(pseudo(asked)));
          continue;
        }
        Words words = with_namespaces(pseudo(asked), few);
        words.insert(words.end(), {runner.box(), "true"});
        const Outcome outcome = runner.run(words);
        CHECK(outcome.shell_status() == 125);
        CHECK_THAT(outcome.errors,
                   Catch::Contains(std::string(row.place) + " cannot be mounted: the kernel gives no") &&
                       Catch::Contains(std::string("the host's ") + row.lacks + " namespace") &&
                       Catch::Contains("isolation.namespaces"));
      }
    }
  }
}

TEST_CASE("B5: with the host's processes an ordinary user's /proc is the host's, under the same masks") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Words words = with_namespaces({}, R"(["mount","ipc","uts","cgroup"])");
      Runner& runner = shared(caller);
      CHECK(runner.inside("wc -c < /proc/interrupts; ls /proc/1 > /dev/null && echo $(($$ > 1))", words) == "0\n1\n");
      for (const Mount& mount : table(caller, words)) {
        if (mount.target == "/proc") CHECK(mount.flags.starts_with("rw,nosuid,nodev,noexec"));
        if (mount.target == "/proc/sys") CHECK(mount.flags.starts_with("ro,"));
      }
    }
  }
}

TEST_CASE("B11: a plan for a kernel without mqueue or cgroup2 goes without them, unless they are asked for") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Json facts = Json::parse(runner.slipway({"plan", "--json", runner.box()}).output).at("facts");
      CHECK(facts.at("host").at("filesystems").size() > 5);
      CHECK(facts.at("host").at("cgroup2") == host_has_cgroup2());
      facts["host"]["filesystems"] = {"proc", "sysfs", "tmpfs", "devpts", "overlay", "cgroup2"};
      facts["host"]["cgroup2"] = false;
      const std::string file = runner.put("facts.json", facts.dump());
      const Outcome plan = runner.slipway({"plan", "--facts", file, runner.box()});
      CHECK(plan.shell_status() == 0);
      CHECK_THAT(plan.output, !Catch::Contains("mqueue") && !Catch::Contains("cgroup2") && Catch::Contains("sysfs on"));
      for (const auto& [option, why] : {std::pair{"mqueue", "the kernel has no file system mqueue"},
                                        std::pair{"cgroup", "the host does not use version 2 of control groups"}}) {
        const Outcome asked = runner.slipway(
            {"plan", "--facts", file, "--set", "pseudo.0." + std::string(option) + "=true", runner.box()});
        CHECK(asked.shell_status() == 1);
        CHECK_THAT(asked.errors, Catch::Contains(why) && Catch::Contains("/pseudo/0/" + std::string(option)));
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
