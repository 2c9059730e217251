// A line of a journal: fields with a tab between them, in which none has a tab or a line break of its own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::run {

inline constexpr std::size_t kRunIdDigits = 12;

std::string escaped(std::string_view text);
std::string unescaped(std::string_view text);

}  // namespace slipway::run
