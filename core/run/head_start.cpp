#include "core/run/head_start.hpp"

#include <unistd.h>

#include "core/linux/clock.hpp"
#include "core/linux/namespaces.hpp"
#include "core/plan/blueprint.hpp"

namespace slipway::run {

HeadStart HeadStart::make() {
  HeadStart head{Signals::take(), linux::automatic_id_map(), {}, linux::monotonic_ns(), ::getppid()};
  if (!head.signals || !head.ids) return head;
  std::uint64_t namespaces = 0;
  for (const std::string_view word : config::kUsualNamespaces) namespaces |= linux::namespace_flag(word);
  if (auto first = FirstProcess::make(namespaces, *head.ids)) head.first = std::move(*first);
  return head;
}

}  // namespace slipway::run
