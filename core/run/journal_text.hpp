// A line of a journal: fields with a tab between them, in which none has a tab or a line break of its own.
#pragma once

#include <string>
#include <string_view>

namespace slipway::run {

std::string escaped(std::string_view text);
std::string unescaped(std::string_view text);

}  // namespace slipway::run
