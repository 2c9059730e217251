// Asking one stage's plugin for its steps, and slipway itself for those of the isolation.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/config/config.hpp"
#include "core/plan/plan.hpp"
#include "core/plugins/plugins.hpp"

namespace slipway::plan {

struct Asked {
  const config::StageUse& use;
  const plugins::Loaded& loaded;
  std::function<Owner(const std::string& pointer)> owner_of;  ///< the owner of what the option at `pointer` asked for
  Finding crash{};                                            ///< what is said then, but for what it did
  int crash_status = 1;  ///< what the process ends with when the plugin crashes, hangs or lets an exception escape
};

/// Appends the steps to the plan. `document` is {"options", "facts"}; its options are set here. What the plugin
/// reported comes back, with the places of the options that it named; facts that it hands out join the document.
Findings ask(const Asked& asked, nlohmann::json& document, Plan& plan);

/// What a plugin means by a slipway_severity.
Severity severity_of(int severity);

/// Propagation before every mount, and the host name.
using PlaceOf = std::function<Place(std::string_view pointer)>;
void add_first_isolation_steps(Plan& plan, const config::Isolation& isolation, const PlaceOf& place_of);
/// Those that need what the stages have made.
void add_last_isolation_steps(Plan& plan, const config::Isolation& isolation, const PlaceOf& place_of);

}  // namespace slipway::plan
