#include "core/run/head_start.hpp"

#include <unistd.h>

#include <utility>

#include "core/linux/clock.hpp"
#include "core/linux/namespaces.hpp"
#include "core/plan/blueprint.hpp"

namespace slipway::run {

HeadStart HeadStart::make(FirstProcess early) {
  HeadStart head{Signals::take(), linux::automatic_id_map(), {}, linux::monotonic_ns(), ::getppid()};
  if (!head.signals || !head.ids) return head;
  std::uint64_t namespaces = 0;
  for (const std::string_view word : config::kUsualNamespaces) namespaces |= linux::namespace_flag(word);
  if (early.fits(namespaces, *head.ids)) {
    head.first = std::move(early);
    return head;
  }
  if (auto first = FirstProcess::make(namespaces, *head.ids)) head.first = std::move(*first);
  return head;
}

}  // namespace slipway::run
