// An outcome in the forms that people and other programs read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/compare/outcome/outcome.hpp"

namespace slipway::compare {

enum class Format {
  json,       ///< the outcome itself, see ../outcome/outcome_json.hpp
  csv,        ///< every single run
  markdown,   ///< the verdicts, for an issue or a page
  hyperfine,  ///< as `hyperfine --export-json` has it
  html        ///< one page with everything
};

std::string to_csv(const Outcome& outcome);
std::string to_markdown(const Outcome& outcome);
std::string to_hyperfine(const Outcome& outcome);
std::string to_html(const Outcome& outcome);
std::string in_format(Format format, const Outcome& outcome);

/// Writes it to the path: whole or not at all, so that what was there before stays where the disk is full. A link leads
/// to the file that is replaced; what is no file (a FIFO, /dev/stdout) is written to as it is.
Result<void> export_as(Format format, const Outcome& outcome, const std::string& path);

/// Whether the path can be written to, asked before the first run; nothing is left there.
Result<void> check_export(const std::string& path);

}  // namespace slipway::compare
