#include "core/linux/terminal.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "core/linux/lookup.hpp"

namespace slipway::linux {

Result<TerminalPair> new_terminal(const Fd& root) {
  const std::string where = "/dev/pts";
  auto directory = open_below(root, where, O_PATH | O_DIRECTORY);
  if (!directory) return failure(directory.error().code, "open", where);
  struct statfs filesystem {};
  if (::fstatfs(directory->get(), &filesystem) != 0) return failure(errno, "look at", where);
  // In any other file system the names below are of the image's making.
  if (filesystem.f_type != DEVPTS_SUPER_MAGIC) return failure(ENODEV, "find a devpts on", where);
  TerminalPair pair;
  auto master = open_below(*directory, "ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (!master) return failure(master.error().code, "open", where + "/ptmx");
  pair.master = std::move(*master);
  int locked = 0;
  if (::ioctl(pair.master.get(), TIOCSPTLCK, &locked) != 0) return failure(errno, "unlock the terminal");
  // By its master, not by its name: nobody can stand in between. Linux 4.13.
  pair.slave = Fd(::ioctl(pair.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pair.slave) return failure(errno, "open the terminal's other end");
  return pair;
}

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

std::optional<termios> modes_of(int fd) {
  termios modes{};
  if (::tcgetattr(fd, &modes) != 0) return std::nullopt;
  return modes;
}

bool set_modes(int fd, const termios& modes) { return ::tcsetattr(fd, TCSANOW, &modes) == 0; }

termios raw(termios modes) {
  ::cfmakeraw(&modes);
  return modes;
}

bool same_modes(const termios& a, const termios& b) {
  return a.c_iflag == b.c_iflag && a.c_oflag == b.c_oflag && a.c_lflag == b.c_lflag;
}

void copy_size(int from, int to) {
  winsize size{};
  if (::ioctl(from, TIOCGWINSZ, &size) == 0) (void)::ioctl(to, TIOCSWINSZ, &size);
}

pid_t foreground_of(int fd) {
  pid_t group = 0;
  return ::ioctl(fd, TIOCGPGRP, &group) == 0 ? group : 0;
}

bool in_foreground(int fd) {
  const pid_t group = foreground_of(fd);
  return group <= 0 || group == ::getpgrp();
}

Fd open_again_nonblocking(int fd, int access) {
  struct stat found {};
  if (::fstat(fd, &found) != 0 || (!S_ISFIFO(found.st_mode) && !is_terminal(fd))) return {};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  return Fd(::open(link.c_str(), access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace slipway::linux
