// What a right value looks like, read off a schema: shown to somebody who wrote a wrong one.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace slipway::config {

/// The schema's first example, else its default where that says something; of a list without either, one of its items.
std::optional<nlohmann::json> example_of(const nlohmann::json& schema);

/// How the list is written that somebody meant who wrote `value` alone: `["sh"]`, `["NAME=VALUE", …]`.
std::string list_written(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace slipway::config
