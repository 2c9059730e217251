// The files that a program's environment is to come from: read at each start, because passwords are in them, so that
// no plan and no record has what they hold.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"
#include "core/run/recorded_image.hpp"

namespace slipway::run {

/// The value of a variable of the caller's; nullopt where there is none.
using CallersValue = std::function<std::optional<std::string>(const std::string& name)>;

/// The variables in a file's text: NAME=VALUE, the value as it stands; NAME for the caller's value, left out where
/// there is none; empty lines and those that begin with # say nothing. An error names `path` and the line, and no
/// value.
Result<std::vector<std::string>> variables_in(std::string_view text, const std::string& path,
                                              const CallersValue& callers_value);

/// What the files hold that the child's steps name, by path. A file may be a pipe, which is read once.
using FileVariables = std::map<std::string, std::vector<std::string>>;
Result<FileVariables> read_files_of(const std::string& child_steps, const Interruption& interruption);
/// The child's steps with that in the place of the files.
Result<std::string> with_files(const std::string& child_steps, const FileVariables& variables);

}  // namespace slipway::run
