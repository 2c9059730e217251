// What a library exports as slipway_plugin_1, held against its manifest.
#pragma once

#include <slipway/plugin.h>

#include <tl/expected.hpp>

#include "sdk/host/manifest.hpp"

namespace slipway::host {

inline constexpr const char* kPluginSymbol = "slipway_plugin_1";
/// What makes one, for who has none.
inline constexpr const char* kHowToExport =
    "in C++: SLIPWAY_PLUGIN(Class); in Rust: slipway::plugin!(plan = plan); in C, with <slipway/plugin.h>, which makes "
    "it "
    "visible: const slipway_plugin slipway_plugin_1 = {sizeof(slipway_plugin), SLIPWAY_ABI_MAJOR, SLIPWAY_ABI_MINOR, "
    "plan, "
    "NULL, NULL}; outside of every function, not static, and with extern \"C\" where a C++ compiler reads it without "
    "that "
    "header";

/// Its size, its ABI, and the function that its stage calls. The problem is told without the file's name.
tl::expected<void, Problem> check_entry(const slipway_plugin& plugin, const Manifest& manifest);

/// A plugin's functions; nullptr where it has none, or is older than the member.
using Entered = std::int32_t (*)(const slipway_host*);
Entered plan_of(const slipway_plugin& plugin);
Entered resolve_of(const slipway_plugin& plugin);

}  // namespace slipway::host
