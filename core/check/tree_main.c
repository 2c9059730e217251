/* slipway-tree DIR: a line for each thing below DIR, sorted: its type, mode, owner and group, its path, and a file's
 * content or a link's target. slipway-tree --digest DIR: the same without what is mounted there, and a file's size and
 * 64-bit FNV-1a instead of its content. Runs inside the containers of `slipway plugin check` and `slipway compare`, so
 * it is static. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int digests = 0;

static void tell(const char* path);

static void tell_digest(const char* path) {
  unsigned char bytes[65536];
  uint64_t digest = 0xcbf29ce484222325U;
  uint64_t size = 0;
  FILE* const file = fopen(path, "re");
  if (file == NULL) {
    printf(" closed");
    return;
  }
  for (size_t got; (got = fread(bytes, 1, sizeof(bytes), file)) > 0; size += got) {
    for (size_t i = 0; i < got; ++i) digest = (digest ^ bytes[i]) * 0x100000001b3U;
  }
  (void)fclose(file);
  printf(" %" PRIu64 " %016" PRIx64, size, digest);
}

/* Kernels before 5.8 do not tell; there all is taken for the container's own. */
static int is_mount(const char* path) {
  struct statx found;
  if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &found) != 0) return 0;
  return (found.stx_attributes & found.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0;
}

static void tell_content(const char* path, mode_t mode) {
  char bytes[256];
  size_t size = 0;
  if (S_ISLNK(mode)) {
    const ssize_t got = readlink(path, bytes, sizeof(bytes) - 1);
    size = got > 0 ? (size_t)got : 0;
  } else if (S_ISREG(mode)) {
    FILE* const file = fopen(path, "re");
    if (file == NULL) return;
    size = fread(bytes, 1, sizeof(bytes) - 1, file);
    (void)fclose(file);
  }
  bytes[size] = '\0';
  if (size > 0) printf(" = %s", bytes);
}

static void tell_below(const char* path) {
  struct dirent** entries = NULL;
  const int count = scandir(path, &entries, NULL, alphasort);
  for (int i = 0; i < count; ++i) {
    char below[4096];
    const char* const name = entries[i]->d_name;
    if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
        snprintf(below, sizeof(below), "%s/%s", strcmp(path, "/") == 0 ? "" : path, name) < (int)sizeof(below) &&
        !(digests && is_mount(below)))
      tell(below);
    free(entries[i]);
  }
  free(entries);
}

static void tell(const char* path) {
  struct stat status;
  if (lstat(path, &status) != 0) {
    perror(path);
    exit(1);
  }
  const char type = S_ISDIR(status.st_mode) ? 'd' : S_ISLNK(status.st_mode) ? 'l' : S_ISREG(status.st_mode) ? 'f' : 'o';
  printf("%c %04o %u:%u %s", type, (unsigned)(status.st_mode & 07777), status.st_uid, status.st_gid, path);
  if (digests && S_ISREG(status.st_mode))
    tell_digest(path);
  else
    tell_content(path, status.st_mode);
  putchar('\n');
  if (S_ISDIR(status.st_mode)) tell_below(path);
}

int main(int count, char** words) {
  digests = count == 3 && strcmp(words[1], "--digest") == 0;
  if (count != 2 + digests) return 2;
  tell(words[count - 1]);
  return 0;
}
