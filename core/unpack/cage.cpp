#include "core/unpack/cage.hpp"

#include <fcntl.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/linux/fd.hpp"
#include "core/unpack/limits.hpp"

namespace slipway::unpack {
namespace {

Result<void> limit(int what, rlim_t value, const char* doing) {
  rlimit found{};
  if (::getrlimit(static_cast<__rlimit_resource>(what), &found) != 0) return failure(errno, doing);
  // A lower one of the caller's stays: only root may raise it, and whoever set it meant it.
  value = std::min(value, found.rlim_max);
  const rlimit both{value, value};
  if (::setrlimit(static_cast<__rlimit_resource>(what), &both) != 0) return failure(errno, doing);
  return {};
}

Result<void> set_limits() {
  // zstd may ask for a window of 2 GiB, and two million names have to be remembered.
  [[maybe_unused]] constexpr rlim_t kMemory = rlim_t{6} << 30U;
  constexpr rlim_t kTime_s = 3600;  // 64 GiB at 20 MB/s
#ifndef SLIPWAY_SANITIZED           // the sanitizers' shadow is terabytes of address space
  if (auto done = limit(RLIMIT_AS, kMemory, "limit the worker's memory"); !done) return done;
#endif
  if (auto done = limit(RLIMIT_CPU, kTime_s, "limit the worker's time"); !done) return done;
  if (auto done = limit(RLIMIT_FSIZE, kMostBytes, "limit the worker's files"); !done) return done;
  if (auto done = limit(RLIMIT_CORE, 0, "limit the worker's core"); !done) return done;
  // Merging holds three descriptors a level.
  constexpr rlim_t kFiles = 4096;
  return limit(RLIMIT_NOFILE, kFiles, "limit the worker's descriptors");
}

// The new mount API, because there is no directory that every host has and that nobody needs to mount upon.
Result<linux::Fd> make_empty_file_system() {
  constexpr const char* kDoing = "make the worker's empty root";
  const linux::Fd context(::fsopen("tmpfs", FSOPEN_CLOEXEC));
  if (!context) return failure(errno, kDoing);
  if (::fsconfig(context.get(), FSCONFIG_SET_STRING, "size", "4096", 0) != 0 ||
      ::fsconfig(context.get(), FSCONFIG_SET_STRING, "mode", "0555", 0) != 0 ||
      ::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return failure(errno, kDoing);
  }
  linux::Fd mounted(::fsmount(context.get(), FSMOUNT_CLOEXEC,
                              MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  if (!mounted) return failure(errno, kDoing);
  return mounted;
}

}  // namespace

Result<void> enter_cage() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failure(errno, "give up new privileges");
  // Nobody of the same user reads along in /proc/PID/mem.
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failure(errno, "close the worker's memory to others");
  return set_limits();
}

Result<linux::Fd> detach_working_directory() {
  constexpr const char* kDoing = "take the worker's directory out of the host's tree";
  const linux::Fd mounted(::open_tree(AT_FDCWD, ".", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!mounted) return failure(errno, kDoing, "", "is something mounted below it?");
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (::mount_setattr(mounted.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
    return failure(errno, kDoing);
  linux::Fd directory(::openat(mounted.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return failure(errno, kDoing);
  return directory;
}

Result<void> leave_all_mounts() {
  constexpr const char* kDoing = "leave the host's mounts";
  // First of all: what is shared would be unmounted on the host as well.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failure(errno, kDoing);
  auto empty = make_empty_file_system();
  if (!empty) return tl::unexpected(empty.error());
  if (::move_mount(empty->get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0) return failure(errno, kDoing);
  if (::fchdir(empty->get()) != 0) return failure(errno, kDoing);
  // The old root comes to lie upon the new one and is taken away there; pivot_root(2), "pivot_root(".", ".")".
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return failure(errno, kDoing);
  if (::umount2(".", MNT_DETACH) != 0) return failure(errno, kDoing);
  if (::chdir("/") != 0) return failure(errno, kDoing);
  return {};
}

Result<void> drop_capabilities() {
  constexpr const char* kDoing = "drop the worker's capabilities";
  constexpr std::array<cap_value_t, 6> kKept = {CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,
                                                CAP_FSETID, CAP_MKNOD,        CAP_SETFCAP};
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return failure(errno, kDoing);
  // The bounding set first: that needs CAP_SETPCAP, which goes with the rest.
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    const bool kept = std::find(kKept.begin(), kKept.end(), capability) != kKept.end();
    if (!kept && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return failure(errno, kDoing);
  }
  cap_t wanted = ::cap_init();
  if (wanted == nullptr) return failure(errno, kDoing);
  const int done = ::cap_set_flag(wanted, CAP_PERMITTED, kKept.size(), kKept.data(), CAP_SET) |
                   ::cap_set_flag(wanted, CAP_EFFECTIVE, kKept.size(), kKept.data(), CAP_SET) | ::cap_set_proc(wanted);
  const int code = errno;
  ::cap_free(wanted);
  if (done != 0) return failure(code, kDoing);
  return {};
}

Result<void> close_cage(int directory, int source) {
  if (auto done = leave_all_mounts(); !done) return done;
  if (auto done = drop_capabilities(); !done) return done;
  if (auto done = restrict_to(directory, source); !done) return done;
#ifdef SLIPWAY_SANITIZED  // whose runtime makes calls of its own
  return {};
#else
  return filter_system_calls();
#endif
}

}  // namespace slipway::unpack
