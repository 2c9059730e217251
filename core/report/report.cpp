#include "core/report/report.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace slipway {

tl::unexpected<Error> failure(int code, std::string_view doing, std::string_view subject, std::string_view hint) {
  return tl::unexpected<Error>(Error{code, std::string(doing), std::string(subject), std::string(hint)});
}

std::string errno_words(int code) {
  const char* words = ::strerrordesc_np(code);
  return words != nullptr ? words : "errno " + std::to_string(code);
}

std::string errno_name(int code) {
  const char* name = ::strerrorname_np(code);
  return name != nullptr ? name : std::to_string(code);
}

std::optional<int> errno_of(std::string_view name) {
  constexpr int kHighestErrno = 133;  // EHWPOISON; asm-generic/errno.h
  int number = 0;
  auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (problem == std::errc{} && end == name.data() + name.size()) {
    if (number > 0 && number <= kHighestErrno) return number;
    return std::nullopt;
  }
  for (int code = 1; code <= kHighestErrno; ++code) {
    if (const char* known = ::strerrorname_np(code); known != nullptr && name == known) return code;
  }
  return std::nullopt;
}

std::string sentence(const Error& error) {
  std::string text = error.doing;
  if (!error.subject.empty()) text += (text.empty() ? "" : ": ") + error.subject;
  if (error.code != 0) text += ": " + errno_words(error.code);
  return text;
}

std::string to_text(const Place& place) {
  switch (place.source) {
    case Place::Source::none:
      return {};
    case Place::Source::builtin:
      return place.name.empty() ? "default" : place.name;
    case Place::Source::command_line:
      return place.name;
    case Place::Source::file:
      break;
  }
  if (place.line == 0) return place.name;
  return place.name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

bool has_errors(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

std::string to_text(const Finding& finding) {
  static constexpr std::array<const char*, 4> kWords = {"error", "warning", "info", "debug"};
  std::string text = to_text(finding.place);
  if (!text.empty()) text += ": ";
  text += kWords.at(static_cast<std::size_t>(finding.severity));
  text += ": ";
  if (!finding.pointer.empty()) text += finding.pointer + ": ";
  text += finding.message;
  if (!finding.hint.empty()) text += "\n  hint: " + finding.hint;
  return text;
}

}  // namespace slipway
