// What the kernel has, lacks or holds back: doctor's line and a run's hint are of one mind.
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "tests/doctor/hindering.hpp"

namespace slipway::tests {

TEST_CASE("a root that may not make devices is told what to do instead") {
  Host host(Who::root);
  CHECK(faults_of(host, {"devices", "ok", {}}) == "");
  Host nested(Who::root);
  nested.hinder({"--user-namespace"});
  CHECK(faults_of(nested, {"devices", "ok", {"those of the host can be had"}}) == "");
  host.hinder({"--refuse", rule(SYS_mknodat, EPERM)});
  CHECK(faults_of(host, {"devices", "missing", {"make device node: /dev/null", "bind the host's"}}) == "");
}

TEST_CASE("a file system that only root may mount is named as that") {
  for (const Who who : {Who::root, Who::range}) {
    INFO(to_text(who));
    Host host(who);
    const nlohmann::json steps = {R"({"type":"mkdir","target":"/other"})",
                                  R"({"type":"mount","target":"/other","fstype":"debugfs"})"};
    const nlohmann::json pseudo = {{{"use", "pseudo-standard"}}, {{"use", "emits-pseudo"}, {"steps", steps}}};
    const Outcome outcome = host.run({"--plugin-dir", SLIPWAY_FIXTURES, "--set", "pseudo=" + pseudo.dump()});
    INFO(to_text(outcome));
    if (who == Who::root) {
      CHECK(outcome.shell_status() == 0);
    } else {
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors,
                 Catch::Contains("hint: the kernel lets nobody but root mount debugfs; run slipway as"));
    }
  }
}

TEST_CASE("a call that the kernel lacks is named, and why nothing can be mounted") {
  for (const Who who : kAll) {
    INFO(to_text(who));
    Host host(who);
    CHECK(faults_of(host, {"mount-api", "ok", {}}) == "");
    host.hinder({"--refuse", rule(SYS_fsopen, ENOSYS)});
    CHECK(host.doctor().line("kernel").state == "missing");
    CHECK_THAT(host.doctor().line("kernel").detail, Catch::Contains(", without fsopen"));
    CHECK(faults_of(host, {"mount-api", "missing", {"lacks the mount API", "Linux 5.12 or later"}}) == "");
  }
}

TEST_CASE("a new proc or sysfs that the kernel refuses a user names what covers the old one") {
  struct Row {
    std::string type, covered;
  };
  for (const Row& row : {Row{"proc", "/proc/version"}, Row{"sysfs", "/sys/firmware"}}) {
    INFO(row.covered);
    for (const Who who : kUsers) {
      Host host(who);
      CHECK(faults_of(host, {row.type, "ok", {}}) == "");
      if (row.type == "proc") {
        host.cover(row.covered, "");
      } else {
        host.cover_directory(row.covered, {});
      }
      CHECK(faults_of(host, {row.type, "missing", {row.covered + " is covered by another mount", "unmask=ALL"}}) == "");
    }
    Host host(Who::root);
    host.cover_directory(row.type == "proc" ? "/proc/sys" : row.covered, {});
    CHECK(faults_of(host, {row.type, "ok", {}}) == "");
  }
}

TEST_CASE("a bind that a user's namespace does not allow names what is locked") {
  struct Row {
    std::string more, cause;
  };
  for (const Who who : {Who::root, Who::range}) {
    Host host(who);
    const std::string outer = host.scratch().directory("outer", 0, 0);
    const std::string inner = host.scratch().directory("outer/inner", 0, 0);
    const std::string plain = host.scratch().directory("plain", 0, 0);
    host.root({"mount", "-t", "tmpfs", "inner", inner});
    const Row rows[] = {
        {R"("source":")" + outer + R"(")", inner + " is mounted below " + outer + ", and in a user namespace"},
        {R"("source":")" + plain + R"(","flags":["noatime"])", "a flag of the host's mount of " + plain + " is locked"},
    };
    for (const Row& row : rows) {
      INFO(row.more << " as " << to_text(who));
      const nlohmann::json steps = {R"({"type":"mkdir","target":"/bound"})",
                                    R"({"type":"bind","target":"/bound",)" + row.more + "}"};
      const nlohmann::json pseudo = {{{"use", "pseudo-standard"}}, {{"use", "emits-pseudo"}, {"steps", steps}}};
      const Outcome outcome = host.run({"--plugin-dir", SLIPWAY_FIXTURES, "--set", "pseudo=" + pseudo.dump()});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == (who == Who::root ? 0 : 125));
      if (who == Who::range) CHECK_THAT(outcome.errors, Catch::Contains("hint: " + row.cause));
    }
  }
}

TEST_CASE("a host without Landlock, or with an old one, is a degraded one") {
  for (const Who who : {Who::root, Who::range}) {
    for (const int code : {ENOSYS, EOPNOTSUPP}) {
      Host host(who);
      CHECK(faults_of(host, {"landlock", "ok", {"ABI "}}) == "");
      host.hinder({"--refuse", rule(SYS_landlock_create_ruleset, code)});
      CHECK(faults_of(host, {"landlock", "degraded", {code == ENOSYS ? "lacks it" : "not switched on"}}) == "");
    }
  }
}

TEST_CASE("a kernel without system-call filters cannot unpack, and says so") {
  for (const Who who : {Who::root, Who::range}) {
    INFO(to_text(who));
    Host host(who);
    CHECK(faults_of(host, {"seccomp", "ok", {"filters"}}) == "");
    host.hinder({"--refuse", rule(SYS_seccomp, EINVAL), "--refuse", rule(SYS_prctl, PR_GET_SECCOMP, EINVAL), "--refuse",
                 rule(SYS_prctl, PR_SET_SECCOMP, EINVAL)});
    const Report report = host.doctor();
    CHECK(report.line("seccomp").state == "missing");
    CHECK_THAT(report.line("seccomp").remedy, Catch::Contains("CONFIG_SECCOMP_FILTER"));
    CHECK(report.line("worker").state == "missing");
    CHECK(report.status == 1);
    CHECK(host.run().shell_status() == 125);
  }
}

TEST_CASE("a tmpfs without user attributes is a degraded one") {
  for (const Who who : kAll) {
    Host host(who);
    CHECK(faults_of(host, {"tmpfs-attributes", "ok", {}}) == "");
    host.hinder({"--refuse", rule(SYS_fsetxattr, ENOTSUP)});
    CHECK(faults_of(host, {"tmpfs-attributes", "degraded", {"no user attributes", "Linux 6.6"}}) == "");
  }
}

TEST_CASE("id-mapped mounts are tried on the store's file system, as root") {
  Host host(Who::root);
  CHECK(faults_of(host, {"mapped-mounts", "ok", {"on the file system of"}}) == "");
  host.root({"mount", "-t", "ramfs", "-o", "mode=0755", "ramfs", host.own("")});
  CHECK(faults_of(host, {"mapped-mounts", "degraded", {"not on the file system of", "ext4, xfs"}}) == "");
}

TEST_CASE("each layout of cgroups is told, and what can be written") {
  struct Row {
    const char* what;
    const char* script;
    std::string state, detail;
  };
  const Row rows[] = {
      {"none", "umount -R -l /sys/fs/cgroup", "ok", "none is mounted"},
      {"v2", "umount -R -l /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup", "ok", "v2 with "},
      {"v1",
       "umount -R -l /sys/fs/cgroup; mount -t tmpfs cgroups /sys/fs/cgroup; mkdir /sys/fs/cgroup/named; "
       "mount -t cgroup -o none,name=slipway-test named /sys/fs/cgroup/named",
       "ok", "v1 with "},
      {"covered", "mount -t tmpfs -o mode=0755 cover /sys/fs/cgroup", "ok", "; writable: none, which no stage needs"},
  };
  for (const Row& row : rows) {
    for (const Who who : {Who::root, Who::range}) {
      INFO(row.what << " as " << to_text(who));
      Host host(who);
      const Outcome prepared = host.try_root({"sh", "-c", row.script});
      if (prepared.shell_status() != 0) {
        WARN("not tried: " << prepared.errors);  // a kernel without that version of cgroups
        continue;
      }
      const Line line = host.doctor().line("cgroups");
      CHECK_THAT(line.detail, Catch::Contains(row.detail));
      CHECK(line.state == row.state);
      CHECK(host.run().shell_status() == 0);
    }
  }
}

TEST_CASE("limits of files and processes are named when they are too low") {
  for (const Who who : {Who::root, Who::range}) {
    INFO(to_text(who));
    Host few(who);
    CHECK(faults_of(few, {"limits", "ok", {"open files"}}) == "");
    few.hinder({"--limit", "nofile=100"});
    CHECK(faults_of(few, {"limits", "degraded", {"100 open files", "ulimit -n"}}) == "");
    Host fewer(who);
    fewer.hinder({"--limit", "nofile=40"});
    CHECK(fewer.doctor().line("limits").state == "missing");
    const Outcome run = fewer.run();
    CHECK(run.shell_status() == 125);
    CHECK_THAT(run.errors, Catch::Contains("the limit of open files is 40; raise it: ulimit -n 1024"));
  }
  Host host(Who::range);
  host.hinder({"--user-namespace", "--limit", "nproc=1"});
  CHECK(faults_of(host, {"limits", "missing", {"this user's limit is 1", "ulimit -u"}}) == "");
}

TEST_CASE("where programs in memory are forbidden doctor and a run with --init name the switch, and others run") {
  for (const Who who : kAll) {
    INFO(to_text(who));
    Host host(who);
    CHECK(host.doctor().line("init").state == "ok");
    host.hinder({"--pid-namespace", "--write", "/proc/sys/vm/memfd_noexec=2"});
    const Line line = host.doctor().line("init");
    CHECK(line.state == "degraded");
    CHECK(line.detail == "/proc/sys/vm/memfd_noexec is 2, which forbids programs in memory");
    CHECK(line.consequence == "--init cannot be used");
    CHECK_THAT(line.remedy, Catch::Contains("as root: sysctl vm.memfd_noexec=1"));
    CHECK(host.run().shell_status() == 0);
    const Outcome refused = host.run({"--init"});
    CHECK(refused.shell_status() == 125);
    CHECK_THAT(refused.errors, Catch::Contains("start the container's init: Permission denied") &&
                                   Catch::Contains("hint: " + line.detail + "; " + line.remedy));
    CHECK(host.doctor().line("tmpfs-attributes").state == "ok");
  }
}

}  // namespace slipway::tests
