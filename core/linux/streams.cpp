#include "core/linux/streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace slipway::linux {

Result<void> open_missing_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest number that is free, which is this one: those below it are open by now. Stays open across exec.
    const int way = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    const int opened = ::open("/dev/null", way);  // NOLINT(android-cloexec-open)
    if (opened != stream) return failure(errno, "open /dev/null for a closed standard stream");
  }
  return {};
}

}  // namespace slipway::linux
