// An outcome as text: one form for the same outcome, made to be read in a difference.
#include <slipway/text.hpp>

#include "sdk/host/codec.hpp"
#include "sdk/testing/held.hpp"

namespace slipway::testing {
namespace {

using Json = nlohmann::json;

const char* word_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "info";
    default:
      return "debug";
  }
}

std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

// `"name": [` and one entry a line; nothing where there is none.
void append_list(std::string& to, const char* name, const std::vector<std::string>& entries) {
  to += std::string(",\n  \"") + name + "\": [";
  for (std::size_t i = 0; i < entries.size(); ++i) to += (i == 0 ? "\n    " : ",\n    ") + entries[i];
  to += entries.empty() ? "]" : "\n  ]";
}

void append_facts(std::string& to, const std::map<std::string, std::string>& facts) {
  Json all = Json::object();
  for (const auto& [name, text] : facts) all[name] = Json::parse(text);
  to += ",\n  \"facts\": ";
  for (const char c : all.dump(2, ' ', false, Json::error_handler_t::replace)) {
    to += c;
    if (c == '\n') to += "  ";
  }
}

}  // namespace

std::string Step::json() const { return host::encode_step_text({step, phase, common}); }

std::string Report::text() const {
  return std::string(word_of(severity)) + ": " + at + (at.empty() ? "" : ": ") + message +
         (hint.empty() ? "" : " | " + hint);
}

std::string Outcome::told() const {
  std::string all;
  for (const Report& report : reports) all += report.text() + "\n";
  return all;
}

std::string Outcome::json() const {
  std::string text = std::string("{\n  \"ok\": ") + (ok ? "true" : "false");
  std::vector<std::string> lines;
  for (const Step& step : steps) lines.push_back(step.json());
  append_list(text, "steps", lines);
  append_facts(text, facts);
  lines.clear();
  for (const Report& report : reports) {
    lines.push_back("{\"severity\":\"" + std::string(word_of(report.severity)) + "\",\"at\":" + quoted(report.at) +
                    ",\"message\":" + quoted(report.message) + ",\"hint\":" + quoted(report.hint) + "}");
  }
  append_list(text, "reports", lines);
  return text + "\n}\n";
}

}  // namespace slipway::testing
