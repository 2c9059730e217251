// The container's first process as the supervisor holds it: made, its ids mapped, ended with its object.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "core/linux/fd.hpp"
#include "core/linux/id_mapping.hpp"
#include "core/linux/process.hpp"
#include "core/plan/caller.hpp"
#include "core/report/report.hpp"
#include "core/run/guard.hpp"
#include "core/run/joining.hpp"
#include "core/run/orphans.hpp"

namespace slipway::run {

/// Moves like a pointer. It waits for its plan in namespaces of its own; see child.hpp for what it does then.
class FirstProcess {
 public:
  FirstProcess() = default;
  FirstProcess(FirstProcess&& other) noexcept { *this = std::move(other); }
  FirstProcess& operator=(FirstProcess&& other) noexcept;
  FirstProcess(const FirstProcess&) = delete;
  FirstProcess& operator=(const FirstProcess&) = delete;
  ~FirstProcess() { (void)end(); }

  /// `namespaces`: CLONE_NEW* but the user namespace, which it has when there are `ids`. The calling process has one
  /// thread, and what it has open the new one has too, until its plan is there.
  static Result<FirstProcess> make(std::uint64_t namespaces, const linux::IdMap& ids);
  /// The same in namespaces of others besides. Where they have a user namespace among them, `ids` are that one's.
  /// With a `caller` it can make calls, and tells when it has its namespaces (ChildMessage::Kind::ready).
  static Result<FirstProcess> make(std::uint64_t namespaces, const linux::IdMap& ids,
                                   const std::vector<JoinedNamespace>& joins, const plan::Caller* caller = nullptr);

  /// One that waits already, in these namespaces and no user namespace.
  static FirstProcess made_early(linux::Process process, linux::Fd control, std::uint64_t namespaces);

  /// Whether it is one for these namespaces and ids.
  [[nodiscard]] bool fits(std::uint64_t namespaces, const linux::IdMap& ids) const;
  /// To be called before the plan is sent: tells what is wrong with its ids. `should_stop`: IdMapping::finish().
  Result<void> finish_id_map(const std::function<bool()>& should_stop);

  [[nodiscard]] linux::Process& process() { return process_; }
  /// What it left behind where it has no pid namespace.
  [[nodiscard]] const Orphans& orphans() const { return orphans_; }
  /// Our end of the socket; see wire.hpp.
  [[nodiscard]] linux::Fd& control() { return control_; }

  /// Kills it where it still lives, and all that it left behind. `should_stop`: Orphans::end().
  Result<void> end(const std::function<bool()>& should_stop = {});

 private:
  std::uint64_t namespaces_ = 0;
  linux::IdMap ids_{};
  linux::IdMapping mapping_{};
  linux::Process process_{};
  linux::Fd control_{};
  Orphans orphans_{};        ///< without a pid namespace
  Guard guard_{};            ///< then, too
  bool joined_pid_ = false;  ///< what it leaves goes to that namespace's first process, and not to this one
};

}  // namespace slipway::run
