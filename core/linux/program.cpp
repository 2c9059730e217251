#include "core/linux/program.hpp"

#include <limits.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace slipway::linux {

Result<std::string> beside_program(const std::string& relative) {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  if (size <= 0) return failure(errno, "find the running program", "/proc/self/exe", "slipway needs /proc on the host");
  const std::string own(path.data(), static_cast<std::size_t>(size));
  return own.substr(0, own.rfind('/') + 1) + relative;
}

}  // namespace slipway::linux
