// Terminals: a new pair on a devpts, and what may be asked of one that is there. ioctl_tty(2), pty(7), devpts.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <optional>

#include "core/linux/fd.hpp"

namespace slipway::linux {

struct TerminalPair {
  Fd master{};
  Fd slave{};
};

/// A new terminal of the devpts that is mounted on /dev/pts below `root`. Links are not followed, and something else
/// than a devpts is ENODEV. Neither end becomes anybody's controlling terminal.
Result<TerminalPair> new_terminal(const Fd& root);

bool is_terminal(int fd);
/// nullopt: it is no terminal (any more).
std::optional<termios> modes_of(int fd);
/// At once, whatever is still to be written; true when it was done.
bool set_modes(int fd, const termios& modes);
/// cfmakeraw(3): every key is a byte, every byte is shown as it is.
termios raw(termios modes);
/// Whether what keys and lines mean, and how output looks, is the same; a driver may change other bits by itself.
bool same_modes(const termios& a, const termios& b);

/// Gives `to` the size of `from`; the kernel tells `to`'s foreground processes by SIGWINCH when it is another one.
void copy_size(int from, int to);
/// The foreground process group; 0 where it cannot be told. Through a master: that of the slave.
pid_t foreground_of(int fd);
/// False only where another process group of this process's own terminal has the foreground.
bool in_foreground(int fd);

/// What stands at the stream `fd`, opened again so that O_NONBLOCK is no business of others who have the same stream.
/// Done for terminals and pipes alone: a second opening of a file would begin at its beginning. None where it cannot
/// be.
Fd open_again_nonblocking(int fd, int access);

}  // namespace slipway::linux
