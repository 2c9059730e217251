// Containers whose every step of the plugin's fails, or is where a process is killed: nothing of any of them may stay.
// In a mount namespace with a store and a runtime directory that go with it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/check/apart.hpp"
#include "core/check/subject.hpp"
#include "core/check/trial.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;

constexpr Layer kLayer = Layer::lifecycle;

std::string image() {
  constexpr std::size_t kEnd = 1024;
  return tar_member("bin/", '5', "") + tar_member("bin/nothing", '0', "it is not run") + tar_member("etc/", '5', "") +
         tar_member("etc/passwd", '0', "root:x:0:0::/:/bin/sh\n") + tar_member("tmp/", '5', "") +
         std::string(kEnd, '\0');
}

// What a run leaves that is not its caller's: mounts, and entries where runs keep what is theirs alone.
std::string left(const std::string& runtime) {
  std::string text = read_text("/proc/self/mountinfo");
  for (const std::string& directory : {std::string("store/runs"), std::string("store/staging"), runtime}) {
    std::error_code none;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory, none))
      names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) text += name + "\n";
  }
  return text;
}

std::string first_line_of(const std::string& text, const std::string& other) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (other.find(line) == std::string::npos) return line;
  }
  return "something that was there is gone";
}

class Trial {
 public:
  Trial(const Subject& subject, std::string options, std::string runtime)
      : subject_(subject), options_(std::move(options)), runtime_(std::move(runtime)) {}

  // The numbers of the plugin's own steps; nothing and a reason where there is no plan.
  std::vector<int> steps(std::string& why) const {
    const Ended plan = slipway(words({"plan", "--json"}));
    const json all = json::parse(plan.output, nullptr, false);
    std::vector<int> numbers;
    if (plan.status != 0 || !all.is_object()) {
      why = "a pipeline with its defaults can't be planned here: " + plan.errors.substr(0, plan.errors.find('\n'));
      return numbers;
    }
    for (const json& step : all["steps"]) {
      const json& owner = step["owner"];
      if (owner["plugin"] == subject_.manifest.name && owner["stage"] == subject_.manifest.stage)
        numbers.push_back(step["number"].get<int>());
    }
    if (numbers.empty()) why = "it has no step in a pipeline with its defaults";
    return numbers;
  }

  // A run that meets its fault; what is wrong with how it ended.
  std::string meet(const std::string& fault, bool is_kill) {
    if (before_.empty()) {
      (void)slipway(words({"run", "--fault", "1:EIO"}));  // so that the store is there
      (void)all_ended();
      before_ = left(runtime_);
    }
    Words run = words({"run", "--fault", fault});
    run.emplace_back("/bin/nothing");
    const Ended ended = slipway(run);
    const bool is_as_wished =
        is_kill ? ended.status != 0 : ended.status == 125 && ended.errors.find("--fault asked") != std::string::npos;
    if (!is_as_wished) return "--fault " + fault + " ended with " + std::to_string(ended.status) + ": " + ended.errors;
    if (!all_ended()) return "--fault " + fault + " left a process that does not end";
    if (is_kill) (void)slipway({"clean", "--store", "store"});
    const std::string now = left(runtime_);
    if (now == before_) return {};
    return "--fault " + fault + " left " + first_line_of(now, before_);
  }

 private:
  [[nodiscard]] Words words(Words first) const {
    first = with_plugin(subject_, std::move(first), options_);
    first.emplace_back("image.tar");
    return first;
  }

  const Subject& subject_;
  std::string options_;
  std::string runtime_;
  std::string before_{};
};

void try_all(const Subject& subject) {
  const auto tell = [](const char* what, const std::string& text) {
    answer(json{{what, text}}.dump(-1, ' ', true, json::error_handler_t::replace));
  };
  std::string why = hidden_by(subject);
  const std::string options = first_options(subject, why);
  if (!why.empty()) return tell("skip", why);
  std::ofstream("image.tar", std::ios::binary) << image();
  const std::string runtime = make_runtime(why);
  Trial trial(subject, options, runtime);
  const std::vector<int> steps = why.empty() ? trial.steps(why) : std::vector<int>();
  if (!why.empty()) return tell("skip", why);
  for (const int step : steps) {
    if (const std::string wrong = trial.meet(std::to_string(step) + ":EIO", false); !wrong.empty())
      tell("failing", wrong);
    for (const char* victim : {":kill-supervisor", ":kill-child"}) {
      if (const std::string wrong = trial.meet(std::to_string(step) + victim, true); !wrong.empty())
        tell("killed", wrong);
    }
  }
  tell("done", std::to_string(steps.size()));
}

void add(Report& report, const char* name, const std::vector<std::string>& wrong, const std::string& fine) {
  report.add(kLayer, name, wrong.empty() ? Verdict::ok : Verdict::failed, wrong.empty() ? fine : listed(wrong, 2),
             wrong.empty()
                 ? ""
                 : "a step that the core takes back itself needs nothing; what \"call\" does, its undo takes back");
}

}  // namespace

void check_lifecycle(const Subject& subject, Report& report) {
  if (subject.is_image())
    return report.add(kLayer, "failing-steps", Verdict::not_applicable, "an image plugin has no steps");
  constexpr std::chrono::minutes kLongest{10};
  const auto ran = run_apart([&] { try_all(subject); }, kLongest);
  std::vector<std::string> failing;
  std::vector<std::string> killed;
  std::string done;
  std::string skip = ran ? "" : sentence(ran.error());
  std::istringstream lines(ran ? ran->answer : "");
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    if (event.contains("failing")) failing.push_back(event["failing"].get<std::string>());
    if (event.contains("killed")) killed.push_back(event["killed"].get<std::string>());
    done = event.value("done", done);
    skip = event.value("skip", skip);
  }
  if (!skip.empty()) return report.add(kLayer, "failing-steps", Verdict::not_applicable, skip);
  if (done.empty()) failing.emplace_back("the trial did not come to its end");
  add(report, "failing-steps", failing, "each of " + done + " steps failed once, and nothing was left");
  add(report, "killed-at-steps", killed,
      "each of " + done + " steps was where a process was killed, and nothing was left");
}

}  // namespace slipway::check
