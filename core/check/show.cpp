// A report as text, JSON and JUnit's XML.
#include <array>
#include <nlohmann/json.hpp>

#include "core/check/check.hpp"

namespace slipway::check {
namespace {

constexpr std::array kLayers{Layer::library, Layer::load, Layer::contract, Layer::lifecycle};

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : printable(text, 2000)) {
    switch (letter) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

std::string padded(std::string_view word, std::size_t width) {
  std::string text(word);
  text.append(text.size() < width ? width - text.size() : 0, ' ');
  return text;
}

std::string summary(const Report& report) {
  const std::size_t unseen = report.count(Verdict::not_checked);
  return std::to_string(report.count(Verdict::ok)) + " ok, " + std::to_string(report.count(Verdict::failed)) +
         " failed, " + std::to_string(report.count(Verdict::not_applicable)) + " not applicable" +
         (unseen == 0 ? "" : ", " + std::to_string(unseen) + " not checked");
}

std::string suite(const Report& report, Layer layer) {
  std::string cases;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t skipped = 0;
  for (const Outcome& one : report.outcomes) {
    if (one.layer != layer) continue;
    ++tests;
    cases += "    <testcase classname=\"" + escaped(report.plugin) + "." + std::string(word_of(layer)) + "\" name=\"" +
             escaped(one.name) + "\"";
    if (one.verdict == Verdict::failed) {
      ++failures;
      cases += ">\n      <failure message=\"" + escaped(one.text) + "\">" + escaped(one.remedy) +
               "</failure>\n    </testcase>\n";
    } else if (one.verdict == Verdict::not_applicable || one.verdict == Verdict::not_checked) {
      ++skipped;
      cases += ">\n      <skipped message=\"" + escaped(one.text) + "\"/>\n    </testcase>\n";
    } else {
      cases += "/>\n";
    }
  }
  if (tests == 0) return {};
  return "  <testsuite name=\"" + std::string(word_of(layer)) + "\" tests=\"" + std::to_string(tests) +
         "\" failures=\"" + std::to_string(failures) + "\" errors=\"0\" skipped=\"" + std::to_string(skipped) +
         "\">\n" + cases + "  </testsuite>\n";
}

}  // namespace

std::string to_text(const Report& report) {
  std::string text;
  for (const Layer layer : kLayers) {
    bool is_first = true;
    for (const Outcome& one : report.outcomes) {
      if (one.layer != layer) continue;
      if (is_first) text += std::string(word_of(layer)) + "\n";
      is_first = false;
      constexpr std::size_t kNames = 22;
      text += "  " + padded(one.name, kNames) + "  " + std::string(word_of(one.verdict)) +
              (one.text.empty() ? "" : ": " + printable(one.text)) + "\n";
      if (!one.remedy.empty()) text += "  " + padded("", kNames) + "    hint: " + printable(one.remedy) + "\n";
    }
  }
  const char* const conforms =
      report.count(Verdict::not_checked) == 0 ? " conforms: " : " conforms, as far as it was checked: ";
  return text + printable(report.plugin) + (report.conforms() ? conforms : " does not conform: ") + summary(report) +
         "\n";
}

std::string to_json(const Report& report) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (const Outcome& one : report.outcomes) {
    checks.push_back({{"layer", word_of(one.layer)},
                      {"name", one.name},
                      {"verdict", word_of(one.verdict)},
                      {"text", printable(one.text, 2000)}});
    if (!one.remedy.empty()) checks.back()["remedy"] = printable(one.remedy, 2000);
  }
  const nlohmann::ordered_json all = {{"plugin", printable(report.plugin)},
                                      {"file", printable(report.file)},
                                      {"conforms", report.conforms()},
                                      {"not_checked", report.count(Verdict::not_checked)},
                                      {"seed", report.seed},
                                      {"checks", std::move(checks)}};
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string to_junit(const Report& report) {
  std::string suites;
  for (const Layer layer : kLayers) suites += suite(report, layer);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" + escaped(report.plugin) + "\">\n" + suites +
         "</testsuites>\n";
}

}  // namespace slipway::check
