// Laying one document over another.
#pragma once

#include <optional>
#include <string>

#include "core/config/value.hpp"

namespace slipway::config {

/// Object by object and key by key; lists and everything else are replaced whole. An entry of the pipeline (an object
/// at the top, or in a list there) whose "use" names another plugin loses what it had for the old one. An object
/// without "use" goes over a stage's list of one as it goes over its only entry.
void merge(Value& base, nlohmann::json&& over, Places::Map&& origins);
/// The same for one part of the document, `node` at `pointer`; is_entry where it is such an entry.
enum class Part { entry, other };
void merge_part(Value& base, nlohmann::json& node, const std::string& pointer, Part part, nlohmann::json&& over,
                Places::Map&& origins);

/// Makes an entry use a plugin: a different one drops everything else that the entry says.
void use_plugin(Value& base, nlohmann::json& entry, const std::string& pointer, const std::string& plugin, Spot spot);

}  // namespace slipway::config
