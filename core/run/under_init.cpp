#include "core/run/under_init.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "core/doctor/cause.hpp"
#include "core/init/program.hpp"
#include "core/linux/fd.hpp"
#include "core/linux/process.hpp"

namespace slipway::run {
namespace {

constexpr const char* kDoing = "start the container's init";

// In memory, and sealed: /proc/1/exe leads to what is executed, and must lead to no file of the host, nor to anything
// that a root inside could write to.
Result<linux::Fd> executable() {
  constexpr unsigned kExecutable = 0x10;  // MFD_EXEC, Linux 6.3
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  linux::Fd file(::memfd_create("slipway-init", kFlags | kExecutable));
  if (!file && errno == EINVAL) file = linux::Fd(::memfd_create("slipway-init", kFlags));
  if (!file) {
    const int code = errno;
    const auto cause = doctor::why_no_program_in_memory(code);
    return tl::unexpected(doctor::with_cause({code, kDoing, "", ""}, cause));
  }
  const std::span<const std::byte> program = init::program();
  if (auto written = linux::write_all(file, program.data(), program.size()); !written)
    return failure(written.error().code, kDoing);
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return failure(errno, kDoing);
  return file;
}

// A session of its own, as the program has it without an init: its terminal's keys reach it and not the init, and a
// signal to its own process group stays there.
Result<void> stand_apart(pid_t init, const linux::Fd& begun) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failure(errno, "tie the program to its init");
  (void)::setsid();
  char byte = 0;
  // The other end closes when the init is executed.
  while (::read(begun.get(), &byte, 1) < 0 && errno == EINTR) {
  }
  if (::getppid() != init) ::_exit(1);  // or when it has died
  return {};
}

// Does not return where that succeeds.
tl::unexpected<Error> become_init(const linux::Fd& file, pid_t program) {
  std::string name = "slipway-init";
  std::string number = std::to_string(program);
  std::array<char*, 3> arguments = {name.data(), number.data(), nullptr};
  std::array<char*, 1> environment = {nullptr};
  ::syscall(SYS_execveat, file.get(), "", arguments.data(), environment.data(), AT_EMPTY_PATH);
  return failure(errno, kDoing);
}

}  // namespace

Result<void> put_under_init() {
  auto file = executable();
  if (!file) return tl::unexpected(file.error());
  auto begun = linux::make_pipe();
  if (!begun) return tl::unexpected(begun.error());
  // What comes between here and the init's own beginning is kept for it; the program's process unblocks all later.
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  const pid_t init = ::getpid();
  auto program = linux::clone_process(0);
  if (!program) return failure(program.error().code, kDoing);
  if (program->pid == 0) {
    begun->b.reset();
    return stand_apart(init, begun->a);
  }
  begun->a.reset();
  auto failed = become_init(*file, program->pid);
  linux::end_now(*program);
  return failed;
}

}  // namespace slipway::run
