// The words for namespaces and their clone(2) flags, and namespaces that are there already.
#pragma once

#include <linux/sched.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::linux {

/// CLONE_NEWNS for "mount", CLONE_NEWPID for "pid" …; 0 for an unknown word. See namespaces(7).
constexpr std::uint64_t namespace_flag(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> kFlags = {{{"mount", CLONE_NEWNS},
                                                                                 {"pid", CLONE_NEWPID},
                                                                                 {"ipc", CLONE_NEWIPC},
                                                                                 {"uts", CLONE_NEWUTS},
                                                                                 {"net", CLONE_NEWNET},
                                                                                 {"cgroup", CLONE_NEWCGROUP},
                                                                                 {"user", CLONE_NEWUSER},
                                                                                 {"time", CLONE_NEWTIME}}};
  for (const auto& [name, flag] : kFlags) {
    if (name == word) return flag;
  }
  return 0;
}
std::uint64_t namespace_flags(const std::vector<std::string>& words);

/// A namespace that is there: a file of it (/run/netns/NAME, /proc/PID/ns/net), held to be one of the word's type;
/// ioctl_ns(2), NS_GET_NSTYPE.
Result<Fd> open_namespace(const std::string& path, std::string_view word);
/// The same of a process; "no such process" where there is none.
Result<Fd> open_namespace_of(pid_t process, std::string_view word);
/// setns(2): the calling process, which has one thread, joins it. A pid namespace is joined by its children alone.
Result<void> enter_namespace(const Fd& file, std::string_view word);

}  // namespace slipway::linux
