#include "tests/support/scratch.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <vector>

#include "core/linux/fd.hpp"

namespace slipway::tests {

using linux::Fd;

namespace {

[[noreturn]] void fail(const std::string& doing, int code) {
  throw std::runtime_error(doing + ": " + errno_words(code));
}

std::vector<std::string> names_in(const Fd& directory) {
  std::vector<std::string> names;
  // A second description, because fdopendir takes the one it is given.
  const int own = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own), ::closedir);
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

/// Removes everything in the directory. Relative to descriptors, so depth is bounded by no path's length.
void empty(const Fd& directory, dev_t device) {
  for (const std::string& name : names_in(directory)) {
    if (::unlinkat(directory.get(), name.c_str(), 0) == 0 || errno == ENOENT) continue;
    // A directory. Its owner may lack even the right to look into it.
    struct stat status {};
    if (::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISDIR(status.st_mode) || status.st_dev != device) continue;
    if (::fchmodat(directory.get(), name.c_str(), 0700, 0) != 0) continue;
    const Fd inner(::openat(directory.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (inner) empty(inner, device);
    ::unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR);
  }
}

}  // namespace

Scratch::Scratch(On where) : path_(where == On::disk ? "/var/tmp/slipway-test-XXXXXX" : "/tmp/slipway-test-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) fail("mkdtemp " + path_, errno);
  if (::chmod(path_.c_str(), 0755) != 0) fail("chmod " + path_, errno);
}

Scratch::~Scratch() {
  {
    const Fd top(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (top && ::fstat(top.get(), &status) == 0) {
      (void)!::fchmod(top.get(), 0700);
      empty(top, status.st_dev);
    }
  }
  ::rmdir(path_.c_str());
}

std::string Scratch::write(std::string_view name, std::string_view text, mode_t mode) const {
  std::string path = *this / name;
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) fail("open " + path, errno);
  if (auto written = linux::write_all(file, text); !written) fail("write " + path, written.error().code);
  if (::fchmod(file.get(), mode) != 0) fail("chmod " + path, errno);  // whatever the umask
  return path;
}

std::string Scratch::directory(std::string_view name, uid_t uid, gid_t gid, mode_t mode) const {
  std::string path = *this / name;
  if (::mkdir(path.c_str(), 0700) != 0) fail("mkdir " + path, errno);
  if (::chown(path.c_str(), uid, gid) != 0) fail("chown " + path, errno);
  if (::chmod(path.c_str(), mode) != 0) fail("chmod " + path, errno);
  return path;
}

}  // namespace slipway::tests
