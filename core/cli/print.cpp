#include "core/cli/print.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/run/explain.hpp"

namespace slipway::cli {
namespace {

struct Look {
  const char* word;
  const char* colour;
};

Look look_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return {"error", "\033[1;31m"};
    case Severity::warning:
      return {"warning", "\033[1;33m"};
    case Severity::info:
      return {"info", "\033[1;36m"};
    case Severity::debug:
      break;
  }
  return {"debug", "\033[2m"};
}

std::function<void(const Finding&)>& other_printer() {
  static std::function<void(const Finding&)> printer;
  return printer;
}

}  // namespace

bool is_in_colour(int stream) {
  const char* refused = std::getenv("NO_COLOR");
  return (refused == nullptr || refused[0] == '\0') && ::isatty(stream) == 1;
}

void print_by(std::function<void(const Finding&)> printer) { other_printer() = std::move(printer); }

std::string written(const Finding& finding) {
  const Look look = look_of(finding.severity);
  static const bool kColour = is_in_colour(STDERR_FILENO);
  const bool colour = kColour;
  // Words of a command line and names of files come in here as they are: one line of bounded length that tells a
  // terminal nothing else.
  constexpr std::size_t kLongest = 4096;
  std::string text = "slipway: ";
  // A default has no line to look at, so its place would only be noise.
  const std::string place = finding.place.source == Place::Source::builtin ? std::string() : to_text(finding.place);
  if (!place.empty()) text += printable(place, kLongest) + ": ";
  if (colour) text += look.colour;
  text += look.word;
  if (colour) text += "\033[0m";
  text += ": ";
  if (!finding.pointer.empty()) text += printable(finding.pointer) + ": ";
  text += printable(finding.message, kLongest) + "\n";
  if (!finding.hint.empty()) text += "  hint: " + printable(finding.hint, kLongest) + "\n";
  return text;
}

void print_finding(const Finding& finding) {
  if (other_printer()) return other_printer()(finding);
  std::fputs(written(finding).c_str(), stderr);
}

void print_findings(const Findings& findings) {
  for (const Finding& finding : findings) print_finding(finding);
}

void print_error(const Error& plain) {
  const Error error = run::explain_limits(plain);
  print_finding({Severity::error, {}, "", sentence(error), error.hint});
}

void print_kept(const std::string& path) {
  constexpr std::size_t kLongest = 4096;
  print_text("slipway: kept " + printable(path, kLongest) + "\n");
}

void print_text(const std::string& text) { std::fputs(text.c_str(), stderr); }

}  // namespace slipway::cli
