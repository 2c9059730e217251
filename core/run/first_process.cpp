#include "core/run/first_process.hpp"

#include <linux/sched.h>

#include <algorithm>
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
  (void)end();
  namespaces_ = other.namespaces_;
  ids_ = std::move(other.ids_);
  mapping_ = std::move(other.mapping_);
  process_ = std::exchange(other.process_, {});
  control_ = std::move(other.control_);
  orphans_ = std::exchange(other.orphans_, {});
  guard_ = std::exchange(other.guard_, {});
  joined_pid_ = std::exchange(other.joined_pid_, false);
  return *this;
}

Result<FirstProcess> FirstProcess::make(std::uint64_t namespaces, const linux::IdMap& ids) {
  return make(namespaces, ids, {});
}

Result<FirstProcess> FirstProcess::make(std::uint64_t namespaces, const linux::IdMap& ids,
                                        const std::vector<JoinedNamespace>& joins, const plan::Caller* caller) {
  const bool joins_user = !joins.empty() && joins.front().space == "user";
  const bool maps = !ids.none() && !joins_user;
  FirstProcess made;
  made.namespaces_ = namespaces;
  made.ids_ = ids;
  made.joined_pid_ =
      std::any_of(joins.begin(), joins.end(), [](const JoinedNamespace& join) { return join.space == "pid"; });
  auto sockets = linux::make_socket_pair(linux::Socket::stream);
  if (!sockets) return tl::unexpected(sockets.error());
  linux::Pair mapped;
  if (maps) {
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
    made.orphans_.spare(made.guard_.process.pid);
  }
  const auto elsewhere = linux::BeginElsewhere::prepare();
  // A pid namespace is made with its first process; a user namespace comes first of all, as it owns the others.
  const std::uint64_t with = (namespaces & CLONE_NEWPID) | (maps ? CLONE_NEWUSER : 0);
  const auto become_child = [&] {
    elsewhere.arrived();
    sockets->a.reset();
    mapped.b.reset();
    child_main({std::move(sockets->b), std::move(made.guard_.line), std::move(mapped.a),
                namespaces & ~std::uint64_t{CLONE_NEWPID}, caller});
  };
  auto child = joins.empty() ? linux::clone_process(with) : clone_joined(joins, with, become_child);
  if (!child) {
    elsewhere.arrived();
    return tl::unexpected(joins.empty() ? explain_namespaces(child.error(), ids) : child.error());
  }
  if (child->pid == 0) become_child();
  made.process_ = std::move(*child);
  elsewhere.send(made.process_);
  made.control_ = std::move(sockets->a);
  may_be_killed(Victim::child, made.process_);
  reached(Moment::cloned);
  if (!maps) return made;
  auto mapping = linux::IdMapping::begin(made.process_.pid, ids, &mapped.b);
  // One that has ended is told of when it is to get its plan.
  if (!mapping && !linux::has_ended(made.process_)) return tl::unexpected(explain_id_map(mapping.error(), ids));
  if (mapping) made.mapping_ = std::move(*mapping);
  reached(Moment::mapping);
  return made;
}

FirstProcess FirstProcess::made_early(linux::Process process, linux::Fd control, std::uint64_t namespaces) {
  FirstProcess made;
  made.process_ = std::move(process);
  made.control_ = std::move(control);
  made.namespaces_ = namespaces;
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

Result<void> FirstProcess::end(const std::function<bool()>& should_stop) {
  mapping_.abandon();
  if (process_.pidfd) linux::end_now(process_);
  // With a pid namespace the end of its first process ends all others; without one they would stay behind.
  if (joined_pid_ && guard_.process.pidfd) {
    guard_.line.reset();  // and it ends all that are in the container's mount namespace
    (void)linux::wait_for(guard_.process);
    guard_.process = {};
  }
  auto ended = orphans_.end(should_stop);
  // What did not end is left to the guard, which tries for some time after this process has gone.
  if (ended) linux::end_now(guard_.process);
  orphans_ = {};
  guard_ = {};
  process_ = {};
  control_.reset();
  return ended;
}

}  // namespace slipway::run
