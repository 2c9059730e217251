// What people write as they would in a shell, and nobody but a shell expands.
#pragma once

#include <string_view>

namespace slipway::linux {

/// The hint to a path that is not there and has "~" or "$NAME" in it; else nothing.
inline std::string_view hint_to_shell_words(std::string_view path) {
  const bool is_shells =
      path.starts_with('~') || path.find("/~") != std::string_view::npos || path.find('$') != std::string_view::npos;
  if (!is_shells) return {};
  return "slipway expands neither ~ nor $NAME: write the whole path; in a pipeline \"${home}/…\" with \"vars\": "
         "{\"home\": "
         "null} and --var \"home=$HOME\", on the command line let the shell expand it, outside of single quotes";
}

}  // namespace slipway::linux
