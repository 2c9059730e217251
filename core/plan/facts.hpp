// The facts that stages are told, as JSON, and the words for them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/config/isolation.hpp"
#include "core/plan/blueprint.hpp"
#include "sdk/host/manifest.hpp"

namespace slipway::plan {

/// {"image": …, "host": …, "isolation": …}
nlohmann::json facts_json(const Facts& facts, const config::Isolation& isolation);

/// Facts out of a file: as they are, or as `slipway plan --json` printed them beside the steps. Discarded when the text
/// is no JSON.
nlohmann::json recorded_facts(const std::string& text);

/// The facts and abilities that a plugin's manifest may need.
host::Vocabulary vocabulary();

}  // namespace slipway::plan
