#ifndef SLIPWAY_STEPS_SCRATCH_HPP
#define SLIPWAY_STEPS_SCRATCH_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// What becomes of a directory of the run's own when its program has ended.
enum class Afterwards : std::uint8_t { removed, kept };

/// Makes a directory of this run's own in the store. It goes with the run, or is kept when the program has ended. The
/// journal lists it before it is made.
///
/// Phase: prepare. Result: The directory, empty.
///
/// Errors:
/// - EEXIST: the run has one of that name already
/// - ENOSPC: the disk with the store is full
/// - EDQUOT: the user's quota does not take it
/// - EROFS: the store lies on a file system that is read-only
///
/// See mkdir(2).
struct Scratch {
  /// What it is for, as shown to people: upper; one file name of at most 64 bytes. Required.
  std::string name{};
  /// Removed with the run, or kept: moved to where no run and no cleaning removes it, and people are told. One of
  /// removed, kept. Default: removed.
  Afterwards afterwards = Afterwards::removed;
};

template <>
struct Words<Afterwards> {
  static constexpr std::array<std::string_view, 2> words{"removed", "kept"};
};

template <>
struct Shape<Scratch> {
  static constexpr std::string_view type = "scratch";
  static constexpr std::string_view meaning = "makes a directory of this run's own in the store";
  static constexpr std::string_view details =
      "It goes with the run, or is kept when the program has ended. The journal lists it before it is made.";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::string_view result = "the directory, empty";
  static constexpr std::tuple fields{
      required("name", &Scratch::name, "what it is for, as shown to people: upper; one file name of at most 64 bytes"),
      optional("afterwards", &Scratch::afterwards,
               "removed with the run, or kept: moved to where no run and no cleaning removes it, and people are told"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"EEXIST", "the run has one of that name already"},
      {"ENOSPC", "the disk with the store is full"},
      {"EDQUOT", "the user's quota does not take it"},
      {"EROFS", "the store lies on a file system that is read-only"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"mkdir(2)"});
};

}  // namespace slipway::steps

#endif
