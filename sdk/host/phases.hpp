// The phases in which steps are carried out: where, with which rights, and in which order.
#pragma once

#include <algorithm>
#include <array>
#include <slipway/steps/shape.hpp>
#include <span>
#include <string_view>

namespace slipway::host {

namespace detail {
inline constexpr auto kOrderOfConfine = std::to_array<std::string_view>({"user", "environment", "workdir"});
inline constexpr auto kNoOrder = std::array<std::string_view, 0>{};
}  // namespace detail

/// Whether steps of this phase are carried out by the container's first process.
constexpr bool is_inside(steps::Phase phase) { return phase >= steps::Phase::mount && phase <= steps::Phase::exec; }

struct PhaseRow {
  steps::Phase phase;
  std::string_view process;
  std::string_view meaning;
  std::string_view rights;  ///< what carrying out a step of it takes; a step of no phase gets more
  bool gives_results;       ///< whether its steps may name a result ("as"); a call may in each of its phases
  std::span<const std::string_view> order;  ///< types that come last, in this order, whoever emits them
};

/// In the order in which they are carried out.
inline constexpr std::array kPhases = {
    PhaseRow{steps::Phase::resolve, "the worker",
             "an image plugin reads its source and yields the fact image; no step stands here",
             "in a sandboxed worker, which reaches the image's source and nothing else of the host, no network either.",
             false, detail::kNoOrder},
    PhaseRow{steps::Phase::prepare, "slipway and workers of its own",
             "before the container is set up: layers are unpacked, directories made, files of the host opened",
             "before the container is set up, by slipway and workers of its own. What is written goes into the store; "
             "of the host is read what whoever starts slipway may read.",
             true, detail::kNoOrder},
    PhaseRow{steps::Phase::attach, "slipway",
             "the container has its namespaces and waits: what is done to them from outside",
             "beside slipway, with the rights of whoever starts it, over the host as well.", false, detail::kNoOrder},
    PhaseRow{
        steps::Phase::mount, "the container's first process",
        "its root and all that is mounted, made and bound there; between this phase and the next the root is "
        "entered (pivot_root(2)) and the host's is gone",
        "in the container's own namespaces, before its root is entered. An ordinary user has all rights over these "
        "and needs none over the host.",
        false, detail::kNoOrder},
    PhaseRow{steps::Phase::seal, "the container's first process",
             "in the new root, once a container: what it is to lose",
             "in the container's own namespaces and in its root, which can only lose something by it. Needs no right "
             "over the host.",
             false, detail::kNoOrder},
    PhaseRow{steps::Phase::confine, "the process that becomes the program",
             "what the program is: its user comes before the environment, which knows HOME by it, and before the "
             "working directory, which is entered as that user",
             "in the process that becomes the program: it gives rights up and gains none.", false,
             detail::kOrderOfConfine},
    PhaseRow{steps::Phase::exec, "the process that becomes the program", "the program begins",
             "in the same process: the program has what is left.", false, detail::kNoOrder},
    PhaseRow{steps::Phase::teardown, "slipway, or slipway clean",
             "what the journal lists is taken back, the last first: calls by their undo, directories of the run's own; "
             "no step stands here",
             "by slipway, with the rights of whoever starts it.", false, detail::kNoOrder},
};

constexpr const PhaseRow& row_of(steps::Phase phase) { return kPhases.at(static_cast<std::size_t>(phase)); }

/// A name that `inputs` of a call may have without an earlier step that makes it; no step may take one for its result.
struct Reserved {
  std::string_view name;
  std::string_view meaning;
  bool in_attach;  ///< outside of the container
  bool inside;     ///< in mount and seal
};
inline constexpr std::array kReserved = {
    Reserved{"pid", "kept for later", false, false},
    Reserved{"pidfd", "the container's first process; pidfd_open(2)", true, false},
    Reserved{"netns", "its network namespace; setns(2)", true, false},
    Reserved{"userns", "its user namespace", true, false},
    Reserved{"mntns", "its mount namespace", true, false},
    Reserved{"root", "the directory that is or becomes the container's root", false, true},
};

constexpr bool is_reserved(std::string_view name) {
  return std::any_of(kReserved.begin(), kReserved.end(), [&](const Reserved& one) { return one.name == name; });
}

/// Whether a call in that phase may have it as an input.
constexpr bool is_given(std::string_view name, steps::Phase phase) {
  return std::any_of(kReserved.begin(), kReserved.end(), [&](const Reserved& one) {
    const bool inside = phase == steps::Phase::mount || phase == steps::Phase::seal;
    return one.name == name && ((one.inside && inside) || (one.in_attach && phase == steps::Phase::attach));
  });
}

}  // namespace slipway::host
