#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "core/linux/fd.hpp"
#include "core/unpack/cage.hpp"

namespace slipway::unpack {
namespace {

// As in linux/landlock.h of Linux 6.12; the distribution's header may be older than the kernel it runs on.
struct Ruleset {
  std::uint64_t files, network, scoped;
};
struct __attribute__((packed)) PathBeneath {
  std::uint64_t allowed;
  std::int32_t directory;
};
constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }
constexpr std::uint64_t kExecute = bit(0), kReadFile = bit(2), kReadDirectory = bit(3), kMakeSocket = bit(9);
constexpr std::uint64_t kFilesOf2 = bit(14) - 1;  // ABI 1 has 13 rights, ABI 2 adds REFER
constexpr std::uint64_t kTruncate = bit(14), kDeviceControl = bit(15);
constexpr std::uint64_t kNetwork = bit(0) | bit(1);  // bind and connect
constexpr std::uint64_t kScoped = bit(0) | bit(1);   // abstract sockets, signals
constexpr std::uint32_t kVersionFlag = 1;
constexpr int kPathBeneath = 1;

}  // namespace

Result<void> restrict_to(int directory, int source) {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersionFlag);
  // Without it the empty mount namespace still holds. ABI 1 cannot allow a rename from one directory to another.
  if (version < 2) return {};
  Ruleset wanted{kFilesOf2, 0, 0};
  if (version >= 3) wanted.files |= kTruncate;
  if (version >= 4) wanted.network = kNetwork;
  if (version >= 5) wanted.files |= kDeviceControl;
  if (version >= 6) wanted.scoped = kScoped;
  const std::size_t size = version >= 6 ? sizeof wanted : version >= 4 ? 16 : 8;
  const linux::Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, size, 0)));
  if (!ruleset) return failure(errno, "make Landlock's rules");
  if (directory >= 0) {
    const PathBeneath rule{wanted.files & ~(kExecute | kMakeSocket | kDeviceControl), directory};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), kPathBeneath, &rule, 0) != 0) {
      return failure(errno, "make Landlock's rules");
    }
  }
  if (source >= 0) {
    const PathBeneath rule{kReadFile | kReadDirectory, source};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), kPathBeneath, &rule, 0) != 0)
      return failure(errno, "make Landlock's rules");
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
    return failure(errno, "restrict the worker by Landlock");
  return {};
}

}  // namespace slipway::unpack
