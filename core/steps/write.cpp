#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Write& step) {
  return step.target.text + " (" + std::to_string(step.text.size()) + " bytes)";
}

Result<void> apply(const Write& step, Inside& inside) {
  auto parent = linux::open_parent_below(inside.root, step.target.text);
  if (!parent) return tl::unexpected(parent.error());
  const linux::Fd file(::openat(parent->directory.get(), parent->name.c_str(),
                                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, step.mode.bits));
  if (!file) return failure(errno, "make file", step.target.text);
  // open(2) applies the umask.
  if (::fchmod(file.get(), step.mode.bits) != 0) return failure(errno, "set the mode of", step.target.text);
  if (auto written = linux::write_all(file, step.text); !written) {
    return failure(written.error().code, "write file", step.target.text);
  }
  return {};
}

}  // namespace slipway::steps
