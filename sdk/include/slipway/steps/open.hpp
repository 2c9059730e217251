#ifndef SLIPWAY_STEPS_OPEN_HPP
#define SLIPWAY_STEPS_OPEN_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Opens a file or directory of the host, as the user who runs slipway, before anything is made. Its result ("as") is
/// what a bind may have as its source. With the owners of the container it is an id-mapped mount (mount_setattr(2),
/// MOUNT_ATTR_IDMAP): what belongs to id 0 on the disk belongs to id 0 inside, and what id 0 inside makes to id 0 on
/// the disk. Errors: ENOENT, EACCES; EPERM where somebody other than root asks for that, EINVAL where the file system
/// cannot do it.
struct Open {
  HostPath path{};
  Owners owners = Owners::host;
};

template <>
struct Shape<Open> {
  static constexpr std::string_view type = "open";
  static constexpr std::string_view meaning = "opens a file or directory of the host for a bind";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::tuple fields{
      required("path", &Open::path, "absolute path on the host; its links are followed"),
      optional("owners", &Open::owners, "host (default): as the host has them; container: the same numbers inside"),
  };
};

}  // namespace slipway::steps

#endif
