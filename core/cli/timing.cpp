#include "core/cli/timing.hpp"

#include <algorithm>
#include <numeric>
#include <slipway/steps/shape.hpp>

namespace slipway::cli {
namespace {

// The stages in the order in which they plan; "image" has no steps of its own.
constexpr std::array<std::string_view, 7> kStageWords = {"isolation", "image",   "rootfs", "pseudo",
                                                         "harden",    "network", "exec"};
constexpr std::array<std::string_view, run::kSpans> kSpanWords = {"read",  "plan",    "map ids", "prepare",
                                                                  "start", "program", "undo"};
constexpr std::size_t kFirstWidth = 10, kWidth = 11;

std::uint64_t microseconds(std::uint64_t nanoseconds) { return (nanoseconds + 500) / 1000; }

std::string cell(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string number(std::uint64_t nanoseconds) {
  return cell(nanoseconds == 0 ? "" : std::to_string(microseconds(nanoseconds)), kWidth);
}

std::string head(std::string_view word) {
  std::string text(word);
  text.resize(std::max(kFirstWidth, text.size()), ' ');
  return text;
}

template <class Row>
std::uint64_t sum(const Row& row) {
  return std::accumulate(row.begin(), row.end(), std::uint64_t{0});
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// Which span a phase's steps are carried out in.
bool belongs(std::size_t phase, run::Span span) {
  const bool in_child = phase >= static_cast<std::size_t>(steps::Phase::mount);
  return span == (in_child ? run::Span::start : run::Span::prepare);
}

}  // namespace

void Timing::span(run::Span span, std::uint64_t nanoseconds) {
  spans_.at(static_cast<std::size_t>(span)) += nanoseconds;
}

void Timing::step(const run::Event& event) {
  const auto* const stage = std::find(kStageWords.begin(), kStageWords.end(), event.step->owner.stage);
  if (stage == kStageWords.end()) return;
  steps_.at(static_cast<std::size_t>(event.step->phase)).at(static_cast<std::size_t>(stage - kStageWords.begin())) +=
      event.nanoseconds;
}

void Timing::begun(const run::Beginning& beginning) { beginning_ = beginning; }

void listen(Timing& timing, run::Wishes& wishes) {
  wishes.begun = [&timing, before = wishes.begun](const run::Beginning& beginning) {
    timing.begun(beginning);
    if (before) before(beginning);
  };
  wishes.on_event = [&timing, before = wishes.on_event](const run::Event& event) {
    timing.step(event);
    if (before) before(event);
  };
  wishes.on_span = [&timing, before = wishes.on_span](run::Span span, std::uint64_t nanoseconds) {
    timing.span(span, nanoseconds);
    if (before) before(span, nanoseconds);
  };
}

std::string Timing::to_table() const {
  if (beginning_.run.empty()) return {};
  std::string table = "run " + beginning_.run + ", " + (beginning_.recorded ? "from a record" : "without a record") +
                      "; microseconds\n" + trimmed([] {
                        std::string line = head("") + cell("all", kWidth);
                        for (const std::string_view stage : kStageWords) {
                          if (stage != "image") line += cell(std::string(stage), kWidth);
                        }
                        return line;
                      }());
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    table += trimmed(head(kSpanWords.at(i)) + cell(std::to_string(microseconds(spans_.at(i))), kWidth));
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      const auto& row = steps_.at(phase);
      if (sum(row) == 0 || !belongs(phase, static_cast<run::Span>(i))) continue;
      std::string line = head("  " + std::string(steps::Words<steps::Phase>::words.at(phase))) + number(sum(row));
      for (std::size_t stage = 0; stage < kStages; ++stage) {
        if (kStageWords.at(stage) != "image") line += number(row.at(stage));
      }
      table += trimmed(line);
    }
  }
  return table + trimmed(head("all") + cell(std::to_string(microseconds(sum(spans_))), kWidth));
}

std::string Timing::to_members() const {
  const auto member = [](std::string_view word, const std::string& value) {
    return "\"" + std::string(word) + "\":" + value;
  };
  std::string spans;
  for (std::size_t i = 0; i < spans_.size(); ++i)
    spans += (i == 0 ? "" : ",") + member(kSpanWords.at(i), std::to_string(microseconds(spans_.at(i))));
  std::string phases;
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    std::string stages;
    for (std::size_t stage = 0; stage < kStages; ++stage) {
      const std::uint64_t spent = steps_.at(phase).at(stage);
      if (spent == 0) continue;
      stages += (stages.empty() ? "" : ",") + member(kStageWords.at(stage), std::to_string(microseconds(spent)));
    }
    if (stages.empty()) continue;
    phases += (phases.empty() ? "" : ",") + member(steps::Words<steps::Phase>::words.at(phase), "{" + stages + "}");
  }
  return member("run", "\"" + beginning_.run + "\"") + "," +
         member("recorded", beginning_.recorded ? "true" : "false") + "," + member("spans", "{" + spans + "}") + "," +
         member("phases", "{" + phases + "}");
}

}  // namespace slipway::cli
