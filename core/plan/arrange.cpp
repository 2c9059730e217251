#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/plan/call_room.hpp"
#include "core/plan/circle.hpp"
#include "core/plan/labels.hpp"
#include "core/plan/plan.hpp"
#include "core/steps/steps.hpp"
#include "sdk/host/phases.hpp"

namespace slipway::plan {
namespace {

std::string who(const PlannedStep& step) {
  const std::string place = to_text(step.owner.place);
  return step.owner.name + (place.empty() ? "" : " (" + place + ")");
}

Finding finding_at(const PlannedStep& step, std::string message, std::string hint = {}) {
  return {Severity::error, step.owner.place, step.owner.pointer, std::move(message), std::move(hint)};
}

bool names(const std::vector<std::string>& labels, const PlannedStep& other) {
  return std::find(labels.begin(), labels.end(), full_label(other)) != labels.end() ||
         (!other.common.as.empty() &&
          std::find(labels.begin(), labels.end(), other.owner.name + ":" + other.common.as) != labels.end());
}

class Arranging {
 public:
  explicit Arranging(Plan& plan) : steps_(plan.steps), labels_(plan.labels) {}

  Findings run() {
    if (steps_.size() > kMostSteps) {
      say(finding_at(steps_.back(), "more than " + std::to_string(kMostSteps) + " steps in one plan"));
      return std::move(findings_);
    }
    name_sources(steps_);
    check_labels();
    if (!replace()) return std::move(findings_);
    give_way();
    sort_by_phase();
    move_after();
    check_arguments();
    check_results();
    check_conflicts();
    check_root_and_program();
    return std::move(findings_);
  }

 private:
  void say(Finding finding) { findings_.push_back(std::move(finding)); }

  // `after` and `replaces` must name something that is there: a name that fits nothing is a typing error.
  void check_labels() {
    std::vector<std::string> known;
    std::set<std::string> told;  // what the pipeline says of a plugin stands at each of its steps
    for (const PlannedStep& step : steps_) {
      if (step.common.after.empty() && step.common.replaces.empty()) continue;
      if (known.empty()) known = labels_of(steps_);
      for (const auto& [word, labels] :
           {std::pair{"after", &step.common.after}, std::pair{"replaces", &step.common.replaces}}) {
        for (const std::string& label : *labels) {
          if (std::find(known.begin(), known.end(), label) != known.end()) continue;
          mislabelled_.insert(step.owner.name);
          if (!told.insert(step.owner.name + " " + label).second) continue;
          const auto written = labels_.find({step.owner.name, label});
          const Owner& owner = written != labels_.end() ? written->second : step.owner;
          say({Severity::error, owner.place, owner.pointer,
               std::string(word) + " names " + label + ", and no step is called so",
               hint_to_label(label, known, step.owner.name)});
        }
      }
    }
  }

  // By step, those that stand instead of it.
  [[nodiscard]] std::vector<std::vector<std::size_t>> replacements() const {
    std::vector<std::vector<std::size_t>> of(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (steps_[i].common.replaces.empty()) continue;
      for (std::size_t other = 0; other < steps_.size(); ++other) {
        if (other != i && names(steps_[i].common.replaces, steps_[other])) of[other].push_back(i);
      }
    }
    return of;
  }

  // Of several that replace one another in a row the last one stands. In a circle none would, and what they were to
  // protect would be open.
  bool replace() {
    if (std::none_of(steps_.begin(), steps_.end(), [](const PlannedStep& s) { return !s.common.replaces.empty(); }))
      return true;
    const auto of = replacements();
    std::vector<bool> settled(steps_.size());
    for (bool more = true; more;) {
      more = false;
      for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (settled[i]) continue;
        settled[i] = of[i].empty() || std::any_of(of[i].begin(), of[i].end(), [&](auto by) { return settled[by]; });
        more = more || settled[i];
      }
    }
    const auto open = std::find(settled.begin(), settled.end(), false);
    if (open != settled.end()) {
      tell_circle(of, static_cast<std::size_t>(open - settled.begin()));
      return false;
    }
    std::vector<bool> gone(steps_.size());
    std::transform(of.begin(), of.end(), gone.begin(), [](const auto& by) { return !by.empty(); });
    drop(gone);
    return true;
  }

  // `step` may itself be none of the circle, but replaced by one that is.
  void tell_circle(const std::vector<std::vector<std::size_t>>& of, std::size_t step) {
    const auto circle = circle_from(step, steps_.size(), [&](std::size_t one) { return of[one].front(); });
    say(finding_at(steps_[circle.front()],
                   "replaces cannot be kept: these replace each other in a circle, and none would be left: " +
                       all_of(steps_, circle),
                   "leave \"replaces\" out at one of them"));
  }

  static std::string all_of(const std::vector<PlannedStep>& steps, const std::vector<std::size_t>& which) {
    std::string all;
    for (const std::size_t one : which)
      all += (all.empty() ? "" : ", ") + to_text(steps[one]) + " of " + who(steps[one]);
    return all;
  }

  void drop(const std::vector<bool>& gone) {
    std::vector<PlannedStep> kept;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!gone[i]) kept.push_back(std::move(steps_[i]));
    }
    steps_ = std::move(kept);
  }

  static bool is_from(const PlannedStep& step, Place::Source source) { return step.owner.place.source == source; }

  // What the command line binds stands instead of what a plugin has in that place; and of what it hides, that which is
  // there because nobody said anything is not made.
  void give_way() {
    std::vector<std::string> bound;
    for (const PlannedStep& step : steps_) {
      const auto* bind = std::get_if<steps::Bind>(&step.step);
      if (bind != nullptr && bind->create == steps::Create::missing && is_from(step, Place::Source::command_line))
        bound.push_back(bind->target.text);
    }
    if (bound.empty()) return;
    std::vector<bool> gone(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const auto claim = steps::claim_of(steps_[i].step);
      if (!claim || is_from(steps_[i], Place::Source::command_line) || claim->path == "/") continue;
      gone[i] = std::any_of(bound.begin(), bound.end(), [&](const std::string& target) {
        return claim->path == target || (is_from(steps_[i], Place::Source::builtin) && lies_below(claim->path, target));
      });
    }
    drop(gone);
  }

  // Within confine the kernel dictates: the user changes before the environment knows HOME and before the working
  // directory is entered as that user.
  static std::ptrdiff_t rank(const PlannedStep& step) {
    constexpr std::ptrdiff_t kRanksOfPhase = 8;
    const std::span<const std::string_view> order = host::row_of(step.phase).order;
    const auto place = std::find(order.begin(), order.end(), steps::type_of(step.step));
    const std::ptrdiff_t within = place == order.end() ? 0 : place - order.begin() + 1;
    return static_cast<std::ptrdiff_t>(step.phase) * kRanksOfPhase + within;
  }

  void sort_by_phase() {
    std::stable_sort(steps_.begin(), steps_.end(),
                     [](const PlannedStep& a, const PlannedStep& b) { return rank(a) < rank(b); });
  }

  // A stable topological order: each time the first step whose predecessors stand already.
  void move_after() {
    const bool any =
        std::any_of(steps_.begin(), steps_.end(), [](const PlannedStep& s) { return !s.common.after.empty(); });
    if (!any) return;
    std::vector<PlannedStep> ordered;
    std::vector<PlannedStep> waiting = std::move(steps_);
    while (!waiting.empty()) {
      const auto free = std::find_if(waiting.begin(), waiting.end(), [&](const PlannedStep& step) {
        return std::none_of(waiting.begin(), waiting.end(), [&](const PlannedStep& other) {
          return &other != &step && names(step.common.after, other);
        });
      });
      const bool breaks_phase = free != waiting.end() && !ordered.empty() && free->phase < ordered.back().phase;
      if (free == waiting.end() || breaks_phase) {
        say(breaks_phase
                ? finding_at(*free, "after cannot be kept for " + to_text(*free), "it names a step of a later phase")
                : waiting_circle(waiting));
        std::move(waiting.begin(), waiting.end(), std::back_inserter(ordered));
        break;
      }
      ordered.push_back(std::move(*free));
      waiting.erase(free);
    }
    steps_ = std::move(ordered);
  }

  // Each of them waits for another.
  static Finding waiting_circle(const std::vector<PlannedStep>& waiting) {
    const auto next = [&](std::size_t one) {
      std::size_t other = 0;
      while (other == one || !names(waiting[one].common.after, waiting[other])) ++other;
      return other;
    };
    const auto circle = circle_from(0, waiting.size(), next);
    return finding_at(waiting[circle.front()],
                      "after cannot be kept: these wait for each other in a circle: " + all_of(waiting, circle),
                      "leave \"after\" out at one of them");
  }

  void check_arguments() {
    for (const PlannedStep& step : steps_) {
      const std::string problem = steps::problem_of(step.step);
      if (!problem.empty()) say(finding_at(step, std::string(steps::type_of(step.step)) + ": " + problem));
    }
    if (auto excess = excess_of_calls(steps_)) say(std::move(*excess));
  }

  void check_results() {
    std::map<std::string, const PlannedStep*> results;
    for (const PlannedStep& step : steps_) {
      const bool is_call = std::holds_alternative<steps::Call>(step.step);
      for (const std::string& name : steps::references_of(step.step)) {
        if (results.contains(name) || (is_call && steps::is_containers(name, step.phase))) continue;
        say(finding_at(step, to_text(step) + " uses @" + name + ", which no earlier step makes"));
      }
      if (step.common.as.empty()) continue;
      if (!host::row_of(step.phase).gives_results && !is_call) {
        say(finding_at(step, to_text(step) + " has no result to be named " + step.common.as));
        continue;
      }
      const auto [there, added] = results.try_emplace(step.common.as, &step);
      if (!added)
        say(finding_at(
            step, "two results are named " + step.common.as + ": by " + who(*there->second) + " and by " + who(step)));
    }
  }

  static bool lies_below(const std::string& path, const std::string& directory) {
    return directory == "/"
               ? path != "/"
               : path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
  }

  struct Taken {
    steps::Claim claim;
    const PlannedStep* step;
  };

  static std::optional<Finding> conflict_of(const Taken& earlier, const Taken& later) {
    const PlannedStep& first = *earlier.step;
    const PlannedStep& step = *later.step;
    const std::string& path = later.claim.path;
    const bool same_owner = first.owner.name == step.owner.name;
    if (earlier.claim.path == path && !(same_owner && earlier.claim.kind != later.claim.kind)) {
      const bool both_typed = is_from(first, Place::Source::command_line) && is_from(step, Place::Source::command_line);
      return finding_at(step,
                        "two steps take " + path + ": " + to_text(first) + " of " + who(first) + ", and " +
                            to_text(step) + " of " + who(step),
                        both_typed
                            ? "leave one of them out"
                            : "one of them must say \"after\": [\"" + full_label(first) + "\"] or \"replaces\" it");
    }
    if (later.claim.kind != steps::Claim::Kind::mount || !lies_below(earlier.claim.path, path)) return std::nullopt;
    return finding_at(step,
                      to_text(step) + " of " + who(step) + " would hide " + earlier.claim.path + ", which " +
                          who(first) + " made before",
                      "let " + first.owner.name + " come later: \"after\": [\"" + full_label(step) + "\"]");
  }

  // Two plugins of one purpose clash at each of their places: the first of these is told, and how many more there are.
  // What one plugin does twice has a reason of its own each time.
  void check_conflicts() {
    struct Clash {
      std::size_t finding = 0;
      std::set<std::string> paths{};
    };
    std::map<std::pair<std::string, std::string>, Clash> clashes;
    std::vector<Taken> taken;
    for (const PlannedStep& step : steps_) {
      auto claim = steps::claim_of(step.step);
      if (!claim) continue;
      const Taken now{std::move(*claim), &step};
      for (const Taken& earlier : taken) {
        if (names(step.common.after, *earlier.step)) continue;
        if (mislabelled_.contains(step.owner.name) || mislabelled_.contains(earlier.step->owner.name)) continue;
        auto conflict = conflict_of(earlier, now);
        if (!conflict) continue;
        const std::string& other = earlier.step->owner.name;
        if (other != step.owner.name) {
          auto [clash, is_first] =
              clashes.try_emplace(std::minmax(other, step.owner.name), Clash{findings_.size(), {}});
          clash->second.paths.insert(earlier.claim.path);
          if (!is_first) continue;
        }
        say(std::move(*conflict));
      }
      taken.push_back(now);
    }
    for (const auto& [owners, clash] : clashes) {
      const std::size_t more = clash.paths.size() - 1;
      if (more == 0) continue;
      findings_[clash.finding].message +=
          "; they clash over " + std::to_string(more) + (more == 1 ? " more path" : " more paths");
    }
  }

  void check_root_and_program() {
    std::size_t roots = 0;
    std::size_t programs = 0;
    for (const PlannedStep& step : steps_) {
      const auto claim = steps::claim_of(step.step);
      if (claim && claim->path == "/") ++roots;
      if (std::holds_alternative<steps::Exec>(step.step)) ++programs;
    }
    if (roots == 0)
      say({Severity::error,
           {},
           "/rootfs",
           "no step makes the container's root /",
           "the plugin of the rootfs stage must"});
    if (programs != 1) {
      say({Severity::error,
           {},
           "/exec",
           programs == 0 ? "no step says which program to run" : "several steps say which program to run",
           "the plugin of the exec stage must emit one exec step"});
    }
  }

  std::vector<PlannedStep>& steps_;
  const std::map<std::pair<std::string, std::string>, Owner>& labels_;
  // Owners of whom it is not known yet what they come after or replace: their conflicts may be none.
  std::set<std::string> mislabelled_{};
  Findings findings_{};
};

}  // namespace

Findings arrange(Plan& plan) { return Arranging(plan).run(); }

}  // namespace slipway::plan
