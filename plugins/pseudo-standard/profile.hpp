// What the profiles consist of. Each file system, device and link of theirs can be left out or changed by an option.
#pragma once

#include <array>
#include <cstdint>
#include <slipway/steps.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"

namespace pseudo_standard {

/// One file system of a profile, under the name of its option.
struct FileSystem {
  std::string option{};
  bool included = true;  ///< in the profile; else it is there for who asks for it
  slipway::steps::Mount mount{};
  std::string mode{}, size{};  ///< options that have names of their own; empty: the kernel's default
};

struct Profile {
  std::vector<FileSystem> mounts{};  ///< in the order in which they are mounted
  std::vector<std::string> links{};
  Options::Devices devices = Options::Devices::auto_;
};

Profile profile_of(Options::Profile which);

/// Devices that slipway can make by itself; Documentation/admin-guide/devices.txt. All others are the host's.
struct Device {
  std::string_view name;
  std::int64_t major, minor;
};
inline constexpr std::array kDevices = {Device{"null", 1, 3},   Device{"zero", 1, 5},    Device{"full", 1, 7},
                                        Device{"random", 1, 8}, Device{"urandom", 1, 9}, Device{"tty", 5, 0}};

struct Link {
  std::string_view name, target;
};
inline constexpr std::array kLinks = {Link{"fd", "/proc/self/fd"},       Link{"stdin", "/proc/self/fd/0"},
                                      Link{"stdout", "/proc/self/fd/1"}, Link{"stderr", "/proc/self/fd/2"},
                                      Link{"core", "/proc/kcore"},       Link{"ptmx", "pts/ptmx"}};

}  // namespace pseudo_standard
