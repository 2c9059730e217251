// What slipway says to people, on standard error.
#pragma once

#include <functional>
#include <string>

#include "core/report/report.hpp"

namespace slipway::cli {

/// Whether what is written to this standard stream may have colours: on a terminal, unless NO_COLOR is set
/// (no-color.org).
bool is_in_colour(int stream);

/// Has findings written by somebody else from now on.
void print_by(std::function<void(const Finding&)> printer);
/// "slipway: p.json:2:27: error: …" and its hint; in colour where is_in_colour().
void print_finding(const Finding& finding);
/// As print_finding() writes it for people.
std::string written(const Finding& finding);
void print_findings(const Findings& findings);
void print_error(const Error& error);
/// Lines that are whole already.
void print_text(const std::string& text);
/// That a directory outlives its run.
void print_kept(const std::string& path);

}  // namespace slipway::cli
