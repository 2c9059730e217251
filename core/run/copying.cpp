#include "core/run/copying.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/linux/file_lock.hpp"
#include "core/plan/packed.hpp"
#include "core/run/apart.hpp"
#include "core/run/moments.hpp"
#include "core/store/copy_tree.hpp"

namespace slipway::run {
namespace {

constexpr const char* kDoing = "copy the layers";
constexpr std::size_t kLongestReport = std::size_t{1} << 16U;

// What the process tells: what it could not keep, or why it failed.
std::string report_of(const Result<store::Losses>& copied) {
  plan::Packer report;
  const Error error = copied ? Error{} : copied.error();
  report.add_all(error.code, error.doing, error.subject, error.hint, copied ? store::to_text(*copied) : "");
  return std::move(report.bytes());
}

Result<store::Losses> losses_from(std::string_view report) {
  Error error;
  std::string losses;
  plan::Unpacker words(report);
  words.get_all(error.code, error.doing, error.subject, error.hint, losses);
  if (!words.at_end()) return failure(EPROTO, kDoing);
  if (losses.empty()) return tl::unexpected(std::move(error));
  return store::losses_from(losses);
}

// Those that exact trees need, and no other: the process has nothing to do with the rest of what root may.
Result<void> drop_capabilities() {
  constexpr std::array kKept = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_MKNOD, CAP_SETFCAP};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failure(errno, "give up new privileges");
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return failure(errno, "look at the capabilities");
  std::array<__u32, _LINUX_CAPABILITY_U32S_3> kept{};
  for (const int capability : kKept) {
    kept.at(static_cast<std::size_t>(capability) / 32) |= __u32{1} << (static_cast<unsigned>(capability) % 32);
  }
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const __u32 permitted = sets.at(i).permitted & kept.at(i);
    sets.at(i) = {permitted, permitted, 0};
  }
  if (::syscall(SYS_capset, &header, sets.data()) != 0) return failure(errno, "drop capabilities");
  return {};
}

unsigned threads_to_use() {
  constexpr int kMost = 8;  // beyond that a disk has nothing to gain
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return static_cast<unsigned>(std::clamp(CPU_COUNT(&allowed), 1, kMost));
}

Result<store::Losses> copy_here(const CopyPlaces& places) {
  if (auto dropped = drop_capabilities(); !dropped) return tl::unexpected(dropped.error());
  ::umask(0);
  ::signal(SIGXFSZ, SIG_IGN);  // EFBIG says the same and names the file
  // One for each level of the tree and each layer that has it.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
  }
  auto layers = store::open_layers(places.layers);
  if (!layers) return tl::unexpected(layers.error());
  linux::Fd into(::openat(places.into.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!into) return failure(errno, "open the directory to copy into");
  return store::copy_tree(std::move(*layers), std::move(into), threads_to_use());
}

// Held from before there is a process that copies until it has ended: its maker closes it in between.
Result<linux::Fd> make_lock(const linux::Fd& run_directory) {
  linux::Fd lock(::openat(run_directory.get(), kCopyLock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock) return failure(errno, "make a lock", kCopyLock);
  if (auto locked = linux::lock(lock, linux::Lock::exclusive); !locked) return tl::unexpected(locked.error());
  return lock;
}

Result<store::Losses> hear(Apart& copier) {
  auto report = linux::read_all(copier.socket(), kLongestReport);
  auto ending = copier.wait();
  if (!ending) return tl::unexpected(ending.error());
  if (report && !report->empty()) return losses_from(*report);
  if (ending->signal == 0) return failure(0, kDoing, "the process that copies ended without a word");
  return failure(0, kDoing, "the process that copies was killed by signal " + std::to_string(ending->signal),
                 ending->signal == SIGKILL ? "is there too little memory? the kernel's log says so: dmesg" : "");
}

}  // namespace

Result<store::Losses> copy_layers(const CopyPlaces& places, const linux::IdMap& ids, const Interruption& interruption) {
  auto lock = make_lock(places.run_directory);
  if (!lock) return tl::unexpected(lock.error());
  auto copier = Apart::make(ids, [&](const linux::Fd& maker) {
    std::vector<int> kept = {maker.get(), places.into.get(), lock->get()};
    for (const linux::Fd* layer : places.layers) kept.push_back(layer->get());
    // The journal's lock goes with the supervisor alone.
    linux::close_all_but(STDERR_FILENO + 1, std::move(kept));
    return linux::send_all(maker, report_of(copy_here(places))) ? 0 : 1;
  });
  if (!copier) return tl::unexpected(copier.error());
  lock->reset();
  may_be_killed(Victim::worker, copier->process());
  reached(Moment::copying);
  if (auto told = copier->let_go(); !told && !linux::has_ended(copier->process())) return tl::unexpected(told.error());
  auto said = wait_for_input(copier->socket(), interruption, kDoing);
  auto losses = said ? hear(*copier) : tl::unexpected(said.error());
  may_be_killed(Victim::worker, {});
  if (!losses) return losses;
  if (::unlinkat(places.run_directory.get(), kCopyLock, 0) != 0) return failure(errno, "remove a lock", kCopyLock);
  reached(Moment::copied);
  return losses;
}

}  // namespace slipway::run
