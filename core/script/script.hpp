// A plan as a POSIX shell script that does the same with the tools of util-linux and coreutils. Reads nothing and acts
// on nothing; the layers it leaves to `slipway store layers`.
#pragma once

#include <string>
#include <vector>

#include "core/config/isolation.hpp"
#include "core/linux/id_map.hpp"
#include "core/plan/plan.hpp"
#include "core/report/report.hpp"
#include "core/script/namespaces.hpp"

namespace slipway::script {

struct Material {
  plan::Plan plan{};
  config::Isolation isolation{};
  linux::IdMap ids{};
  Caller caller{};
  bool shifts_layers = false;            ///< the image's owners are mapped by mounts
  std::string pipeline{}, image{};       ///< for the head: what it was made from
  std::vector<std::string> importing{};  ///< the command that prints the layers' directories
  std::string directory{};               ///< in which that command's words are meant
  bool holds_given_values = false;       ///< of variables that were said on the command line
};

struct Script {
  std::string text{};
  /// What the tools cannot do: an error where the container is weaker without it, else a warning.
  Findings left_out{};
};
Result<Script> make_script(const Material& material);

}  // namespace slipway::script
