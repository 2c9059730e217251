// A plan: all steps of a pipeline, checked and in order, each with its owner. Data only; nothing here acts.
#pragma once

#include <map>
#include <slipway/steps.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::plan {

/// Who asked for a step: a plugin, or slipway itself for what `isolation` says.
struct Owner {
  std::string stage{};    ///< image, rootfs, pseudo, harden, network, exec, or isolation
  std::string plugin{};   ///< "fs-overlay"; "slipway" for isolation
  std::string name{};     ///< how `after` and `replaces` call it: its "name" in the pipeline, else the plugin
  std::string pointer{};  ///< the option that asked, or the stage itself: "/rootfs/upper"
  Place place{};
};

struct PlannedStep {
  steps::Step step{};
  steps::Phase phase{};
  steps::Common common{};
  Owner owner{};
  std::string source{};  ///< what a bind shows, where an earlier step has opened it: the path on the host
};

struct Plan {
  std::vector<PlannedStep> steps{};  ///< in the order in which they are carried out
  /// Where the pipeline itself says `after` and `replaces`, by the owner's name and the label.
  std::map<std::pair<std::string, std::string>, Owner> labels{};
};

inline constexpr std::size_t kMostSteps = 10000;  ///< more is a plugin gone wrong

/// Puts steps that come stage by stage into the order in which they are carried out, and proves that they fit: what
/// `replaces` takes out, what `after` moves, names of results, conflicts of two owners, one root, one program.
/// All problems at once.
Findings arrange(Plan& plan);

/// Finds out `source` of each bind. People are told paths, and not what a plugin calls its results.
void name_sources(std::vector<PlannedStep>& steps);

/// The steps that the child carries out (mount to exec), packed, and back.
std::string child_steps_bytes(const Plan& plan);
struct NumberedStep {
  std::uint32_t number = 0;  ///< its place in the whole plan, from 1
  steps::Phase phase{};
  steps::Step step{};
};
Result<std::vector<NumberedStep>> child_steps_from(std::string_view bytes);

/// "overlay: 2 layers on /, writes to a tmpfs".
std::string to_text(const PlannedStep& step);

/// Whether a plugin, or a use of it under another name, asked for the step.
bool is_owned(const PlannedStep& step, std::string_view owner);

/// A table by phase, one step a line; only an owner's where one is named.
std::string to_table(const Plan& plan, std::string_view owner = {});
/// {"steps": [{"number", "phase", "type", arguments…, "owner": {…}}…], "facts": …}; facts as JSON text.
std::string to_json(const Plan& plan, const std::string& facts);
/// {"steps": […]} of one owner, without numbers, which depend on what others plan.
std::string to_json_of(const Plan& plan, std::string_view owner);

}  // namespace slipway::plan
