// What slipway says to people, on standard error.
#pragma once

#include "core/report/report.hpp"

namespace slipway::cli {

/// "slipway: p.json:2:27: error: …" and its hint; in colour on a terminal, unless NO_COLOR is set (no-color.org).
void print_finding(const Finding& finding);
void print_findings(const Findings& findings);
void print_error(const Error& error);
/// Lines that are whole already.
void print_text(const std::string& text);

}  // namespace slipway::cli
