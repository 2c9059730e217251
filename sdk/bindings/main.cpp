// sdk-bindings c|rust: the step types in another language, on standard output.
#include <cstdio>
#include <string_view>

#include "sdk/bindings/tables.hpp"

int main(int count, char** words) {
  const std::string_view language = count == 2 ? words[1] : "";
  if (language != "c" && language != "rust") {
    (void)std::fputs("usage: sdk-bindings c|rust\n", stderr);
    return 2;
  }
  const std::string text = language == "c" ? slipway::bindings::in_c() : slipway::bindings::in_rust();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
