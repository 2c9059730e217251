#include "sdk/host/entry.hpp"

#include <cstddef>
#include <string>

namespace slipway::host {
namespace {

std::string abi_text(unsigned major, unsigned minor) { return std::to_string(major) + "." + std::to_string(minor); }

}  // namespace

Entered plan_of(const slipway_plugin& plugin) {
  return SLIPWAY_HAS(&plugin, slipway_plugin, plan) ? plugin.plan : nullptr;
}

Entered resolve_of(const slipway_plugin& plugin) {
  return SLIPWAY_HAS(&plugin, slipway_plugin, resolve) ? plugin.resolve : nullptr;
}

tl::expected<void, Problem> check_entry(const slipway_plugin& plugin, const Manifest& manifest) {
  constexpr auto kSmallest = static_cast<std::uint32_t>(offsetof(slipway_plugin, plan) + sizeof(plugin.plan));
  const std::string symbol = kPluginSymbol;
  if (plugin.struct_size < kSmallest) {
    return tl::unexpected(Problem{"",
                                  symbol + " says that it is " + std::to_string(plugin.struct_size) +
                                      " bytes long; expected at least " + std::to_string(kSmallest),
                                  "its first member is sizeof(slipway_plugin)"});
  }
  if (plugin.abi_major != SLIPWAY_ABI_MAJOR) {
    return tl::unexpected(Problem{"",
                                  "its code is built for plugin ABI " + abi_text(plugin.abi_major, plugin.abi_minor) +
                                      ", its manifest says " + abi_text(manifest.abi_major, manifest.abi_minor),
                                  "build it with this slipway's SDK"});
  }
  const bool image = manifest.stage == "image";
  if ((image ? resolve_of(plugin) : plan_of(plugin)) == nullptr) {
    return tl::unexpected(Problem{"",
                                  std::string("has no function `") + (image ? "resolve" : "plan") +
                                      "`, which the stage \"" + manifest.stage + "\" calls",
                                  "set it in slipway_plugin_1"});
  }
  return {};
}

}  // namespace slipway::host
