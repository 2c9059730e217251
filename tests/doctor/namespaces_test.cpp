// What keeps slipway from making namespaces, or from having power in them: doctor's line and a run's hint are of one
// mind.
#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/doctor/hindering.hpp"

namespace slipway::tests {

TEST_CASE("user namespaces whose limit is 0 are named as the reason") {
  for (const Who who : kUsers) {
    INFO(to_text(who));
    Host host(who);
    host.hinder({"--user-namespace"});
    CHECK(faults_of(host, {"user-namespaces", "ok", {"can be made"}}) == "");
    host.hinder({"--write", "/proc/sys/user/max_user_namespaces=0"});
    CHECK(faults_of(host, {"user-namespaces",
                           "missing",
                           {"/proc/sys/user/max_user_namespaces is 0", "sysctl user.max_user_namespaces="}}) == "");
    const Report report = host.doctor();
    CHECK(report.line("namespaces").detail == "not tried: there are no namespaces to try it in");
    CHECK(report.line("proc").state == "missing");
  }
}

TEST_CASE("root of another user namespace needs one for its containers, like any user") {
  Host host(Who::root);
  host.hinder({"--user-namespace"});
  CHECK(host.run().shell_status() == 0);
  host.hinder({"--write", "/proc/sys/user/max_user_namespaces=0"});
  CHECK(host.doctor().line("user-namespaces").state == "missing");
  CHECK_THAT(host.run().errors, Catch::Contains("user namespaces are switched off"));
}

TEST_CASE("a kind of namespace whose limit is 0 is named") {
  for (const Who who : kAll) {
    for (const std::string kind : {"mnt", "pid", "ipc", "uts", "net", "cgroup"}) {
      INFO(to_text(who) << ", " << kind);
      Host host(who);
      // A user's own user namespace has limits of its own; this one counts because it is around it.
      host.hinder({"--user-namespace", "--write", "/proc/sys/user/max_" + kind + "_namespaces=0"});
      CHECK(faults_of(host,
                      {"namespaces",
                       "missing",
                       {"/proc/sys/user/max_" + kind + "_namespaces is 0", "as root: sysctl user.max_" + kind}}) == "");
    }
  }
}

TEST_CASE("Debian's switch for user namespaces is named when it is off") {
  for (const Who who : kUsers) {
    INFO(to_text(who));
    Host host(who);
    host.cover_directory("/proc/sys/kernel", {{"unprivileged_userns_clone", "0\n"}});
    host.hinder({"--refuse", rule(SYS_clone3, EPERM)});
    CHECK(faults_of(host, {"user-namespaces",
                           "missing",
                           {"/proc/sys/kernel/unprivileged_userns_clone is 0",
                            "sysctl kernel.unprivileged_userns_clone=1"}}) == "");
  }
}

TEST_CASE("AppArmor's switch is named when namespaces come into being without power") {
  for (const Who who : kUsers) {
    INFO(to_text(who));
    Host host(who);
    host.cover_directory("/proc/sys/kernel", {{"apparmor_restrict_unprivileged_userns", "1\n"}});
    host.hinder({"--refuse", rule(SYS_fsopen, EACCES)});
    CHECK(faults_of(host, {"user-namespaces",
                           "missing",
                           {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns is 1", "AppArmor profile"}}) == "");
  }
}

TEST_CASE("SELinux is named where it enforces, with its booleans, and other security modules where they are on") {
  struct Row {
    const char* script;
    std::vector<std::string> parts;
  };
  const Row rows[] = {
      {"mount -t tmpfs selinux /sys/fs; mkdir -p /sys/fs/selinux/booleans; cd /sys/fs/selinux;"
       "printf 1 > enforce; printf '0 0' > booleans/some_userns_boolean; printf '1 1' > booleans/other",
       {"SELinux is enforcing", "(some_userns_boolean is 0)", "ausearch -m avc"}},
      {"mount -t tmpfs security /sys/kernel; mkdir /sys/kernel/security;"
       "printf 'lockdown,capability,yama,tomoyo,bpf' > /sys/kernel/security/lsm",
       {"Or a security module did: tomoyo, bpf"}},
  };
  for (const Row& row : rows) {
    for (const Who who : kUsers) {
      INFO(row.parts[0] << ", " << to_text(who));
      Host host(who);
      host.root({"sh", "-c", row.script});
      host.hinder({"--refuse", rule(SYS_clone3, EPERM)});
      CHECK(faults_of(host, {"user-namespaces", "missing", row.parts}) == "");
    }
  }
}

TEST_CASE("a system-call filter around slipway is named") {
  for (const Who who : kAll) {
    INFO(to_text(who));
    Host host(who);
    host.hinder({"--refuse", rule(SYS_unshare, EPERM)});
    CHECK(faults_of(host, {"namespaces", "missing", {"under a system-call filter", "seccomp=unconfined"}}) == "");
  }
}

// A directory that becomes a root like the host's.
constexpr const char* kMakeRoot =
    "for entry in /*; do"
    "  if [ -L $entry ]; then cp -P $entry $1$entry;"
    "  elif [ -d $entry ]; then mkdir $1$entry; mount --rbind $entry $1$entry; fi;"
    "done";

TEST_CASE("a chroot around slipway is named as the reason") {
  for (const Who who : kAll) {
    INFO(to_text(who));
    Host host(who);
    const std::string top = host.scratch().directory("root", 0, 0);
    host.root({"sh", "-c", kMakeRoot, "sh", top});
    host.hinder({"--chroot", top});
    const std::string line = who == Who::root ? "mount-api" : "user-namespaces";
    CHECK(faults_of(host, {line, "missing", {"slipway runs below a chroot", "run it outside"}}) == "");
  }
}

TEST_CASE("what doctor says of a chroot mends it: below one that is a mount, root runs containers") {
  Host host(Who::root);
  const std::string top = host.scratch().directory("root", 0, 0);
  host.root({"mount", "--bind", top, top});
  host.root({"sh", "-c", kMakeRoot, "sh", top});
  host.hinder({"--chroot", top});
  CHECK(host.doctor().line("mount-api").state == "ok");
  for (const char* upper : {"tmpfs", "disk"}) {
    const Outcome run = host.run({"--set", std::string("rootfs.upper=") + upper});
    INFO(run.errors);
    CHECK(run.shell_status() == 0);
  }
}

TEST_CASE("a root without CAP_SYS_ADMIN is told so") {
  Host host(Who::root);
  host.hinder({"--drop-capability", "21"});
  CHECK(faults_of(host, {"namespaces", "missing", {"lacks the capability CAP_SYS_ADMIN", "--privileged"}}) == "");
}

}  // namespace slipway::tests
