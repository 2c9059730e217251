#include "core/plan/ask.hpp"

#include <nlohmann/json.hpp>

#include "core/plan/crash.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/session.hpp"

namespace slipway::plan {
namespace {

constexpr std::string_view kOptions = "/options";
constexpr std::string_view kFacts = "/facts";
constexpr std::string_view kIsolation = "/facts/isolation/";

// A plugin knows its options as /options/…; the configuration knows them as /rootfs/… or /harden/0/….
std::string pipeline_pointer(const config::StageUse& use, const std::string& at) {
  constexpr std::size_t kLongestPointer = 1024;
  if (at == kOptions || at.starts_with(std::string(kOptions) + "/"))
    return use.pointer + printable(std::string_view(at).substr(kOptions.size()), kLongestPointer);
  // What the isolation is, the pipeline says in so many words, and there it can be changed.
  if (at.starts_with(kIsolation)) return printable(std::string_view(at).substr(kFacts.size()), kLongestPointer);
  return use.pointer;
}

Finding finding_of(const Asked& asked, const host::Report& report) {
  const std::string pointer = pipeline_pointer(asked.use, report.at);
  const Owner owner = asked.owner_of(pointer);
  std::string message = asked.use.use + ": " + printable(report.message);
  if (report.at.starts_with(kFacts) && !report.at.starts_with(kIsolation))
    message += " (" + printable(report.at, 128) + ")";
  return {severity_of(report.severity), owner.place, pointer, std::move(message), printable(report.hint)};
}

}  // namespace

Severity severity_of(int severity) {
  switch (severity) {
    case SLIPWAY_ERROR:
      return Severity::error;
    case SLIPWAY_WARNING:
      return Severity::warning;
    case SLIPWAY_INFO:
      return Severity::info;
    default:
      return Severity::debug;
  }
}

Findings ask(const Asked& asked, nlohmann::json& document, Plan& plan) {
  document["options"] = asked.use.options;
  const auto function = asked.loaded.plan();
  if (function == nullptr) {
    return {finding_of(asked, {SLIPWAY_ERROR, "", "the library has no plan function", "it serves no stage but image"})};
  }
  host::Session session(document);
  session.needs = asked.use.manifest->needs;
  session.provides = asked.use.manifest->provides;
  session.options = host::option_names(*asked.use.manifest);
  const CrashLine line(asked.crash);
  host::Guard guard;
  const bool went_well = session.finish(guard.run(
      asked.use.use, "plan", [&] { return function(session.abi()); }, host::kPatience, asked.crash_status));
  Findings findings;
  for (const host::Report& report : session.reports) findings.push_back(finding_of(asked, report));
  if (!went_well) return findings;
  for (const auto& [word, labels] :
       {std::pair{"/after", &asked.use.after}, std::pair{"/replaces", &asked.use.replaces}}) {
    for (std::size_t i = 0; i < labels->size(); ++i) {
      plan.labels[{asked.use.name, labels->at(i)}] = asked.owner_of(asked.use.pointer + word + "/" + std::to_string(i));
    }
  }
  for (host::DecodedStep& step : session.steps) {
    steps::Common common = std::move(step.common);
    common.after.insert(common.after.end(), asked.use.after.begin(), asked.use.after.end());
    common.replaces.insert(common.replaces.end(), asked.use.replaces.begin(), asked.use.replaces.end());
    Owner owner = asked.owner_of(pipeline_pointer(asked.use, common.from));
    plan.steps.push_back({std::move(step.step), step.phase, std::move(common), std::move(owner)});
  }
  for (auto& [name, fact] : session.facts) document["facts"][name] = std::move(fact);
  return findings;
}

namespace {

PlannedStep of_isolation(steps::Step step, steps::Phase phase, const char* pointer, const Place& place) {
  return {std::move(step), phase, {}, {"isolation", "slipway", "slipway", pointer, place}};
}

}  // namespace

void add_first_isolation_steps(Plan& plan, const config::Isolation& isolation, const PlaceOf& place_of) {
  using Propagation = config::Isolation::Propagation;
  constexpr const char* kPropagation = "/isolation/propagation";
  // Never shared: the container's own mounts would show up on the host.
  const auto spread = isolation.propagation == Propagation::isolated ? steps::Spread::isolated : steps::Spread::slave;
  plan.steps.push_back(of_isolation(steps::Propagation{steps::Scope::inherited, spread}, steps::Phase::mount,
                                    kPropagation, place_of(kPropagation)));
  if (isolation.hostname.empty()) return;
  plan.steps.push_back(of_isolation(steps::Hostname{isolation.hostname, steps::NameSource::name}, steps::Phase::mount,
                                    "/isolation/hostname", place_of("/isolation/hostname")));
}

void add_last_isolation_steps(Plan& plan, const config::Isolation& isolation, const PlaceOf& place_of) {
  using Propagation = config::Isolation::Propagation;
  constexpr const char* kPropagation = "/isolation/propagation";
  if (isolation.hostname_of_image) {
    plan.steps.push_back(of_isolation(steps::Hostname{{}, steps::NameSource::image}, steps::Phase::mount,
                                      "/isolation/hostname", place_of("/isolation/hostname")));
  }
  if (isolation.propagation != Propagation::shared) return;
  plan.steps.push_back(of_isolation(steps::Propagation{steps::Scope::root, steps::Spread::shared}, steps::Phase::seal,
                                    kPropagation, place_of(kPropagation)));
}

}  // namespace slipway::plan
