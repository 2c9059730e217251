// What a testing::Plugin holds, for the parts of the harness itself.
#pragma once

#include <nlohmann/json.hpp>
#include <slipway/testing.hpp>

#include "sdk/host/manifest.hpp"

namespace slipway::testing {

struct Plugin::Held {
  const slipway_plugin* entry = nullptr;
  host::Manifest manifest{};
  nlohmann::json schema{};  ///< of its options
  /// A crash or a hang ends the process with one line that names the plugin: for a program, not for a test framework,
  /// which has handlers of its own.
  bool is_guarded = false;
};

/// The same plugin, guarded.
Plugin guarded(const Plugin& plugin);

/// JSON text that a test gave, with comments. Throws an Error that names `what`.
nlohmann::json parsed(std::string_view text, const std::string& what);

/// A file's content. Throws an Error.
std::string content_of(const std::string& path);

/// A text as JSON, whatever bytes it holds: text where it is UTF-8, else {"base64": "…"}.
nlohmann::json bytes_json(const std::string& bytes);

}  // namespace slipway::testing
