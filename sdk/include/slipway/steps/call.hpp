#ifndef SLIPWAY_STEPS_CALL_HPP
#define SLIPWAY_STEPS_CALL_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Whether a call outside of the container leaves something that must be taken back when the run is over.
enum class Undo : std::uint8_t { called, none };

/// Has a function of the plugin's own run, where no step type does what is to be done: in the prepare and attach phases
/// beside the supervisor, in the mount and seal phases inside the container's namespaces, always in a process of its
/// own with no descriptor but the inputs. What it did in the first two is taken back by the same function with `undo`
/// set, from the arguments alone; what it did inside goes with the namespaces. Its result ("as") is a descriptor; one
/// that a bind or an overlay mounts is a detached mount (fsmount(2), open_tree(2)). Errors: what the function reports;
/// its crash, its exit, and no answer within `timeout`.
struct Call {
  std::string function{};
  Object arguments{};
  std::vector<Reference> inputs{};
  std::int64_t timeout = 10;
  Undo undo = Undo::called;
};

template <>
struct Words<Undo> {
  static constexpr std::array<std::string_view, 2> words{"called", "none"};
};

template <>
struct Shape<Call> {
  static constexpr std::string_view type = "call";
  static constexpr std::string_view meaning = "has a function of the plugin's own run";
  static constexpr std::array phases{Phase::mount, Phase::prepare, Phase::attach, Phase::seal};
  static constexpr std::tuple fields{
      required("function", &Call::function, "which of its functions; the plugin's own word"),
      optional("arguments", &Call::arguments, "an object, which the function reads as /arguments; at most 64 KiB"),
      optional("inputs", &Call::inputs,
               "results of earlier steps, handed over as descriptors; also @pidfd, @userns, @netns and @mntns of the "
               "container in attach, @root in mount and seal"),
      optional("timeout", &Call::timeout, "how many seconds it may take, and its undo; 1 to 3600, 10 when absent"),
      optional("undo", &Call::undo, "called (default): taken back at the end; none: it leaves nothing to take back"),
  };
};

}  // namespace slipway::steps

#endif
