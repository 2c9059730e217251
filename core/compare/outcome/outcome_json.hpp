// A comparison as a JSON document, and back. What is read may be damaged, of another version, or made to deceive.
#pragma once

#include <string>
#include <string_view>

#include "core/compare/outcome/outcome.hpp"

namespace slipway::compare {

inline constexpr int kOutcomeVersion = 1;

/// The document (docs/compare.md, "The result file"), one run a line so that two can be held beside each other; ends
/// with a line break. A figure that is no number is left out; bytes that are no UTF-8 become U+FFFD.
std::string to_json(const Outcome& outcome);
/// One run as one line without a line break: what a comparison that goes on notes after every run.
std::string to_json(const Run& run);
/// All but the runs, on one line: how such notes begin.
std::string head_to_json(const Outcome& outcome);

/// `name` is the file's, for errors: each tells the member ("runs[17].figures.wall") and what was expected of it.
Result<Outcome> read_outcome(std::string_view text, std::string_view name);
/// Notes of a comparison that goes on or was killed: the head, then a run a line. A last line that is not whole was
/// being written when it was killed, and is left out: who writes on begins behind the last line break.
Result<Outcome> read_notes(std::string_view text, std::string_view name);

}  // namespace slipway::compare
