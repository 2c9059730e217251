// How deep JSON text may nest. The library parses any depth, and then copies and writes it by recursion, so that text
// of a stranger's could take the stack.
#pragma once

#include <string_view>

namespace slipway::host {

inline constexpr int kDeepestJson = 128;

/// Looks at brackets outside of strings only; the text need not be JSON.
bool nests_too_deep(std::string_view json);

}  // namespace slipway::host
