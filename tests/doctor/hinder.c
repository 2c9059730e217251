/* Starts a program on a host that lacks something: hinder [OPTION]... PROGRAM [ARG]...
 * Options act in the order given:
 *   --user-namespace       a new user namespace in which every id is what it was, and a mount namespace of its own
 *   --pid-namespace        a new pid namespace with its own /proc, and a mount namespace
 *   --write FILE=TEXT      writes into a file of /proc
 *   --refuse CALL=ERRNO    a system-call filter that refuses call number CALL; CALL/ARGUMENT: with that first argument
 *   --limit KIND=NUMBER    nofile or nproc, both limits
 *   --chroot DIR
 *   --no-new-privs
 *   --drop-capability NUMBER  out of the bounding set, so that no program that is started has it
 *   --user UID:GID         becomes that user, without further groups
 * Root only, as far as the option needs it. Ends with 99 when it cannot do what it was told. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char* what) {
  fprintf(stderr, "hinder: %s: %s\n", what, strerror(errno));
  exit(99);
}

static void write_file(const char* path, const char* text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text)) fail(path);
  close(file);
}

/* The map has to be written from outside; user_namespaces(7). */
static void make_user_namespace(void) {
  static const char all[] = "0 0 4294967295\n";
  int made[2];
  if (pipe(made) != 0) fail("pipe");
  const pid_t self = getpid();
  const pid_t writer = fork();
  if (writer < 0) fail("fork");
  if (writer == 0) {
    char byte, path[64];
    if (read(made[0], &byte, 1) != 1) exit(99);
    snprintf(path, sizeof path, "/proc/%d/uid_map", (int)self);
    write_file(path, all);
    snprintf(path, sizeof path, "/proc/%d/gid_map", (int)self);
    write_file(path, all);
    exit(0);
  }
  int status = 0;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) fail("unshare");
  if (write(made[1], "g", 1) != 1 || waitpid(writer, &status, 0) != writer || status != 0) fail("map ids");
  close(made[0]);
  close(made[1]);
}

/* What follows happens in its first process; this one waits for the end, and ends likewise. */
static void make_pid_namespace(void) {
  if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) fail("unshare");
  const pid_t first = fork();
  if (first < 0) fail("fork");
  if (first == 0) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("prctl");
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail("/");
    if (mount("proc", "/proc", "proc", 0, NULL) != 0) fail("/proc");
    return;
  }
  int status = 0;
  if (waitpid(first, &status, 0) != first) fail("waitpid");
  exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void refuse(const char* rule) {
  char* end;
  const long call = strtol(rule, &end, 10);
  const int has_argument = *end == '/';
  const long argument = has_argument ? strtol(end + 1, &end, 10) : 0;
  if (*end != '=') fail(rule);
  const unsigned answer = SECCOMP_RET_ERRNO | ((unsigned)atoi(end + 1) & SECCOMP_RET_DATA);
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)argument, 0, has_argument ? 1 : 0),
      BPF_STMT(BPF_RET | BPF_K, answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) fail(rule);
}

static void limit(const char* rule) {
  const char* const equals = strchr(rule, '=');
  if (!equals) fail(rule);
  const rlim_t most = (rlim_t)strtoul(equals + 1, NULL, 10);
  const struct rlimit both = {most, most};
  if (strncmp(rule, "nofile", 6) == 0) {
    if (setrlimit(RLIMIT_NOFILE, &both) != 0) fail(rule);
  } else if (setrlimit(RLIMIT_NPROC, &both) != 0) {
    fail(rule);
  }
}

static void become(const char* user) {
  char* end;
  const uid_t uid = (uid_t)strtoul(user, &end, 10);
  const gid_t gid = (gid_t)strtoul(end + 1, NULL, 10);
  if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) fail(user);
}

int main(int count, char** words) {
  int at = 1;
  for (; at < count && strncmp(words[at], "--", 2) == 0; ++at) {
    if (strcmp(words[at], "--user-namespace") == 0) {
      make_user_namespace();
      continue;
    }
    if (strcmp(words[at], "--pid-namespace") == 0) {
      make_pid_namespace();
      continue;
    }
    if (strcmp(words[at], "--no-new-privs") == 0) {
      if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(words[at]);
      continue;
    }
    const char* const option = words[at];
    char* const value = ++at < count ? words[at] : NULL;
    if (!value) fail(option);
    if (strcmp(option, "--write") == 0) {
      char* const equals = strchr(value, '=');
      if (!equals) fail(value);
      *equals = '\0';
      write_file(value, equals + 1);
    } else if (strcmp(option, "--refuse") == 0) {
      refuse(value);
    } else if (strcmp(option, "--limit") == 0) {
      limit(value);
    } else if (strcmp(option, "--drop-capability") == 0) {
      if (prctl(PR_CAPBSET_DROP, strtoul(value, NULL, 10), 0, 0, 0) != 0) fail(value);
    } else if (strcmp(option, "--chroot") == 0) {
      if (chroot(value) != 0 || chdir("/") != 0) fail(value);
    } else if (strcmp(option, "--user") == 0) {
      become(value);
    } else {
      fail(option);
    }
  }
  if (at >= count) fail("no program");
  execv(words[at], words + at);
  fail(words[at]);
}
