#ifndef SLIPWAY_STEPS_MKDIR_HPP
#define SLIPWAY_STEPS_MKDIR_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes a directory and those above it that are missing (these 0755). One that is there stays as it is, also where it
/// is there through links of the image (/var/run). Errors: ENOTDIR where something else is in its place, ELOOP where
/// the image has a link there that leads nowhere, EROFS.
struct Mkdir {
  Path target{};
  Mode mode{0755};
};

template <>
struct Shape<Mkdir> {
  static constexpr std::string_view type = "mkdir";
  static constexpr std::string_view meaning = "makes a directory inside the container";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &Mkdir::target, "the directory"),
      optional("mode", &Mkdir::mode, "permission bits of a new one, umask not applied; default 0755"),
  };
};

}  // namespace slipway::steps

#endif
