/* The least that a start of slipway's default pipeline costs: the kernel work of one container and nothing else.
 *
 * limit DIRECTORY PROGRAM [ARG...]
 *
 * As root: makes the namespaces and the mounts that `slipway run` makes by default, on an overlay over DIRECTORY,
 * executes PROGRAM in it, waits, and ends with its status. No configuration, no plan, no journal, no error handling
 * beyond stopping. Names and flags follow plugins/{fs-overlay,pseudo-standard,pseudo-etc,harden-proc,net-loopback}. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))
#define NO_SUID_DEV_EXEC (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static void must(int result, const char* doing) {
  if (result >= 0) return;
  perror(doing);
  _exit(125);
}

/* A directory of the image that may or may not be there, and a file system on it. */
static void mount_on(const char* type, const char* target, unsigned long flags, const char* data) {
  (void)mkdir(target, 0755);
  must(mount(type, target, type, flags, data), target);
}

/* net-loopback: lo is up. */
static void bring_loopback_up(void) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strcpy(request.ifr_name, "lo");
  const int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  must(handle, "socket");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  must(ioctl(handle, SIOCSIFFLAGS, &request), "lo");
  close(handle);
}

/* fs-overlay with the upper on a tmpfs. The tmpfs hides the directory, so the layer goes by descriptor. */
static void make_root(const char* directory) {
  char options[512];
  const int layer = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  must(layer, directory);
  must(mount("tmpfs", directory, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"), "upper");
  must(chdir(directory), directory);
  must(mkdir("upper", 0755), "upper");
  must(mkdir("work", 0755), "work");
  must(mkdir("root", 0755), "root");
  must(snprintf(options, sizeof options, "lowerdir=/proc/self/fd/%d,upperdir=upper,workdir=work,userxattr", layer),
       "options");
  must(mount("overlay", "root", "overlay", 0, options), "overlay");
  close(layer);
  must(chdir("root"), "root");
}

static int uses_cgroup2(void) {
  struct statfs found;
  return (statfs("/sys/fs/cgroup", &found) == 0 && found.f_type == CGROUP2_SUPER_MAGIC) ||
         (statfs("/sys/fs/cgroup/unified", &found) == 0 && found.f_type == CGROUP2_SUPER_MAGIC);
}

/* pseudo-standard: file systems, devices and links. */
static void make_pseudo(void) {
  static const struct {
    const char* path;
    unsigned major, minor;
  } devices[] = {{"dev/null", 1, 3},   {"dev/zero", 1, 5},    {"dev/full", 1, 7},
                 {"dev/random", 1, 8}, {"dev/urandom", 1, 9}, {"dev/tty", 5, 0}};
  static const struct {
    const char *target, *path;
  } links[] = {{"/proc/self/fd", "dev/fd"},       {"/proc/self/fd/0", "dev/stdin"}, {"/proc/self/fd/1", "dev/stdout"},
               {"/proc/self/fd/2", "dev/stderr"}, {"/proc/kcore", "dev/core"},      {"pts/ptmx", "dev/ptmx"}};

  mount_on("proc", "proc", NO_SUID_DEV_EXEC, NULL);
  mount_on("sysfs", "sys", NO_SUID_DEV_EXEC | MS_RDONLY, NULL);
  if (uses_cgroup2()) mount_on("cgroup2", "sys/fs/cgroup", NO_SUID_DEV_EXEC | MS_RDONLY, NULL);
  mount_on("tmpfs", "dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
  for (size_t i = 0; i < LENGTH(devices); ++i) {
    must(mknod(devices[i].path, S_IFCHR | 0666, makedev(devices[i].major, devices[i].minor)), devices[i].path);
    must(chmod(devices[i].path, 0666), devices[i].path); /* whatever the umask */
  }
  for (size_t i = 0; i < LENGTH(links); ++i) must(symlink(links[i].target, links[i].path), links[i].path);
  mount_on("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
  mount_on("mqueue", "dev/mqueue", NO_SUID_DEV_EXEC, NULL);
  mount_on("tmpfs", "dev/shm", NO_SUID_DEV_EXEC, "mode=1777,size=67108864");
  mount_on("tmpfs", "run", MS_NOSUID | MS_NODEV, "mode=755");
  mount_on("tmpfs", "tmp", MS_NOSUID | MS_NODEV, "mode=1777");
}

/* pseudo-etc: a file of the container's own over each of the image's, which has none; and resolv.conf is the host's.
 * The files lie beside the root, on the tmpfs of the upper directory, which nobody sees. */
static void cover(const char* name, const char* target, const char* text, size_t size) {
  char path[64];
  must(snprintf(path, sizeof path, "../%s", name), name);
  const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  must(file, name);
  must((int)write(file, text, size), name);
  close(file);
  const int place = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  must(place, target);
  close(place);
  must(mount(path, target, NULL, MS_BIND, NULL), target);
}

static void make_etc(void) {
  static const char hosts[] =
      "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.0.1\tslipway\n::1\tslipway\n";
  char servers[4096];
  ssize_t size = 0;
  (void)mkdir("etc", 0755);
  const int file = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    size = read(file, servers, sizeof servers);
    close(file);
  }
  cover("hosts", "etc/hosts", hosts, sizeof hosts - 1);
  cover("hostname", "etc/hostname", "slipway\n", 8);
  cover("resolv.conf", "etc/resolv.conf", servers, size > 0 ? (size_t)size : 0);
}

/* Like slipway: into the new root and the old one off, without a directory inside; pivot_root(2). */
static void enter_root(void) {
  must((int)syscall(SYS_pivot_root, ".", "."), "pivot_root");
  must(umount2(".", MNT_DETACH), "old root");
  must(chdir("/"), "/");
}

/* harden-proc: what the kernel lacks is passed over. */
static void seal(void) {
  static const char* const readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  static const char* const masked[] = {
      "/proc/asound",      "/proc/interrupts",  "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
      "/proc/timer_stats", "/proc/sched_debug", "/proc/acpi",  "/proc/scsi", "/sys/firmware"};
  struct stat status;
  for (size_t i = 0; i < LENGTH(readonly); ++i) {
    if (stat(readonly[i], &status) != 0) continue;
    must(mount(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL), readonly[i]);
    must(mount(NULL, readonly[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | NO_SUID_DEV_EXEC, NULL), readonly[i]);
  }
  for (size_t i = 0; i < LENGTH(masked); ++i) {
    if (stat(masked[i], &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      must(mount("tmpfs", masked[i], "tmpfs", NO_SUID_DEV_EXEC | MS_RDONLY, "size=0k"), masked[i]);
    } else {
      must(mount("/dev/null", masked[i], NULL, MS_BIND, NULL), masked[i]);
    }
  }
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fputs("usage: limit DIRECTORY PROGRAM [ARG...]\n", stderr);
    return 125;
  }
  const unsigned long namespaces =
      CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP;
  const pid_t child = (pid_t)syscall(SYS_clone, namespaces | SIGCHLD, 0, 0, 0, 0);
  must(child, "clone");
  if (child == 0) {
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "propagation");
    must(sethostname("slipway", 7), "hostname");
    bring_loopback_up();
    make_root(argv[1]);
    make_pseudo();
    make_etc();
    enter_root();
    seal();
    execv(argv[2], argv + 2);
    must(-1, argv[2]);
  }
  int status = 0;
  must(waitpid(child, &status, 0), "wait");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
