// The C library takes up to a millisecond to begin (on a virtual machine each cpuid instruction with which it looks at
// the processor is an exit to the host), and the kernel half of one to make namespaces. So the program's entry makes
// the container's first process before anything else: there is next to nothing to copy for it yet, it begins on another
// processor, and what the library has to do for both is done at the same time.
//
// Nothing here may be relocated, or use the library, thread-local storage or the stack protector: none of them is
// there.
#include "core/cli/before_libc.hpp"

#if defined(SLIPWAY_OWN_ENTRY)

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <csignal>
#include <cstddef>

#include "core/config/isolation.hpp"
#include "core/linux/namespaces.hpp"
#include "core/run/child.hpp"

extern "C" [[gnu::used, gnu::visibility("hidden")]] void slipway_before_libc(const long* stack);

// As the kernel enters a program: the arguments on the stack, and in %rdx what _start takes for a function to be called
// at exit; System V ABI for AMD64, 3.4.1. The new process comes back here, too, with a stack of its own.
asm(R"(
  .text
  .globl slipway_entry
  .hidden slipway_entry
  .type slipway_entry, @function
slipway_entry:
  endbr64
  mov %rdx, %r12
  mov %rsp, %rdi
  call slipway_before_libc
  mov %r12, %rdx
  jmp _start
  .size slipway_entry, . - slipway_entry
)");

namespace slipway::cli {
namespace {

// What a pipeline has when it says nothing (config::kUsualNamespaces); all but the first process makes by itself.
constexpr unsigned long kMadeWith = CLONE_NEWPID;
constexpr unsigned long kMadeInside = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP;

constexpr unsigned long usual_namespaces() {
  unsigned long flags = 0;
  for (const std::string_view word : config::kUsualNamespaces) flags |= linux::namespace_flag(word);
  return flags;
}
static_assert((kMadeWith | kMadeInside) == usual_namespaces());

constexpr std::size_t kMaskWords = 64;  // 4096 processors
using Processors = std::array<unsigned long, kMaskWords>;

struct Early {
  int pid;  ///< of the first process, 0 where there is none; in that one itself 0, too
  int pidfd;
  std::array<int, 2> control;  ///< the supervisor's end, the first process's
  bool is_first;               ///< this is the first process
  bool has_namespaces;         ///< and it has made kMadeInside
};
Early early;
Processors allowed;
Processors others;

inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
  long result = number;
  register long fourth asm("r10") = d;
  register long fifth asm("r8") = e;
  asm volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth) : "rcx", "r11", "memory");
  return result;
}

inline long address(const void* of) { return reinterpret_cast<long>(of); }

bool is_run(const long* stack) {
  if (stack[0] < 3) return false;
  const char* word = reinterpret_cast<const char* const*>(stack + 1)[1];
  return word[0] == 'r' && word[1] == 'u' && word[2] == 'n' && word[3] == '\0';
}

// What is opened here must not take the number of one that is closed.
bool has_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (call(SYS_fcntl, stream, F_GETFD) < 0) return false;
  }
  return true;
}

// Without another processor to begin on nothing is won.
bool find_other_processors() {
  const long size = call(SYS_sched_getaffinity, 0, sizeof allowed, address(allowed.data()));
  unsigned here = 0;
  if (size <= 0 || call(SYS_getcpu, address(&here)) != 0) return false;
  constexpr unsigned kBits = 8 * sizeof(long);
  bool found = false;
  for (std::size_t word = 0; word < kMaskWords; ++word) {
    others[word] = allowed[word];
    if (word == here / kBits) others[word] &= ~(1UL << (here % kBits));
    found = found || others[word] != 0;
  }
  return found;
}

// As the container's first process begins when the supervisor makes it; core/run/child.cpp looks again whether the
// supervisor lives, and makes what is missing here.
void begin_first_process() {
  early.is_first = true;
  call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  call(SYS_close, early.control[0]);
  early.has_namespaces = call(SYS_unshare, kMadeInside) == 0;
}

// SCHED_BATCH: as in linux::BeginElsewhere. On any other processor: to choose one takes more than it brings.
void make_first_process() {
  constexpr int kPriority = 0;
  const bool is_usual = call(SYS_sched_getscheduler) == SCHED_NORMAL;
  if (is_usual) call(SYS_sched_setscheduler, 0, SCHED_BATCH, address(&kPriority));
  const long pid = call(SYS_clone, kMadeWith | CLONE_PIDFD | SIGCHLD, 0, address(&early.pidfd));
  if (pid > 0) {
    call(SYS_sched_setaffinity, pid, sizeof others, address(others.data()));
    call(SYS_sched_setaffinity, pid, sizeof allowed, address(allowed.data()));
  }
  if (is_usual) call(SYS_sched_setscheduler, 0, SCHED_NORMAL, address(&kPriority));
  if (pid == 0) return begin_first_process();
  call(SYS_close, early.control[1]);
  if (pid > 0)
    early.pid = static_cast<int>(pid);
  else
    call(SYS_close, early.control[0]);
}

}  // namespace

void go_on_as_first_process() {
  if (!early.is_first) return;
  run::ChildSetup setup;
  setup.control = linux::Fd(early.control[1]);
  if (!early.has_namespaces) setup.namespaces = kMadeInside;
  run::child_main(std::move(setup));
}

run::FirstProcess take_first_process() {
  if (early.pid == 0) return {};
  const int pid = std::exchange(early.pid, 0);
  return run::FirstProcess::made_early({pid, linux::Fd(early.pidfd)}, linux::Fd(early.control[0]),
                                       kMadeWith | kMadeInside);
}

}  // namespace slipway::cli

void slipway_before_libc(const long* stack) {
  using namespace slipway::cli;
  // Others need a user namespace before all else, and its ids.
  if (!is_run(stack) || call(SYS_geteuid) != 0 || !has_standard_streams() || !find_other_processors()) return;
  if (call(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, address(early.control.data())) != 0) return;
  // What a terminal sends to both is for the supervisor to pass on. The program begins with none held back.
  constexpr unsigned long kAll = ~0UL;
  unsigned long before = 0;
  call(SYS_rt_sigprocmask, SIG_BLOCK, address(&kAll), address(&before), sizeof before);
  make_first_process();
  if (!early.is_first) call(SYS_rt_sigprocmask, SIG_SETMASK, address(&before), 0, sizeof before);
}

#else

namespace slipway::cli {

void go_on_as_first_process() {}

run::FirstProcess take_first_process() { return {}; }

}  // namespace slipway::cli

#endif
