// Why a value does not fit its schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/config/options.hpp"

namespace slipway::config {

/// Words for one value of which the validator said that it does not fit, leaving its members aside. `outer`: what
/// describes the list that the value stands in, for entries without a description of their own.
void explain_value(const nlohmann::json& schema, const nlohmann::json& value, const std::string& pointer,
                   const std::string& outer, std::vector<OptionProblem>& problems);

}  // namespace slipway::config
