/* Which code a start executes: executed PROGRAM [ARG...] runs PROGRAM step by step, with all processes that it makes,
 * each until it executes another program, and prints the addresses that were come by, in hexadecimal, as they stand in
 * PROGRAM's file. ptrace(2), PTRACE_SINGLESTEP; for x86-64. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGEST_PROGRAM = 1 << 24 };
static unsigned char seen[LARGEST_PROGRAM];

static unsigned long where(pid_t process) {
  struct user_regs_struct registers;
  return ptrace(PTRACE_GETREGS, process, NULL, &registers) == 0 ? registers.rip : 0;
}

/* The lowest mapping is the file's beginning. */
static unsigned long base_of(pid_t process) {
  char path[64];
  unsigned long base = 0;
  snprintf(path, sizeof path, "/proc/%d/maps", (int)process);
  FILE* maps = fopen(path, "re");
  if (maps == NULL || fscanf(maps, "%lx", &base) != 1) base = 0;
  if (maps != NULL) fclose(maps);
  return base;
}

static pid_t start(char** command) {
  const pid_t program = fork();
  if (program == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    execv(command[0], command);
    _exit(127);
  }
  int status = 0;
  if (program < 0 || waitpid(program, &status, 0) != program) return -1;
  const long follow =
      PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  ptrace(PTRACE_SETOPTIONS, program, NULL, follow);
  ptrace(PTRACE_CONT, program, NULL, NULL);
  return waitpid(program, &status, 0) == program && WIFSTOPPED(status) ? program : -1;
}

int main(int argc, char** argv) {
  const pid_t program = argc > 1 ? start(argv + 1) : -1;
  const unsigned long base = program > 0 ? base_of(program) : 0;
  if (base == 0) {
    fputs("usage: executed PROGRAM [ARG...]\n", stderr);
    return 2;
  }
  int result = 1;
  ptrace(PTRACE_SINGLESTEP, program, NULL, NULL);
  for (int status = 0;;) {
    const pid_t process = waitpid(-1, &status, __WALL);
    if (process < 0) break;
    if (process == program && WIFEXITED(status)) result = WEXITSTATUS(status);
    if (!WIFSTOPPED(status)) continue;
    const int event = status >> 16;
    if (event == PTRACE_EVENT_EXEC) {
      ptrace(PTRACE_DETACH, process, NULL, NULL);
      continue;
    }
    const unsigned long at = where(process) - base;
    if (at < LARGEST_PROGRAM) seen[at] = 1;
    const int signal = WSTOPSIG(status);
    const int own = event != 0 || signal == SIGTRAP || signal == SIGSTOP;
    ptrace(PTRACE_SINGLESTEP, process, NULL, (void*)(long)(own ? 0 : signal));
  }
  for (unsigned long at = 0; at < LARGEST_PROGRAM; ++at) {
    if (seen[at]) printf("%lx\n", at);
  }
  return result;
}
