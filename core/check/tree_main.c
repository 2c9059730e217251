/* slipway-tree DIR: a line for each thing below DIR, sorted: its type, mode, owner and group, its path, and a file's
 * content or a link's target. Runs inside the containers of `slipway plugin check`, so it is static. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void tell(const char* path);

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
        snprintf(below, sizeof(below), "%s/%s", path, name) < (int)sizeof(below))
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
  tell_content(path, status.st_mode);
  putchar('\n');
  if (S_ISDIR(status.st_mode)) tell_below(path);
}

int main(int count, char** words) {
  if (count != 2) return 2;
  tell(words[1]);
  return 0;
}
