// A plugin's options and the schema that its manifest brings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/config/value.hpp"

namespace slipway::config {

struct OptionProblem {
  enum class Where { value, key, missing };
  std::string pointer{};  ///< inside the options; for something missing: to what lacks it
  Where where = Where::value;
  std::string message{};
  std::string hint{};
};

/// Holds options against a schema. Only the deepest reason of each failure is told.
std::vector<OptionProblem> check_options(const nlohmann::json& schema, const nlohmann::json& options);

/// Whether the text is a regular expression as "pattern" takes it (ECMAScript's).
bool is_pattern(const std::string& text);

/// The alternative of a "oneOf" that has the value's type; the schema itself where it has none.
const nlohmann::json& fitting_schema(const nlohmann::json& schema, const nlohmann::json& value);

/// Writes the schema's defaults where nothing is written, and makes paths absolute ("x-slipway": file, directory,
/// file-or-directory, text-of-file): relative to the file that holds them, else to the current directory.
void complete_options(const nlohmann::json& schema, nlohmann::json& options, const std::string& pointer,
                      Places& places);

/// A path relative to where its value was written, made absolute.
std::string absolute_path(const std::string& path, std::string_view pointer, const Places& places);

}  // namespace slipway::config
