#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

mode_t type_bits(NodeKind kind) {
  switch (kind) {
    case NodeKind::character:
      return S_IFCHR;
    case NodeKind::block:
      return S_IFBLK;
    case NodeKind::fifo:
      break;
  }
  return S_IFIFO;
}

}  // namespace

std::string summary(const Mknod& step) {
  if (step.kind == NodeKind::fifo) return step.target.text + " fifo";
  return step.target.text + (step.kind == NodeKind::block ? " block " : " character ") + std::to_string(step.major) +
         ":" + std::to_string(step.minor);
}

Result<void> apply(const Mknod& step, Inside& inside) {
  auto parent = linux::open_parent_below(inside.root, step.target.text);
  if (!parent) return tl::unexpected(parent.error());
  const dev_t device = makedev(static_cast<unsigned>(step.major), static_cast<unsigned>(step.minor));
  if (::mknodat(parent->directory.get(), parent->name.c_str(), type_bits(step.kind) | step.mode.bits, device) != 0) {
    return failure(errno, "make device node", step.target.text,
                   errno == EPERM ? "device nodes cannot be made in a user namespace: bind the host's instead" : "");
  }
  // mknodat(2) applies the umask.
  if (::fchmodat(parent->directory.get(), parent->name.c_str(), step.mode.bits, 0) != 0) {
    return failure(errno, "set the mode of", step.target.text);
  }
  return {};
}

}  // namespace slipway::steps
