#include <unistd.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Symlink& step) { return step.link.text + " -> " + step.target; }

Result<void> apply(const Symlink& step, Inside& inside) {
  auto parent = linux::open_parent_below(inside.root, step.link.text);
  if (!parent) return tl::unexpected(parent.error());
  if (::symlinkat(step.target.c_str(), parent->directory.get(), parent->name.c_str()) != 0) {
    return failure(errno, "make link", step.link.text);
  }
  return {};
}

}  // namespace slipway::steps
