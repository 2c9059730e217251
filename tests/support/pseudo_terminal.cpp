#include "tests/support/pseudo_terminal.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "tests/support/process_state.hpp"

namespace slipway::tests {

PseudoTerminal::PseudoTerminal(unsigned short rows, unsigned short columns) {
  int master = -1, slave = -1;
  const winsize size{rows, columns, 0, 0};
  if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) throw std::runtime_error("openpty");
  master_ = linux::Fd(master);
  slave_ = linux::Fd(slave);
  for (const int fd : {master, slave}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
}

void PseudoTerminal::own_by(uid_t user) const {
  if (::fchown(slave_.get(), user, static_cast<gid_t>(-1)) != 0) throw std::runtime_error("fchown");
}

void PseudoTerminal::type(std::string_view keys) const {
  if (!linux::write_all(master_, keys)) throw std::runtime_error("write to a terminal");
}

void PseudoTerminal::read() {
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = ::read(master_.get(), buffer.data(), buffer.size());
    if (got <= 0) return;
    screen_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

bool PseudoTerminal::shows(std::string_view text) {
  std::size_t at = std::string::npos;
  (void)eventually([&] {
    read();
    at = screen_.find(text, looked_at_);
    return at != std::string::npos;
  });
  if (at == std::string::npos) return false;
  looked_at_ = at + text.size();
  return true;
}

const std::string& PseudoTerminal::screen() {
  read();
  return screen_;
}

bool PseudoTerminal::becomes(const std::function<bool()>& happens) {
  return eventually(happens, [this] { read(); });
}

void PseudoTerminal::resize(unsigned short rows, unsigned short columns) const {
  const winsize size{rows, columns, 0, 0};
  if (::ioctl(master_.get(), TIOCSWINSZ, &size) != 0) throw std::runtime_error("TIOCSWINSZ");
}

termios PseudoTerminal::modes() const {
  termios modes{};
  if (::tcgetattr(slave_.get(), &modes) != 0) throw std::runtime_error("tcgetattr");
  return modes;
}

bool PseudoTerminal::is_raw() const { return (modes().c_lflag & (ECHO | ICANON | ISIG)) == 0; }

pid_t PseudoTerminal::foreground() const {
  pid_t group = 0;
  return ::ioctl(master_.get(), TIOCGPGRP, &group) == 0 ? group : 0;
}

}  // namespace slipway::tests
