// What the command line changes in a merged document.
#pragma once

#include "core/config/collector.hpp"
#include "core/config/request.hpp"
#include "core/config/value.hpp"

namespace slipway::config {

void apply_override(Value& document, const Override& change, Collector& collector);

/// pseudo, harden and network take a list of plugins.
bool takes_list(std::string_view stage);
bool is_stage(std::string_view word);

}  // namespace slipway::config
