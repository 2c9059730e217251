#include "core/check/call_trial.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <sstream>

#include "core/check/apart.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kForLast{10};  // processes that are about to end by themselves

void add_paths(const json& value, std::vector<std::string>& to) {
  if (value.is_string() && value.get<std::string>().starts_with('/')) to.push_back(value.get<std::string>());
  if (!value.is_structured()) return;
  for (const json& one : value) add_paths(one, to);
}

// What an undo is to take back it knows from the arguments, so paths are looked at that stand there, and no other name:
// what lies beside it may be anybody's.
class Places {
 public:
  explicit Places(const std::vector<TriedStep>& steps) {
    for (const TriedStep& step : steps) {
      if (step.type == "call") add_paths(step.arguments, paths_);
    }
  }

  void add_to(std::vector<std::string>& traces) const {
    for (const std::string& path : paths_) {
      struct stat status {};
      if (::lstat(path.c_str(), &status) == 0) traces.push_back("the file " + path);
    }
  }

 private:
  std::vector<std::string> paths_{};
};

constexpr std::string_view kOfCall = ", call: ";
constexpr std::string_view kOfUndo = "take back ";

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

// The first line that is not slipway's.
std::string printed(const std::string& errors) {
  for (const std::string& line : lines_of(errors)) {
    if (!line.starts_with("slipway: ") && !line.starts_with("  ")) return line;
  }
  return {};
}

// The first line with that part, from there on; without any the first of all, without slipway's name.
std::string line_with(const std::string& errors, std::string_view part) {
  constexpr std::string_view kBegin = "slipway: ";
  const std::vector<std::string> lines = lines_of(errors);
  for (const std::string& line : lines) {
    if (const std::size_t at = line.find(part); at != std::string::npos) return line.substr(at);
  }
  if (lines.empty()) return "it said nothing";
  return lines.front().starts_with(kBegin) ? lines.front().substr(kBegin.size()) : lines.front();
}

// What the first error says.
std::string error_in(const std::string& errors) {
  constexpr std::string_view kError = "error: ";
  const std::string line = line_with(errors, kError);
  return line.starts_with(kError) ? line.substr(kError.size()) : line;
}

// ", call: make({"path": …}) of @it: what went wrong" without the arguments, which may be long.
std::string about_call(const std::string& errors) {
  std::string line = line_with(errors, kOfCall);
  const std::size_t arguments = line.find('(');
  const std::size_t end = std::min(line.find("): "), line.find(") of "));
  const std::size_t reason = end == std::string::npos ? end : line.find(": ", end);
  if (!line.starts_with(kOfCall) || arguments == std::string::npos || reason == std::string::npos) return line;
  return line.substr(kOfCall.size(), arguments - kOfCall.size()) + line.substr(reason);
}

class CallTrial {
 public:
  CallTrial(const Pipeline& pipeline, const std::vector<TriedStep>& steps, const TellWrong& tell)
      : pipeline_(pipeline), places_(steps), tell_(tell) {
    (void)pipeline_.run({"--fault", "1:EIO"});  // so that the store is there
    (void)all_ended(kForLast);
    before_ = traces();
  }

  bool carry_out(std::string& skip) {
    const Ended ended = pipeline_.run({});
    if (contains(ended.errors, kOfCall)) {
      const std::string what = about_call(ended.errors);
      const bool is_end = contains(what, ": it crashed in ") || contains(what, ": it hangs in ") ||
                          contains(what, ": it ended its process");
      tell_(is_end ? "calls-survive" : "calls-succeed", what);
      return false;
    }
    if (contains(ended.errors, kOfUndo)) {
      tell_("undo-undoes", line_with(ended.errors, kOfUndo));
      return false;
    }
    if (ended.status != Pipeline::kGotThere) {
      const Ended usual = Pipeline::run_without();
      skip = usual.status == Pipeline::kGotThere
                 ? "a run with it did not come to its program: " + error_in(ended.errors)
                 : "no container can be run here: " + error_in(usual.errors);
      return false;
    }
    if (const std::string line = printed(ended.output + ended.errors); !line.empty()) {
      tell_("calls-print-nothing", "a call prints \"" + printable(line, 120) + "\"");
      return false;
    }
    return is_as_before("undo-undoes", "a run left ");
  }

  // Killed at a moment, and then cleaned up, by another process, which has the arguments alone.
  bool take_back_after(const char* moment, std::string_view check, const std::string& words) {
    const Ended ended = pipeline_.run({"--fault", std::string(moment) + ":kill-supervisor"});
    constexpr int kKilled = 137;
    if (ended.status != kKilled) {
      tell_(check, words + ": the run was not killed: " + line_with(ended.errors, kOfUndo));
      return false;
    }
    (void)all_ended(std::chrono::seconds(0));  // what a call has started is the cleaning's to end
    const Ended cleaned = Pipeline::clean();
    if (cleaned.status == 0) return is_as_before(check, words + ", slipway clean left ");
    tell_(check, words + ": " + line_with(cleaned.errors, kOfUndo));
    return false;
  }

  bool leak_nothing() {
    const Ended ended = pipeline_.run({"--fault", "leaks@call"});
    if (ended.status == Pipeline::kGotThere) return true;
    tell_("calls-leak-nothing", about_call(ended.errors));
    return false;
  }

 private:
  [[nodiscard]] std::vector<std::string> traces() const {
    std::vector<std::string> all = pipeline_.traces();
    places_.add_to(all);
    return all;
  }

  bool is_as_before(std::string_view check, const std::string& words) {
    if (!all_ended(kForLast)) {
      tell_(check, words + "a process: " + end_children());
      return false;
    }
    const std::string other = difference(before_, traces());
    if (!other.empty()) tell_(check, words + other);
    return other.empty();
  }

  const Pipeline& pipeline_;
  Places places_;
  const TellWrong& tell_;
  std::vector<std::string> before_{};
};

}  // namespace

bool has_outside(const std::vector<TriedStep>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const TriedStep& step) {
    return step.type == "call" && (step.phase == "prepare" || step.phase == "attach");
  });
}

bool try_calls(const Pipeline& pipeline, const std::vector<TriedStep>& steps, const TellWrong& tell,
               std::string& skip) {
  CallTrial trial(pipeline, steps, tell);
  if (!trial.carry_out(skip)) return false;
  if (!has_outside(steps)) return trial.leak_nothing();
  return trial.take_back_after("prepared", "undo-undoes", "after a kill") &&
         trial.take_back_after("undone", "undo-again", "a second time") &&
         trial.take_back_after("calling", "undo-again", "before it was made") && trial.leak_nothing();
}

}  // namespace slipway::check
