#include "core/run/first_process.hpp"

#include <linux/sched.h>

#include <utility>

#include "core/run/child.hpp"
#include "core/run/explain.hpp"
#include "core/run/moments.hpp"

namespace slipway::run {
namespace {

bool ends_with_its_first(std::uint64_t namespaces) { return (namespaces & CLONE_NEWPID) != 0; }

}  // namespace

FirstProcess& FirstProcess::operator=(FirstProcess&& other) noexcept {
  if (this == &other) return *this;
  end();
  namespaces_ = other.namespaces_;
  ids_ = std::move(other.ids_);
  mapping_ = std::move(other.mapping_);
  process_ = std::exchange(other.process_, {});
  control_ = std::move(other.control_);
  orphans_ = std::exchange(other.orphans_, {});
  guard_ = std::exchange(other.guard_, {});
  return *this;
}

Result<FirstProcess> FirstProcess::make(std::uint64_t namespaces, const linux::IdMap& ids) {
  FirstProcess made;
  made.namespaces_ = namespaces;
  made.ids_ = ids;
  auto sockets = linux::make_socket_pair(linux::Socket::stream);
  if (!sockets) return tl::unexpected(sockets.error());
  linux::Pair mapped;
  if (!ids.none()) {
    auto pipe = linux::make_pipe();
    if (!pipe) return tl::unexpected(pipe.error());
    mapped = std::move(*pipe);
  }
  if (!ends_with_its_first(namespaces)) {
    auto orphans = Orphans::adopt();
    if (!orphans) return tl::unexpected(orphans.error());
    made.orphans_ = std::move(*orphans);
    auto guard = start_guard();
    if (!guard) return tl::unexpected(guard.error());
    made.guard_ = std::move(*guard);
  }
  const auto elsewhere = linux::BeginElsewhere::prepare();
  // A pid namespace is made with its first process; a user namespace comes first of all, as it owns the others.
  auto child = linux::clone_process((namespaces & CLONE_NEWPID) | (ids.none() ? 0 : CLONE_NEWUSER));
  if (!child) {
    elsewhere.arrived();
    return tl::unexpected(explain_namespaces(child.error(), ids));
  }
  if (child->pid == 0) {
    elsewhere.arrived();
    sockets->a.reset();
    mapped.b.reset();
    child_main({std::move(sockets->b), std::move(made.guard_.line), std::move(mapped.a),
                namespaces & ~std::uint64_t{CLONE_NEWPID}});
  }
  made.process_ = std::move(*child);
  elsewhere.send(made.process_);
  made.control_ = std::move(sockets->a);
  may_be_killed(Victim::child, made.process_);
  reached(Moment::cloned);
  if (ids.none()) return made;
  auto mapping = linux::IdMapping::begin(made.process_.pid, ids, &mapped.b);
  // One that has ended is told of when it is to get its plan.
  if (!mapping && !linux::has_ended(made.process_)) return tl::unexpected(explain_id_map(mapping.error(), ids));
  if (mapping) made.mapping_ = std::move(*mapping);
  reached(Moment::mapping);
  return made;
}

bool FirstProcess::fits(std::uint64_t namespaces, const linux::IdMap& ids) const {
  return process_.pidfd && namespaces_ == namespaces && ids_ == ids;
}

Result<void> FirstProcess::finish_id_map(const std::function<bool()>& should_stop) {
  auto finished = mapping_.finish(should_stop);
  if (!finished) return tl::unexpected(explain_id_map(finished.error(), ids_));
  return finished;
}

void FirstProcess::end() {
  mapping_.abandon();
  if (process_.pidfd) linux::end_now(process_);
  // With a pid namespace the end of its first process ends all others; without one they would stay behind.
  orphans_.end();
  linux::end_now(guard_.process);
  orphans_ = {};
  guard_ = {};
  process_ = {};
  control_.reset();
}

}  // namespace slipway::run
