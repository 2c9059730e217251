#include "core/linux/namespaces.hpp"

#include <linux/sched.h>

#include <array>
#include <utility>

namespace slipway::linux {

std::uint64_t namespace_flag(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> kFlags = {{{"mount", CLONE_NEWNS},
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

std::uint64_t namespace_flags(const std::vector<std::string>& words) {
  std::uint64_t flags = 0;
  for (const std::string& word : words) flags |= namespace_flag(word);
  return flags;
}

}  // namespace slipway::linux
