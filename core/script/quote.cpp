#include "core/script/quote.hpp"

#include <algorithm>

#include "core/report/report.hpp"

namespace slipway::script {
namespace {

// Without "~" and "*", and without "=" in front, which some shells expand.
bool is_plain(char letter) {
  constexpr std::string_view kOthers = "_-./,:@%+=";
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         kOthers.find(letter) != std::string_view::npos;
}

}  // namespace

std::string quoted(std::string_view word) {
  if (!word.empty() && word.front() != '=' && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
  std::string text = "'";
  for (const char letter : word) {
    if (letter == '\'') {
      text += "'\\''";
    } else {
      text += letter;
    }
  }
  return text + "'";
}

std::string quoted_all(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += " " + quoted(word);
  return text;
}

std::string comment(std::string_view text) {
  constexpr std::size_t kLongest = 400;
  return "# " + printable(text, kLongest) + "\n";
}

}  // namespace slipway::script
