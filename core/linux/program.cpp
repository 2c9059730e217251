#include "core/linux/program.hpp"

#include <limits.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace slipway::linux {

Result<std::string> in_prefix(const std::string& path) {
  std::array<char, PATH_MAX> own{};
  const ssize_t size = ::readlink("/proc/self/exe", own.data(), own.size());
  const bool whole = size > 0 && static_cast<std::size_t>(size) < own.size();
  if (!whole)
    return failure(size < 0 ? errno : ENAMETOOLONG, "find the running program", "/proc/self/exe",
                   "slipway needs /proc on the host");
  std::string prefix(own.data(), static_cast<std::size_t>(size));
  constexpr std::string_view kHelpers = "/libexec/slipway";
  const auto go_up = [&prefix] {
    if (const std::size_t slash = prefix.rfind('/'); slash != std::string::npos) prefix.resize(slash);
  };
  go_up();
  if (prefix.ends_with(kHelpers))
    prefix.resize(prefix.size() - kHelpers.size());
  else
    go_up();  // bin
  return prefix + "/" + path;
}

}  // namespace slipway::linux
