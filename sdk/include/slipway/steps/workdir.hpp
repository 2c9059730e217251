#ifndef SLIPWAY_STEPS_WORKDIR_HPP
#define SLIPWAY_STEPS_WORKDIR_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Changes to the working directory. As the program's user where that user may, else as it was before the user changed.
/// Links of the image are followed, inside of the container only.
///
/// Phase: confine.
///
/// Errors:
/// - ENOENT: there is no such directory
/// - ENOTDIR: it is no directory, or lies below a file
/// - EACCES: the program's user may not enter it
/// - ELOOP: links lead in a circle, or through a link of /proc
///
/// See chdir(2).
struct Workdir {
  /// The directory. Required.
  Path path{};
};

template <>
struct Shape<Workdir> {
  static constexpr std::string_view type = "workdir";
  static constexpr std::string_view meaning = "changes to the working directory";
  static constexpr std::string_view details =
      "As the program's user where that user may, else as it was before the user changed. Links of the image are "
      "followed, inside of the container only.";
  static constexpr std::array phases{Phase::confine};
  static constexpr std::tuple fields{
      required("path", &Workdir::path, "the directory"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"ENOENT", "there is no such directory"},
      {"ENOTDIR", "it is no directory, or lies below a file"},
      {"EACCES", "the program's user may not enter it"},
      {"ELOOP", "links lead in a circle, or through a link of /proc"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"chdir(2)"});
};

}  // namespace slipway::steps

#endif
