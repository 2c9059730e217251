#include <unistd.h>

#include <cerrno>

#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Workdir& step) { return step.path.text; }

Result<void> apply(const Workdir& step, Inside&) {
  if (::chdir(step.path.text.c_str()) != 0) {
    return failure(errno, "change to the working directory", step.path.text,
                   errno == EACCES ? "the program's user may not enter it" : "choose another with -w");
  }
  return {};
}

}  // namespace slipway::steps
