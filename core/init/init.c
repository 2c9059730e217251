/* The process 1 of `--init`, which the image knows nothing of: reaps what is orphaned, passes signals on to the
 * program, and ends with the program's status.
 *
 *   slipway-init PID     PID is the program's process, a child of this one already
 *
 * All signals are blocked when it is executed, so that none that comes before is lost: a blocked signal is kept even
 * for the first process of a pid namespace, which otherwise gets none that it has no handler for
 * (pid_namespaces(7)). No C library: a static one is ten times this program's size. */
#include <asm/signal.h>
#include <linux/prctl.h>
#include <linux/wait.h>

#include "core/init/kernel.h"

__asm__(".globl _start\n_start:\n" SLIPWAY_INIT_ENTRY);

enum { OWN_FAILURE = 125, KILLED = 128, MASK_BYTES = 8 };

static _Noreturn void end(int status) {
  for (;;) kernel(__NR_exit_group, status, 0, 0, 0);
}

static long number_in(const char* text) {
  long number = 0;
  for (; *text >= '0' && *text <= '9'; ++text) number = number * 10 + (*text - '0');
  return number;
}

/* wait(2)'s status as a shell has it. */
static int shell_status(int status) {
  const int signal = status & 0x7f;
  return signal != 0 ? KILLED + signal : (status >> 8) & 0xff;
}

/* Takes the status of all that have ended; the program's end is the end of the container. */
static void reap(long program) {
  for (;;) {
    int status = 0;
    const long pid = kernel(__NR_wait4, -1, (long)&status, WNOHANG, 0);
    if (pid <= 0) return;
    if (pid == program) end(shell_status(status));
  }
}

/* The words that execve(2) laid out: their count, then their addresses. */
_Noreturn void begin(const long* stack);
_Noreturn void begin(const long* stack) {
  const long program = stack[0] == 2 ? number_in((const char*)stack[2]) : 0;
  if (program <= 0) end(OWN_FAILURE);
  const unsigned long all = ~0UL;
  kernel(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, MASK_BYTES);
  /* What ps(1) shows would be the file in memory that this was executed from. */
  kernel(__NR_prctl, PR_SET_NAME, (long)"slipway-init", 0, 0);
  /* Without a pid namespace orphans would go to another process. */
  kernel(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0);
  /* A stream that the program closes must not stay open because of this process. */
  kernel(__NR_close_range, 0, ~0U, 0, 0);
  for (;;) {
    reap(program);
    const long signal = kernel(__NR_rt_sigtimedwait, (long)&all, 0, 0, MASK_BYTES);
    if (signal > 0 && signal != SIGCHLD) kernel(__NR_kill, program, signal, 0, 0);
  }
}
