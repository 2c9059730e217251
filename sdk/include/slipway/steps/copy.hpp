#ifndef SLIPWAY_STEPS_COPY_HPP
#define SLIPWAY_STEPS_COPY_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Fills a directory of the run's own with what layers show together, deletions carried out: the tree that an overlay
/// of them would show, without one. Contents share their blocks with the layers where the file system can do that
/// (FICLONE; ioctl_ficlone(2)). Errors: ENOSPC and EDQUOT where the disk does not take it.
struct Copy {
  std::vector<Reference> layers{};
  Reference into{};
};

template <>
struct Shape<Copy> {
  static constexpr std::string_view type = "copy";
  static constexpr std::string_view meaning = "copies the tree that layers make into a directory of the run's own";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::tuple fields{
      required("layers", &Copy::layers, "the layers' directories, the top one first; at least one"),
      required("into", &Copy::into, "the result of a scratch step"),
  };
};

}  // namespace slipway::steps

#endif
