// `slipway plugin check`: its options, which stand beside those of the other subcommands, and what it does.
#pragma once

#include <string>
#include <vector>

#include "core/check/check.hpp"
#include "core/cli/arguments.hpp"

namespace slipway::cli {

struct PluginCheck {
  check::Wishes wishes{};
  std::string junit{};  ///< where the report goes as XML; empty: nowhere
  std::string wrong{};  ///< an option's value that is none
  std::string given{};  ///< an option that was given and belongs to `check` alone
};

std::vector<Option> options_of(PluginCheck& check);

/// Prints the report, as JSON where asked for. The exit status: kOk where the plugin conforms.
int check_plugin_file(PluginCheck& check, bool json);

}  // namespace slipway::cli
