#ifndef SLIPWAY_STEPS_WORKDIR_HPP
#define SLIPWAY_STEPS_WORKDIR_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// The program's working directory; chdir(2), as the program's user where that user may, else as it was before the
/// user changed. Errors: ENOENT, ENOTDIR, EACCES.
struct Workdir {
  Path path{};
};

template <>
struct Shape<Workdir> {
  static constexpr std::string_view type = "workdir";
  static constexpr std::string_view meaning = "changes to the working directory";
  static constexpr std::array phases{Phase::confine};
  static constexpr std::tuple fields{
      required("path", &Workdir::path, "the directory"),
  };
};

}  // namespace slipway::steps

#endif
