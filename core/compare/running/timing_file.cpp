#include "core/compare/running/timing_file.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace slipway::compare {
namespace {

using nlohmann::json;

constexpr double kPerMillisecond = 1000;

double number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string word_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void take_spans(const json& document, TimingFile& file) {
  const auto spans = document.find("spans");
  if (spans == document.end() || !spans->is_object()) return;
  for (const auto& [name, value] : spans->items()) {
    if (value.is_number()) file.figures["span." + name] = value.get<double>() / kPerMillisecond;
  }
}

/// The container is the run's child.
void take_memory(const json& document, TimingFile& file) {
  const auto memory = document.find("memory");
  if (memory == document.end() || !memory->is_object()) return;
  for (const auto& [of, measure] : {std::pair{"supervisor", "memory.supervisor"}, std::pair{"worker", "memory.worker"},
                                    std::pair{"container", "memory.child"}}) {
    if (memory->contains(of)) file.figures[measure] = number_of(*memory, of);
  }
}

void take_steps(const json& steps, TimingFile& file) {
  for (const json& step : steps) {
    if (!step.is_object()) continue;
    const double took_ms = number_of(step, "us") / kPerMillisecond;
    const std::string phase = word_of(step, "phase");
    const std::string stage = word_of(step, "stage");
    const std::string plugin = word_of(step, "plugin");
    if (!phase.empty()) file.figures["phase." + phase] += took_ms;
    if (!stage.empty()) file.figures["stage." + stage] += took_ms;
    if (!plugin.empty()) file.figures["plugin." + plugin] += took_ms;
    const std::string type = word_of(step, "type");
    if (!phase.empty() && !type.empty() && !plugin.empty())
      file.figures[std::string("step.").append(phase).append(".").append(type).append(".").append(plugin)] += took_ms;
  }
}

}  // namespace

std::optional<TimingFile> read_timing_file(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || number_of(document, "version") != 1) return std::nullopt;
  TimingFile file;
  const auto recorded = document.find("recorded");
  file.recorded = recorded != document.end() && recorded->is_boolean() && recorded->get<bool>();
  take_spans(document, file);
  take_memory(document, file);
  if (const auto steps = document.find("steps"); steps != document.end() && steps->is_array()) {
    take_steps(*steps, file);
  }
  std::erase_if(file.figures, [](const auto& figure) { return !std::isfinite(figure.second) || figure.second < 0; });
  return file;
}

}  // namespace slipway::compare
