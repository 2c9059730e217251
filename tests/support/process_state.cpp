#include "tests/support/process_state.hpp"

#include <poll.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/support/leftovers.hpp"

namespace slipway::tests {

bool eventually(const std::function<bool()>& happens, const std::function<void()>& meanwhile) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!happens()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    if (meanwhile) meanwhile();
    ::poll(nullptr, 0, 1);
  }
  return true;
}

std::vector<pid_t> descendants_named(const std::string& name) {
  std::vector<pid_t> found;
  for (const std::string& one : descendants()) {
    if (one.find(" (" + name) != std::string::npos) found.push_back(std::stoi(one));
  }
  return found;
}

namespace {

// "STATE PARENT GROUP SESSION TERMINAL FOREGROUND …", what follows the name in /proc/PID/stat; proc(5).
std::istringstream behind_name(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t at = text.rfind(')');
  return std::istringstream(at == std::string::npos ? std::string() : text.substr(at + 2));
}

}  // namespace

char state_of(pid_t pid) {
  char state = 'X';
  behind_name(pid) >> state;
  return state;
}

bool is_in_foreground(pid_t pid) {
  char state = 'X';
  pid_t parent = 0, group = 0, session = 0, terminal = 0, foreground = -1;
  behind_name(pid) >> state >> parent >> group >> session >> terminal >> foreground;
  return group == foreground;
}

bool is_pending(pid_t pid, int signal) {
  std::ifstream lines("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("ShdPnd:")) return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1U) != 0;
  }
  return false;
}

bool send_three(pid_t pid, int signal) {
  for (int i = 0; i < 3; ++i) {
    ::kill(pid, signal);
    if (!eventually([&] { return !is_pending(pid, signal); })) return false;
  }
  return true;
}

}  // namespace slipway::tests
