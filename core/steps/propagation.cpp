#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

#include "core/linux/mount.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

std::uint64_t flag_of(Spread spread) {
  switch (spread) {
    case Spread::slave:
      return MS_SLAVE;
    case Spread::isolated:
      return MS_PRIVATE;
    case Spread::shared:
      return MS_SHARED;
    case Spread::unbindable:
      break;
  }
  return MS_UNBINDABLE;
}

}  // namespace

std::string summary(const Propagation& step) {
  const std::string_view spread = Words<Spread>::words.at(static_cast<std::size_t>(step.spread));
  return (step.scope == Scope::inherited ? "of what the host has mounted: " : "of the container's mounts: ") +
         std::string(spread);
}

Result<void> apply(const Propagation& step, Inside& inside) {
  if (step.scope == Scope::root) return linux::set_propagation(inside.root, flag_of(step.spread), linux::Below::taken);
  const linux::Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return failure(errno, "open", "/");
  return linux::set_propagation(root, flag_of(step.spread), linux::Below::taken);
}

}  // namespace slipway::steps
