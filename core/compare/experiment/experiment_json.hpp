// An experiment as a JSON document, and back. What is read may be damaged, or written by hand in a hurry.
#pragma once

#include <string>
#include <string_view>

#include "core/compare/experiment/experiment.hpp"

namespace slipway::compare {

/// `name` is the file's, for errors; a target that is not absolute is relative to `directory`. Comments are allowed.
Result<Experiment> read_experiment(std::string_view text, std::string_view name, std::string_view directory);

/// On one line, whole: reading it makes the same experiment.
std::string to_json(const Experiment& experiment);

/// The JSON Schema (draft 7) of the document, for editors.
std::string experiment_schema();

}  // namespace slipway::compare
