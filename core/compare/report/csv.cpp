// Every single run as a row: Y. Shafranovich, "Common Format and MIME Type for Comma-Separated Values (CSV) Files",
// RFC 4180, 2005.
#include <charconv>
#include <cmath>

#include "core/compare/report/export.hpp"

namespace slipway::compare {
namespace {

std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return quoted + "\"";
}

/// The fewest digits that are read back as the same number.
std::string number(double figure) {
  if (!std::isfinite(figure)) return {};
  std::string text(32, '\0');
  const auto end = std::to_chars(text.data(), text.data() + text.size(), figure).ptr;
  text.resize(static_cast<std::size_t>(end - text.data()));
  return text;
}

class Line {
 public:
  explicit Line(std::string& text) : text_(text) {}
  Line& operator<<(std::string_view cell) {
    if (!is_first_) text_ += ',';
    is_first_ = false;
    text_ += field(cell);
    return *this;
  }
  void end() { text_ += "\r\n"; }

 private:
  std::string& text_;
  bool is_first_ = true;
};

/// A variant beside the factors has no levels.
std::string level_of(const Outcome& outcome, const Variant& variant, std::size_t factor) {
  return factor < variant.levels.size() ? outcome.factors[factor].levels[variant.levels[factor]] : std::string();
}

}  // namespace

std::string to_csv(const Outcome& outcome) {
  const std::vector<std::string> measures = measures_of(outcome);
  std::string text;
  Line head(text);
  head << "block"
       << "place"
       << "host"
       << "variant";
  for (const Factor& factor : outcome.factors) head << "factor." + factor.name;
  head << "at_s"
       << "status"
       << "failure";
  for (const std::string& measure : measures) head << measure;
  head.end();
  for (const Run& run : outcome.runs) {
    const Variant& variant = outcome.variants[run.variant].variant;
    Line line(text);
    line << std::to_string(run.block) << std::to_string(run.place) << std::to_string(run.host) << variant.name;
    for (std::size_t factor = 0; factor < outcome.factors.size(); ++factor) line << level_of(outcome, variant, factor);
    line << number(run.at_s) << std::to_string(run.status) << run.failure;
    for (const std::string& measure : measures) {
      const auto figure = run.figures.find(measure);
      line << (figure == run.figures.end() ? std::string() : number(figure->second));
    }
    line.end();
  }
  return text;
}

}  // namespace slipway::compare
