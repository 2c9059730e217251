#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Workdir& step) { return step.path.text; }

Result<void> apply(const Workdir& step, Inside& inside) {
  // Links of the image are followed, but not those that /proc/self/fd has, which lead out of every root.
  auto directory = linux::open_inside(inside.root, step.path.text, O_PATH | O_DIRECTORY);
  const int code = !directory ? directory.error().code : ::fchdir(directory->get()) != 0 ? errno : 0;
  if (code == 0) return {};
  return failure(code, "change to the working directory", step.path.text,
                 code == EACCES ? "the program's user may not enter it" : "choose another with -w");
}

}  // namespace slipway::steps
