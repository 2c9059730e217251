// Every step type of this slipway, and the variant that holds one of them.
#ifndef SLIPWAY_STEPS_HPP
#define SLIPWAY_STEPS_HPP

#include <slipway/steps/bind.hpp>
#include <slipway/steps/call.hpp>
#include <slipway/steps/copy.hpp>
#include <slipway/steps/environment.hpp>
#include <slipway/steps/exec.hpp>
#include <slipway/steps/file.hpp>
#include <slipway/steps/hostname.hpp>
#include <slipway/steps/link_up.hpp>
#include <slipway/steps/mask.hpp>
#include <slipway/steps/mkdir.hpp>
#include <slipway/steps/mknod.hpp>
#include <slipway/steps/mount.hpp>
#include <slipway/steps/open.hpp>
#include <slipway/steps/overlay.hpp>
#include <slipway/steps/propagation.hpp>
#include <slipway/steps/readonly.hpp>
#include <slipway/steps/scratch.hpp>
#include <slipway/steps/symlink.hpp>
#include <slipway/steps/unpack.hpp>
#include <slipway/steps/user.hpp>
#include <slipway/steps/workdir.hpp>
#include <slipway/steps/write.hpp>
#include <variant>

namespace slipway::steps {

/// In the alphabetical order of the words on the wire.
using Step = std::variant<Bind, Call, Copy, Environment, Exec, File, Hostname, LinkUp, Mask, Mkdir, Mknod, Mount, Open,
                          Overlay, Propagation, Readonly, Scratch, Symlink, Unpack, User, Workdir, Write>;

/// What every step may carry beside its own members.
struct Common {
  std::string as{};                     ///< names the step's result
  std::string from{};                   ///< JSON pointer to the option that asked for it
  std::vector<std::string> after{};     ///< owner:label of steps that it comes after
  std::vector<std::string> replaces{};  ///< owner:label of steps that it replaces
};

}  // namespace slipway::steps

#endif
