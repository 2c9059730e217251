#include "core/run/orders.hpp"

#include <unistd.h>

#include <cstdlib>

#include "core/linux/terminal.hpp"
#include "core/run/ids.hpp"

namespace slipway::run {

Orders orders_for(const config::Isolation& isolation, const linux::IdMap& ids, const linux::HostAbilities& host,
                  Times times) {
  Orders orders;
  orders.shifts = shifts_layers(isolation);
  orders.may_set_groups = may_set_groups(ids);
  orders.times = times;
  orders.has_terminal = host.terminal;
  if (host.terminal) {
    if (!linux::in_foreground(STDIN_FILENO)) orders.likeness = Likeness::size_alone;
    const char* term = ::secure_getenv("TERM");
    orders.term = term != nullptr ? term : "xterm";
  }
  return orders;
}

}  // namespace slipway::run
