#ifndef SLIPWAY_STEPS_CALL_HPP
#define SLIPWAY_STEPS_CALL_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Whether a call outside of the container leaves something that must be taken back when the run is over.
enum class Undo : std::uint8_t { called, none };

/// Has a function of the plugin's own run. For what no step type does. In prepare and attach the function runs beside
/// the supervisor, in mount and seal inside the container's namespaces, always in a process of its own with no
/// descriptor but the inputs. What it did in the first two is taken back by the same function with undo set, from the
/// arguments alone; what it did inside goes with the namespaces. The manifest names step:call, and the library has a
/// build id.
///
/// Phase: mount, prepare, attach or seal. Result: A descriptor that the function gives; one that a bind or an overlay
/// mounts is a detached mount (fsmount(2), open_tree(2)). Rights beyond the phase's: In prepare and attach those of
/// whoever starts slipway, all of them: a policy may forbid calls.
///
/// Errors:
/// - no errno: the function reports an error, crashes, exits, or has not returned after timeout
///
/// See docs/abi.md, fsmount(2).
struct Call {
  /// Which of its functions; the plugin's own word of at most 64 bytes. Required.
  std::string function{};
  /// What the function reads as /arguments; at most 64 KiB. Default: {}.
  Object arguments{};
  /// Results of earlier steps, handed over as descriptors; also @pidfd, @userns, @netns and @mntns of the container in
  /// attach, @root in mount and seal; at most 64.
  std::vector<Reference> inputs{};
  /// How long it may take, and its undo; 1 to 3600. In seconds. Default: 10.
  std::int64_t timeout = 10;
  /// called: taken back at the end; none: it leaves nothing to take back. One of called, none. Default: called.
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
  static constexpr std::string_view details =
      "For what no step type does. In prepare and attach the function runs beside the supervisor, in mount and seal "
      "inside the container's namespaces, always in a process of its own with no descriptor but the inputs. What it "
      "did in the first two is taken back by the same function with undo set, from the arguments alone; what it did "
      "inside goes with the namespaces. The manifest names step:call, and the library has a build id.";
  static constexpr std::array phases{Phase::mount, Phase::prepare, Phase::attach, Phase::seal};
  static constexpr std::string_view result =
      "a descriptor that the function gives; one that a bind or an overlay mounts is a detached mount (fsmount(2), "
      "open_tree(2))";
  static constexpr std::string_view rights =
      "In prepare and attach those of whoever starts slipway, all of them: a policy may forbid calls.";
  static constexpr std::tuple fields{
      required("function", &Call::function, "which of its functions; the plugin's own word of at most 64 bytes"),
      optional("arguments", &Call::arguments, "what the function reads as /arguments; at most 64 KiB"),
      optional("inputs", &Call::inputs,
               "results of earlier steps, handed over as descriptors; also @pidfd, @userns, @netns and @mntns of the "
               "container in attach, @root in mount and seal; at most 64"),
      optional("timeout", &Call::timeout, "how long it may take, and its undo; 1 to 3600", "seconds"),
      optional("undo", &Call::undo, "called: taken back at the end; none: it leaves nothing to take back"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"", "the function reports an error, crashes, exits, or has not returned after timeout"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"docs/abi.md", "fsmount(2)"});
};

}  // namespace slipway::steps

#endif
