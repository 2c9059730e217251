#include "core/cli/timing_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "core/steps/steps.hpp"

namespace slipway::cli {
namespace {

constexpr std::array<std::string_view, run::kSpans> kSpanWords = {"read",  "plan",    "map_ids", "prepare",
                                                                  "start", "program", "undo"};

// All words are slipway's own or names of plugins, of which none has a character that JSON escapes.
std::string text(std::string_view word) { return "\"" + std::string(word) + "\""; }
std::string member(std::string_view word, const std::string& value) { return text(word) + ":" + value; }

std::string microseconds(std::uint64_t nanoseconds) {
  constexpr std::uint64_t kPerMicrosecond = 1000;
  const std::string rest = std::to_string(nanoseconds % kPerMicrosecond);
  return std::to_string(nanoseconds / kPerMicrosecond) + "." + std::string(3 - rest.size(), '0') + rest;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ",") + part;
  return all;
}

std::string to_json(const run::Memory& memory) {
  std::vector<std::string> members;
  const auto add = [&](std::string_view word, std::uint64_t bytes) {
    if (bytes != 0) members.push_back(member(word, std::to_string(bytes)));
  };
  add("supervisor", memory.supervisor);
  add("worker", memory.worker);
  add("container", memory.container);
  return "{" + joined(members) + "}";
}

}  // namespace

Result<TimingFile> TimingFile::open(const std::string& path) {
  constexpr mode_t kMode = 0666;
  TimingFile made;
  made.file_ = linux::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, kMode));
  if (!made.file_) return failure(errno, "make the file of --timing-file", printable(path));
  made.path_ = path;
  return made;
}

void TimingFile::listen(run::Wishes& wishes) {
  wishes.begun = [this, before = wishes.begun](const run::Beginning& beginning) {
    beginning_ = beginning;
    if (before) before(beginning);
  };
  wishes.on_event = [this, before = wishes.on_event](const run::Event& event) {
    const plan::Owner& owner = event.step->owner;
    steps_.push_back({std::string(steps::Words<steps::Phase>::words.at(static_cast<std::size_t>(event.step->phase))),
                      std::string(steps::type_of(event.step->step)), owner.stage, owner.plugin, event.nanoseconds});
    if (before) before(event);
  };
  wishes.on_span = [this, before = wishes.on_span](run::Span span, std::uint64_t nanoseconds) {
    spans_.at(static_cast<std::size_t>(span)) += nanoseconds;
    if (before) before(span, nanoseconds);
  };
  wishes.on_memory = [this](const run::Memory& memory) { memory_ = memory; };
}

std::string TimingFile::to_json(int status) const {
  std::vector<std::string> spans;
  for (std::size_t i = 0; i < spans_.size(); ++i) spans.push_back(member(kSpanWords.at(i), microseconds(spans_.at(i))));
  std::vector<std::string> steps;
  for (const Step& step : steps_) {
    steps.push_back(
        "{" +
        joined({member("phase", text(step.phase)), member("type", text(step.type)), member("stage", text(step.stage)),
                member("plugin", text(step.plugin)), member("us", microseconds(step.nanoseconds))}) +
        "}");
  }
  std::vector<std::string> members = {member("version", "1")};
  if (!beginning_.run.empty()) {
    members.push_back(member("run", text(beginning_.run)));
    members.push_back(member("recorded", beginning_.recorded ? "true" : "false"));
  }
  members.push_back(member("status", std::to_string(status)));
  members.push_back(member("spans", "{" + joined(spans) + "}"));
  members.push_back(member("steps", "[" + joined(steps) + "]"));
  members.push_back(member("memory", cli::to_json(memory_)));
  return "{" + joined(members) + "}\n";
}

Result<void> TimingFile::write(int status) const {
  auto written = linux::write_all(file_, to_json(status));
  if (!written) return failure(written.error().code, "write the file of --timing-file", printable(path_));
  return {};
}

}  // namespace slipway::cli
