// What can still be done from inside the cage, tried from inside.
#include "core/unpack/cage.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string>

#include "core/linux/process.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway;
using namespace slipway::unpack;
using namespace slipway::tests;
using slipway::linux::Fd;

namespace {

// Runs `act` in the worker's namespaces and returns what it wrote down.
std::string inside(const Fd& directory, std::uint64_t more_namespaces, const std::function<std::string()>& act) {
  auto pipe = linux::make_pipe();
  REQUIRE(pipe);
  constexpr std::uint64_t kNamespaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID;
  auto process = linux::clone_process(kNamespaces | more_namespaces);
  REQUIRE(process);
  if (process->pid == 0) {
    // A new mount namespace takes the working directory along; descriptors stay in the old one.
    const bool there = ::fchdir(directory.get()) == 0 && ::unshare(CLONE_NEWNS) == 0;
    (void)linux::write_all(pipe->b, there ? act() : std::string("not there"));
    ::_exit(0);
  }
  pipe->b.reset();
  auto said = linux::read_all(pipe->a, 65536);
  REQUIRE(linux::wait_for(*process));
  return said ? *said : "no answer";
}

Fd open_root() { return Fd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

// "name=ENOENT " for a call that failed, "name=done " for one that did not.
std::string tried(const char* name, long result) {
  return std::string(name) + "=" + (result < 0 ? errno_name(errno) : "done") + " ";
}

}  // namespace

TEST_CASE("from the cage there is nothing to open, nobody to reach, and only the given directory to write to") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  const Fd outside(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string said = inside(outside, 0, [&] {
    if (auto entered = enter_cage(); !entered) return sentence(entered.error());
    auto store = detach_working_directory();
    if (!store) return sentence(store.error());
    if (auto closed = close_cage(store->get()); !closed) return sentence(closed.error());
    std::string text = tried("passwd", ::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
    text += tried("proc", ::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    text += tried("above", ::openat(store->get(), "../../../etc/passwd", O_RDONLY | O_CLOEXEC));
    text += tried("inside", ::mkdirat(store->get(), "made", 0755));
    text += tried("moved", ::renameat2(store->get(), "made", store->get(), "renamed", 0));
    text += tried("given", ::fchownat(store->get(), "renamed", 7, 8, 0));
    text += tried("device", ::mknodat(store->get(), "null", S_IFCHR | 0600, 0x103));
    return text;
  });
  CHECK(said == "passwd=ENOENT proc=ENOENT above=ENOENT inside=done moved=done given=done device=done ");
}

TEST_CASE("what lies above the given directory is out of reach where there is no Landlock, too") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  write_file(directory / "neighbour", "x");
  ::mkdir((directory / "store").c_str(), 0700);
  const Fd outside(::open((directory / "store").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string said = inside(outside, 0, [&] {
    auto store = detach_working_directory();
    if (!store) return sentence(store.error());
    if (auto left = leave_all_mounts(); !left) return sentence(left.error());
    // Neither of these is Landlock's to forbid.
    return tried("chmod", ::fchmodat(store->get(), "../neighbour", 0777, 0)) +
           tried("plain", ::fchmodat(outside.get(), "../neighbour", 0600, 0));
  });
  // The second is what the worker would have without a mount of its own.
  CHECK(said == "chmod=ENOENT plain=done ");
}

#ifndef SLIPWAY_SANITIZED  // whose runtime makes calls of its own, so there is no filter
TEST_CASE("from the cage no call leads to processes, sockets, mounts or other credentials") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root");
  const std::string said = inside(open_root(), 0, [] {
    if (auto entered = enter_cage(); !entered) return sentence(entered.error());
    if (auto closed = close_cage(-1); !closed) return sentence(closed.error());
    std::string text = tried("socket", ::socket(AF_INET, SOCK_STREAM, 0));
    text += tried("fork", ::syscall(SYS_fork));
    text += tried("clone3", ::syscall(SYS_clone3, nullptr, 0));
    text += tried("execve", ::syscall(SYS_execve, "/x", nullptr, nullptr));
    text += tried("mount", ::mount("none", "/", "tmpfs", 0, nullptr));
    text += tried("unshare", ::unshare(CLONE_NEWUSER));
    text += tried("setuid", ::setuid(1000));
    text += tried("ptrace", ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
    text += tried("kill", ::kill(1, 0));
    text += tried("ioctl", ::syscall(SYS_ioctl, 2, 0x5412, "x"));
    text += tried("bpf", ::syscall(SYS_bpf, 0, nullptr, 0));
    text +=
        tried("executable",
              reinterpret_cast<long>(::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
    return text;
  });
  CHECK(said ==
        "socket=EPERM fork=EPERM clone3=EPERM execve=EPERM mount=EPERM unshare=EPERM setuid=EPERM ptrace=EPERM "
        "kill=EPERM "
        "ioctl=EPERM bpf=EPERM executable=EPERM ");
}
#endif

TEST_CASE("six capabilities are left, and none can come back") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root");
  const std::string said = inside(open_root(), 0, [] {
    if (auto dropped = drop_capabilities(); !dropped) return sentence(dropped.error());
    std::string text;
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
      if (::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1) text += std::to_string(capability) + " ";
    }
    cap_t held = ::cap_get_proc();
    char* const words = ::cap_to_text(held, nullptr);
    text += words;
    ::cap_free(words);
    ::cap_free(held);
    return text;
  });
  CHECK(said == "0 1 3 4 27 31 cap_chown,cap_dac_override,cap_fowner,cap_fsetid,cap_mknod,cap_setfcap=ep");
}

TEST_CASE("the cage closes in a user namespace as well") {
  const TemporaryDirectory directory;
  const Fd outside(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string said = inside(outside, CLONE_NEWUSER, [&] {
    if (auto entered = enter_cage(); !entered) return sentence(entered.error());
    auto store = detach_working_directory();
    if (!store) return sentence(store.error());
    if (auto closed = close_cage(store->get()); !closed) return sentence(closed.error());
    return tried("passwd", ::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
  });
  CHECK(said == "passwd=ENOENT ");
}
