#include "core/cli/output.hpp"

#include <array>
#include <cerrno>
#include <cstdio>

#include "core/cli/arguments.hpp"
#include "core/cli/print.hpp"

namespace slipway::cli {

void gather_output() {
  // Room for all that is usually printed.
  static std::array<char, std::size_t{1} << 18U> buffer;
  (void)std::setvbuf(stdout, buffer.data(), _IOFBF, buffer.size());
}

int write_out(int status) {
  errno = 0;
  const bool is_written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (is_written || status != kOk) return status;
  print_error({errno, "write to standard output", "", ""});
  return kProblem;
}

}  // namespace slipway::cli
