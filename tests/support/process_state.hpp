// What /proc says of running processes, and waiting for it to change.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace slipway::tests {

/// True as soon as `happens` is, false after half a minute; in between `meanwhile` is called.
bool eventually(const std::function<bool()>& happens, const std::function<void()>& meanwhile = {});

/// The numbers of those of descendants() (leftovers.hpp) whose name begins with `name`.
std::vector<pid_t> descendants_named(const std::string& name);
/// As ps(1) has it: 'S', 'T', 'Z' …; 'X' for one that is gone.
char state_of(pid_t pid);
/// Whether its process group has the foreground of its terminal.
bool is_in_foreground(pid_t pid);
/// Whether the signal waits for that process, which blocks it.
bool is_pending(pid_t pid, int signal);
/// Sends the signal three times, each after the one before has been taken: waiting signals of one number are one.
/// False when it takes none.
bool send_three(pid_t pid, int signal);

}  // namespace slipway::tests
