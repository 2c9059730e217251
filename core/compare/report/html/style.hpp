// How the page looks.
#pragma once

#include <string_view>

namespace slipway::compare::html {

/// System fonts, one accent, light and dark as the reader's system has it, and a form for paper.
extern const std::string_view kStyle;

}  // namespace slipway::compare::html
