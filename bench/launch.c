/* Times one start: launch PROGRAM [ARG...] prints the nanoseconds from before vfork to after wait, the exit status, and
 * the largest resident set, in KiB, of the program and of all that it waited for.
 * Static and tiny, so that what is measured is the program's and not a script interpreter's. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int quiet = open("/dev/null", O_RDWR | O_CLOEXEC);
  const long long begin = now_ns();
  const pid_t child = vfork();
  if (child == 0) {
    if (dup2(quiet, 0) < 0 || dup2(quiet, 1) < 0) _exit(126);
    execv(argv[1], argv + 1);
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) return 1;
  const long long end = now_ns();
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  printf("%lld %d %ld\n", end - begin, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
         usage.ru_maxrss);
  return 0;
}
