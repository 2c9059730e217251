#include "core/cli/surroundings.hpp"

#include <csignal>

#include "core/cli/print.hpp"
#include "core/linux/streams.hpp"

namespace slipway::cli {

bool make_usual() {
  auto streams = linux::open_missing_streams();
  if (!streams) print_error(streams.error());
  // An ignored SIGCHLD is inherited, and the kernel then keeps no status of a child that has ended (wait(2)).
  (void)std::signal(SIGCHLD, SIG_DFL);
  return streams.has_value();
}

}  // namespace slipway::cli
