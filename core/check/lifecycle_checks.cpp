// Containers whose calls are carried out and taken back, and whose every step of the plugin's fails, or is where a
// process is killed: nothing of any of them may stay. In a mount namespace with a store and a runtime directory that go
// with it.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/check/apart.hpp"
#include "core/check/call_trial.hpp"
#include "core/check/pipeline.hpp"
#include "core/check/subject.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;

constexpr Layer kLayer = Layer::lifecycle;

void tell(const char* what, const std::string& text) {
  answer(json{{what, text}}.dump(-1, ' ', true, json::error_handler_t::replace));
}

class StepTrial {
 public:
  explicit StepTrial(const Pipeline& pipeline) : pipeline_(pipeline) {
    (void)pipeline_.run({"--fault", "1:EIO"});  // so that the store is there
    (void)all_ended();
    before_ = pipeline_.traces();
  }

  // A run that meets its fault; what is wrong with how it ended.
  [[nodiscard]] std::string meet(const std::string& fault, bool is_kill) const {
    const Ended ended = pipeline_.run({"--fault", fault});
    const bool is_as_wished =
        is_kill ? ended.status != 0 : ended.status == 125 && ended.errors.find("--fault asked") != std::string::npos;
    if (!is_as_wished) return "--fault " + fault + " ended with " + std::to_string(ended.status) + ": " + ended.errors;
    if (is_kill) {
      // What a call had started is the cleaning's to end.
      (void)all_ended(std::chrono::seconds(0));
      const Ended cleaned = Pipeline::clean();
      if (cleaned.status != 0) return "--fault " + fault + ", then slipway clean: " + cleaned.errors;
    }
    if (!all_ended()) return "--fault " + fault + " left a process that does not end: " + end_children();
    const std::string other = difference(before_, pipeline_.traces());
    return other.empty() ? other : "--fault " + fault + " left " + other;
  }

 private:
  const Pipeline& pipeline_;
  std::vector<std::string> before_{};
};

void try_steps(const Pipeline& pipeline, const std::vector<TriedStep>& steps) {
  const StepTrial trial(pipeline);
  for (const TriedStep& step : steps) {
    const std::string number = std::to_string(step.number);
    if (const std::string wrong = trial.meet(number + ":EIO", false); !wrong.empty()) tell("failing-steps", wrong);
    for (const char* victim : {":kill-supervisor", ":kill-child"}) {
      if (const std::string wrong = trial.meet(number + victim, true); !wrong.empty()) tell("killed-at-steps", wrong);
    }
  }
  tell("steps", std::to_string(steps.size()));
}

// Yields whether it is worth going on.
bool try_calls_of(const Pipeline& pipeline, const std::vector<TriedStep>& steps, std::string& why) {
  const auto count = std::count_if(steps.begin(), steps.end(), [](const TriedStep& one) { return one.type == "call"; });
  if (count == 0) return true;
  tell("calls", std::to_string(count));
  if (has_outside(steps)) tell("outside", "1");
  const TellWrong wrong = [](std::string_view check, const std::string& what) {
    tell(std::string(check).c_str(), what);
  };
  if (try_calls(pipeline, steps, wrong, why)) return true;
  if (why.empty()) tell("bad-calls", "its calls come first");
  return false;
}

void try_all(const Subject& subject) {
  std::string why = hidden_by(subject);
  if (!why.empty()) return tell("skip", why);
  Pipeline::make_image();
  const std::string runtime = make_runtime(why);
  if (why.empty()) make_network(why);
  if (!why.empty()) return tell("skip", why);
  std::vector<std::string> sets = subject.wishes.options;
  if (sets.empty()) sets.emplace_back();
  for (const std::string& options : sets) {
    const Pipeline pipeline(subject, runtime, options);
    const std::vector<TriedStep> steps = pipeline.steps(why);
    if (!why.empty()) return tell("skip", why);
    if (!try_calls_of(pipeline, steps, why)) {
      if (!why.empty()) tell("skip", why);
      return;
    }
    try_steps(pipeline, steps);
  }
  tell("done", "");
}

struct Told {
  std::map<std::string, std::vector<std::string>> all{};

  [[nodiscard]] bool has(const std::string& what) const { return all.contains(what); }
  [[nodiscard]] std::string last(const std::string& what) const {
    const auto found = all.find(what);
    return found == all.end() ? "" : found->second.back();
  }
  // The sum of what was told as numbers.
  [[nodiscard]] std::string sum(const std::string& what) const {
    int sum = 0;
    if (const auto found = all.find(what); found != all.end()) {
      for (const std::string& one : found->second) sum += std::atoi(one.c_str());  // NOLINT(cert-err34-c): our own
    }
    return std::to_string(sum);
  }
};

Told told_by(const std::string& answer) {
  Told told;
  std::istringstream lines(answer);
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    for (const auto& [what, text] : event.items()) {
      if (text.is_string()) told.all[what].push_back(text.get<std::string>());
    }
  }
  return told;
}

const char* remedy_of(std::string_view check) {
  if (check == "calls-survive") return "a function returns, within the step's \"timeout\"";
  if (check == "calls-succeed") return "--options gives options with which it works here";
  if (check == "calls-print-nothing") return "host->report() says things with their place";
  if (check == "undo-undoes") return "with `undo` set the function takes back what it made, from the arguments alone";
  if (check == "undo-again") return "an undo may come again, and before its call: what is not there is no failure";
  return "close what the function opens, but for its result";
}

void add_calls(Report& report, const Told& told) {
  bool is_over = false;
  for (const std::string_view name : kCallChecks) {
    const auto wrong = told.all.find(std::string(name));
    if (wrong != told.all.end()) {
      report.add(kLayer, std::string(name), Verdict::failed, printable(wrong->second.front(), 300), remedy_of(name));
      is_over = true;
    } else if (is_over) {
      report.add(kLayer, std::string(name), Verdict::not_applicable, "the calls did not come so far");
    } else if (name.starts_with("undo-") && !told.has("outside")) {
      report.add(kLayer, std::string(name), Verdict::not_applicable, "its calls are inside, and go with the container");
    } else {
      report.add(kLayer, std::string(name), Verdict::ok, "of each call: " + told.sum("calls") + " in all");
    }
  }
}

void add_steps(Report& report, const Told& told, const char* name, const std::string& fine) {
  const auto wrong = told.all.find(name);
  if (wrong == told.all.end()) return report.add(kLayer, name, Verdict::ok, fine);
  report.add(kLayer, name, Verdict::failed, listed(wrong->second, 2),
             "a step that the core takes back itself needs nothing; what \"call\" does, its undo takes back");
}

}  // namespace

void check_lifecycle(const Subject& subject, Report& report) {
  constexpr const char* kFailing = "failing-steps";
  constexpr const char* kKilled = "killed-at-steps";
  if (subject.is_image()) return report.add(kLayer, kFailing, Verdict::not_applicable, "an image plugin has no steps");
  constexpr std::chrono::minutes kLongest{10};
  const auto ran = run_apart([&] { try_all(subject); }, kLongest);
  if (!ran) return report.add(kLayer, kFailing, Verdict::not_checked, sentence(ran.error()));
  Told told = told_by(ran->answer);
  if (told.has("skip")) return report.add(kLayer, kFailing, Verdict::not_checked, told.last("skip"));
  if (told.has("calls")) add_calls(report, told);
  if (told.has("bad-calls")) return report.add(kLayer, kFailing, Verdict::not_applicable, told.last("bad-calls"));
  if (!told.has("done")) told.all[kFailing].emplace_back("the trial did not come to its end");
  const std::string steps = "each of " + told.sum("steps") + " steps ";
  add_steps(report, told, kFailing, steps + "failed once, and nothing was left");
  add_steps(report, told, kKilled, steps + "was where a process was killed, and nothing was left");
}

}  // namespace slipway::check
