#include "core/linux/program.hpp"

#include <limits.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace slipway::linux {

Result<std::string> in_prefix(const std::string& path) {
  std::array<char, PATH_MAX> own{};
  const ssize_t size = ::readlink("/proc/self/exe", own.data(), own.size());
  const bool whole = size > 0 && static_cast<std::size_t>(size) < own.size();
  if (!whole)
    return failure(size < 0 ? errno : ENAMETOOLONG, "find the running program", "/proc/self/exe",
                   "slipway needs /proc on the host");
  std::string prefix(own.data(), static_cast<std::size_t>(size));
  for (int up = 0; up < 2; ++up) {  // the file's name, then bin
    if (const std::size_t slash = prefix.rfind('/'); slash != std::string::npos) prefix.resize(slash);
  }
  return prefix + "/" + path;
}

}  // namespace slipway::linux
