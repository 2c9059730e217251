// Words of others as words of a POSIX shell: whatever bytes they have, the shell takes them for what they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::script {

/// One word. Plain ones stay as they are, all others stand between single quotes. Steps
/// hold no NUL bytes.
std::string quoted(std::string_view word);
/// Several, each behind a blank.
std::string quoted_all(const std::vector<std::string>& words);

/// What stands behind "#": one line, whatever the text holds.
std::string comment(std::string_view text);

}  // namespace slipway::script
