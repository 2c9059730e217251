/* Looks at a container from inside, where the image has no tool for it. One static program; a verb a question.
 * Prints what it found and ends with 0, or says what failed and ends with 1. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static int failed(const char* what) {
  printf("%s: %s\n", what, strerror(errno));
  return 1;
}

/* A pseudo-terminal, and bytes through it. */
static int try_pty(void) {
  int master = -1, slave = -1;
  char name[64];
  if (openpty(&master, &slave, name, NULL, NULL) != 0) return failed("openpty");
  if (write(slave, "x", 1) != 1) return failed("write to the slave");
  char byte = 0;
  if (read(master, &byte, 1) != 1 || byte != 'x') return failed("read from the master");
  printf("%s\n", name);
  return 0;
}

static int try_queue(void) {
  const mqd_t queue = mq_open("/probe", O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
  if (queue == (mqd_t)-1) return failed("mq_open");
  if (mq_send(queue, "hello", 5, 0) != 0) return failed("mq_send");
  struct mq_attr attributes;
  if (mq_getattr(queue, &attributes) != 0) return failed("mq_getattr");
  printf("%ld message\n", attributes.mq_curmsgs);
  return 0;
}

/* A listener on a loopback address, and a connection to it. */
static int reach(int family, const struct sockaddr* address, socklen_t size) {
  const int listener = socket(family, SOCK_STREAM, 0);
  if (listener < 0) return failed("socket");
  if (bind(listener, address, size) != 0) return failed("bind");
  if (listen(listener, 1) != 0) return failed("listen");
  struct sockaddr_storage bound;
  socklen_t bound_size = sizeof bound;
  if (getsockname(listener, (struct sockaddr*)&bound, &bound_size) != 0) return failed("getsockname");
  const int client = socket(family, SOCK_STREAM, 0);
  if (connect(client, (const struct sockaddr*)&bound, bound_size) != 0) return failed("connect");
  return 0;
}

static int try_loopback(void) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (reach(AF_INET, (const struct sockaddr*)&four, sizeof four) != 0) return 1;
  puts("127.0.0.1 reached");
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  if (reach(AF_INET6, (const struct sockaddr*)&six, sizeof six) != 0) return 1;
  puts("::1 reached");
  return 0;
}

/* "127.0.0.1:80", "[::1]:80" or "@name", which is an abstract Unix socket; unix(7). */
static socklen_t parse_address(char* text, struct sockaddr_storage* address) {
  struct sockaddr_in* four = (struct sockaddr_in*)address;
  struct sockaddr_in6* six = (struct sockaddr_in6*)address;
  struct sockaddr_un* local = (struct sockaddr_un*)address;
  memset(address, 0, sizeof *address);
  if (*text == '@') {
    const size_t size = strlen(text);
    if (size > sizeof local->sun_path) return 0;
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path + 1, text + 1, size - 1);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
  }
  char host[64];
  unsigned port = 0;
  if (sscanf(text, "[%63[^]]]:%u", host, &port) == 2 && inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons((uint16_t)port);
    return sizeof *six;
  }
  if (sscanf(text, "%63[^:]:%u", host, &port) == 2 && inet_pton(AF_INET, host, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons((uint16_t)port);
    return sizeof *four;
  }
  return 0;
}

/* Listens, and prints the address with the port that it got. */
static int listen_on(char* text) {
  struct sockaddr_storage address;
  const socklen_t size = parse_address(text, &address);
  const int listener = socket(address.ss_family, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr*)&address, size) != 0 || listen(listener, 8) != 0) {
    printf("%s: bind: %s\n", text, strerror(errno));
    return -1;
  }
  socklen_t got = sizeof address;
  getsockname(listener, (struct sockaddr*)&address, &got);
  if (address.ss_family == AF_INET) printf("127.0.0.1:%u\n", ntohs(((struct sockaddr_in*)&address)->sin_port));
  if (address.ss_family == AF_INET6) printf("[::1]:%u\n", ntohs(((struct sockaddr_in6*)&address)->sin6_port));
  if (address.ss_family == AF_UNIX) puts(text);
  return listener;
}

static void leave(int number) { _exit(number == SIGTERM ? 0 : 1); }

/* Listens on the loopback addresses and on "@NAME", prints a line for each, and tells everybody who connects its name.
 */
static int serve(const char* name) {
  char abstract[100];
  snprintf(abstract, sizeof abstract, "@%s", name);
  char four[] = "127.0.0.1:0", six[] = "[::1]:0";
  char* addresses[3] = {four, six, abstract};
  struct pollfd listeners[3];
  for (int i = 0; i < 3; ++i) listeners[i] = (struct pollfd){.fd = listen_on(addresses[i]), .events = POLLIN};
  fflush(stdout);
  signal(SIGTERM, leave);
  while (poll(listeners, 3, -1) > 0) {
    for (int i = 0; i < 3; ++i) {
      if ((listeners[i].revents & POLLIN) == 0) continue;
      const int client = accept(listeners[i].fd, NULL, NULL);
      (void)!write(client, name, strlen(name));
      close(client);
    }
  }
  return 0;
}

/* Who answers at each address, or why nobody does. */
static int reach_each(int count, char** addresses) {
  for (int i = 0; i < count; ++i) {
    struct sockaddr_storage address;
    const socklen_t size = parse_address(addresses[i], &address);
    const int client = size == 0 ? -1 : socket(address.ss_family, SOCK_STREAM, 0);
    char name[100] = "";
    if (size == 0) {
      printf("%s: is no address\n", addresses[i]);
    } else if (client < 0 || connect(client, (struct sockaddr*)&address, size) != 0) {
      printf("%s: %s\n", addresses[i], strerror(errno));
    } else {
      const ssize_t got = read(client, name, sizeof name - 1);
      printf("%s: reached %s\n", addresses[i], got > 0 ? name : "nobody");
    }
    if (client >= 0) close(client);
  }
  return 0;
}

/* Every descriptor that is open, found without opening one. */
static int list_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return failed("getrlimit");
  const int end = limit.rlim_cur > 65536 ? 65536 : (int)limit.rlim_cur;
  for (int fd = 0; fd < end; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) printf("%d\n", fd);
  }
  return 0;
}

static unsigned long checksum(const char* path) {
  unsigned long sum = 5381;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  unsigned char buffer[65536];
  for (ssize_t got; fd >= 0 && (got = read(fd, buffer, sizeof buffer)) > 0;) {
    for (ssize_t i = 0; i < got; ++i) sum = sum * 33 + buffer[i];
  }
  if (fd >= 0) close(fd);
  return sum;
}

static int by_text(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static void print_xattrs(const char* path) {
  char names[4096];
  const ssize_t size = llistxattr(path, names, sizeof names);
  char* sorted[64];
  size_t count = 0;
  for (ssize_t at = 0; at < size && count < 64; at += (ssize_t)strlen(names + at) + 1) sorted[count++] = names + at;
  qsort(sorted, count, sizeof sorted[0], by_text);
  for (size_t i = 0; i < count; ++i) {
    unsigned char value[4096];
    const ssize_t length = lgetxattr(path, sorted[i], value, sizeof value);
    printf(" %s=", sorted[i]);
    for (ssize_t k = 0; k < length; ++k) printf("%02x", value[k]);
  }
}

/* The first name under which an inode with several was met. */
static const char* first_name(const struct stat* file, const char* name) {
  static struct {
    dev_t device;
    ino_t inode;
    char* name;
  } known[4096];
  static size_t count;
  for (size_t i = 0; i < count; ++i) {
    if (known[i].device == file->st_dev && known[i].inode == file->st_ino) return known[i].name;
  }
  if (count < 4096) {
    known[count].device = file->st_dev;
    known[count].inode = file->st_ino;
    known[count++].name = strdup(name);
  }
  return name;
}

/* "name type mode uid gid mtime what xattrs" of everything below a directory, in the order of names, without entering
 * other file systems. */
static int describe(const char* path, const char* name, dev_t device) {
  struct stat file;
  if (lstat(path, &file) != 0) return failed(path);
  printf("%s %c %04o %u %u %lld.%09ld", *name ? name : ".", "?pc?d?b?f?l?s?"[(file.st_mode & S_IFMT) >> 12],
         file.st_mode & 07777U, file.st_uid, file.st_gid, (long long)file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
  if (S_ISREG(file.st_mode)) printf(" %lld %lx", (long long)file.st_size, checksum(path));
  if (S_ISCHR(file.st_mode) || S_ISBLK(file.st_mode)) printf(" %u:%u", major(file.st_rdev), minor(file.st_rdev));
  if (!S_ISDIR(file.st_mode) && file.st_nlink > 1) printf(" same-as=%s", first_name(&file, name));
  if (S_ISLNK(file.st_mode)) {
    char target[4096];
    const ssize_t size = readlink(path, target, sizeof target - 1);
    printf(" -> %.*s", (int)(size > 0 ? size : 0), target);
  }
  print_xattrs(path);
  putchar('\n');
  if (!S_ISDIR(file.st_mode) || (device != 0 && file.st_dev != device)) return 0;
  DIR* directory = opendir(path);
  if (directory == NULL) return failed(path);
  char** names = NULL;
  size_t count = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    names = realloc(names, (count + 1) * sizeof names[0]);
    names[count++] = strdup(entry->d_name);
  }
  closedir(directory);
  qsort(names, count, sizeof names[0], by_text);
  int result = 0;
  for (size_t i = 0; i < count && result == 0; ++i) {
    char below[8192], below_name[8192];
    snprintf(below, sizeof below, "%s/%s", strcmp(path, "/") == 0 ? "" : path, names[i]);
    snprintf(below_name, sizeof below_name, "%s%s%s", name, *name ? "/" : "", names[i]);
    result = describe(below, below_name, device == 0 ? file.st_dev : device);
  }
  return result;
}

static void* say_up(void* nothing) {
  puts("up");
  fflush(stdout);
  for (;;) pause();
  return nothing;
}

/* Lives on in a thread alone: the main one leaves. */
static int leave_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, say_up, NULL) != 0) return failed("pthread_create");
  pthread_exit(NULL);
}

static volatile sig_atomic_t interrupts = 0;

static void count_interrupt(int number) {
  (void)number;
  ++interrupts;
}

// Tells of each SIGINT, and ends with 3 after that many. Shells will not do: some lose what comes while a handler runs.
static int count_interrupts(int enough) {
  const struct sigaction action = {.sa_handler = count_interrupt};
  sigset_t held, before;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  if (sigprocmask(SIG_BLOCK, &held, &before) != 0 || sigaction(SIGINT, &action, NULL) != 0) return failed("sigaction");
  setvbuf(stdout, NULL, _IONBF, 0);
  puts("up");
  for (int told = 0; told < enough;) {
    if (told == interrupts) sigsuspend(&before);
    if (told < interrupts) printf("got %d\n", ++told);
  }
  return 3;
}

int main(int count, char** words) {
  const char* verb = count > 1 ? words[1] : "";
  if (strcmp(verb, "pty") == 0) return try_pty();
  if (strcmp(verb, "queue") == 0) return try_queue();
  if (strcmp(verb, "loopback") == 0) return try_loopback();
  if (strcmp(verb, "serve") == 0 && count == 3) return serve(words[2]);
  if (strcmp(verb, "reach") == 0) return reach_each(count - 2, words + 2);
  if (strcmp(verb, "descriptors") == 0) return list_descriptors();
  if (strcmp(verb, "describe") == 0 && count == 3) return describe(words[2], "", 0);
  if (strcmp(verb, "thread") == 0) return leave_thread();
  if (strcmp(verb, "crash") == 0) return raise(SIGSEGV), *(volatile int*)16; /* PID 1 gets no signal from itself */
  if (strcmp(verb, "interrupts") == 0 && count == 3) return count_interrupts(atoi(words[2]));
  if (strcmp(verb, "exit") == 0 && count == 3) return atoi(words[2]);
  fprintf(stderr,
          "probe: pty, queue, loopback, serve NAME, reach ADDRESS..., descriptors, describe DIR, thread, crash or exit "
          "STATUS\n");
  return 2;
}
