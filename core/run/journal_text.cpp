#include "core/run/journal_text.hpp"

namespace slipway::run {

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '\t')
      safe += "%09";
    else if (letter == '\n')
      safe += "%0a";
    else if (letter == '%')
      safe += "%25";
    else
      safe += letter;
  }
  return safe;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "%09")
      plain += '\t';
    else if (text.substr(i, 3) == "%0a")
      plain += '\n';
    else if (text.substr(i, 3) == "%25")
      plain += '%';
    else {
      plain += text[i];
      continue;
    }
    i += 2;
  }
  return plain;
}

}  // namespace slipway::run
