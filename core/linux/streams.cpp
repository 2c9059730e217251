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

Result<void> check_passed_on(int count) {
  for (int fd = STDERR_FILENO + 1; fd <= STDERR_FILENO + count; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) continue;
    const std::string last = std::to_string(STDERR_FILENO + count);
    return failure(0, "pass on the descriptors 3 to " + last + ": slipway was started without descriptor",
                   std::to_string(fd), "open it before: slipway run --preserve-fds … " + std::to_string(fd) + "<FILE");
  }
  return {};
}

void close_passed_on(int count) {
  if (count > 0) (void)::close_range(STDERR_FILENO + 1, static_cast<unsigned>(STDERR_FILENO + count), 0);
}

}  // namespace slipway::linux
