// A command line as words, as a shell would split it, without a shell. Expands nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::compare {

/// Blanks separate; quotes and backslashes are those of POSIX.1-2017, Shell & Utilities, 2.2. What a shell would do
/// more ($NAME, `…`, ~, *, ?, |, >, ;, & …) is refused where it is not quoted, as silence would compare another command.
Result<std::vector<std::string>> shell_words(std::string_view text);

}  // namespace slipway::compare
