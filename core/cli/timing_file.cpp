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

// Writes into one text, since the run that is being measured is not over before it stands.
class Members {
 public:
  // All words are slipway's own or names of plugins, of which none has a character that JSON escapes.
  void name(std::string_view word) {
    comma();
    json_.append("\"").append(word).append("\":");
  }
  void text(std::string_view word) { json_.append("\"").append(word).append("\""); }
  void number(std::uint64_t value) { json_ += std::to_string(value); }
  void truth(bool value) { json_ += value ? "true" : "false"; }
  void microseconds(std::uint64_t nanoseconds) {
    constexpr std::uint64_t kPerMicrosecond = 1000;
    const std::string rest = std::to_string(nanoseconds % kPerMicrosecond);
    number(nanoseconds / kPerMicrosecond);
    json_.append(".").append(3 - rest.size(), '0').append(rest);
  }
  void open(char bracket) { json_ += bracket; }
  void close(char bracket) { json_ += bracket; }
  void comma() {
    if (json_.back() != '{' && json_.back() != '[') json_ += ',';
  }
  std::string take() { return std::move(json_); }

 private:
  std::string json_{};
};

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
  Members json;
  json.open('{');
  json.name("version");
  json.number(1);
  if (!beginning_.run.empty()) {
    json.name("run");
    json.text(beginning_.run);
    json.name("recorded");
    json.truth(beginning_.recorded);
  }
  json.name("status");
  json.number(static_cast<std::uint64_t>(status));
  json.name("spans");
  json.open('{');
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    json.name(kSpanWords.at(i));
    json.microseconds(spans_.at(i));
  }
  json.close('}');
  json.name("steps");
  json.open('[');
  for (const Step& step : steps_) {
    json.comma();
    json.open('{');
    for (const auto& [name, word] : {std::pair{"phase", &step.phase}, std::pair{"type", &step.type},
                                     std::pair{"stage", &step.stage}, std::pair{"plugin", &step.plugin}}) {
      json.name(name);
      json.text(*word);
    }
    json.name("us");
    json.microseconds(step.nanoseconds);
    json.close('}');
  }
  json.close(']');
  json.name("memory");
  json.open('{');
  for (const auto& [name, bytes] : {std::pair{"supervisor", memory_.supervisor}, std::pair{"worker", memory_.worker},
                                    std::pair{"container", memory_.container}}) {
    if (bytes == 0) continue;
    json.name(name);
    json.number(bytes);
  }
  json.close('}');
  json.close('}');
  return json.take() + "\n";
}

Result<void> TimingFile::write(int status) const {
  auto written = linux::write_all(file_, to_json(status));
  if (!written) return failure(written.error().code, "write the file of --timing-file", printable(path_));
  return {};
}

}  // namespace slipway::cli
