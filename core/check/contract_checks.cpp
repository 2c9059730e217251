// What a stage promises: plans that are the same whenever they are made, and steps that are legal in them.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/check/images.hpp"
#include "core/check/jobs.hpp"
#include "core/check/subject.hpp"

namespace slipway::check {
namespace {

constexpr Layer kLayer = Layer::contract;

bool reads_clock(const Subject& subject) {
  constexpr auto kClocks =
      std::to_array<std::string_view>({"clock", "clock_gettime", "gettimeofday", "time", "timespec_get"});
  return std::any_of(kClocks.begin(), kClocks.end(), [&](std::string_view name) {
    return std::binary_search(subject.binds_to.begin(), subject.binds_to.end(), name);
  });
}

// Where two texts part, with a little around it.
std::string parting(const std::string& one, const std::string& other) {
  constexpr std::size_t kBefore = 30;
  constexpr std::size_t kShown = 80;
  const auto same =
      static_cast<std::size_t>(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin());
  const std::size_t from = same > kBefore ? same - kBefore : 0;
  return "…" + printable(one.substr(std::min(from, one.size()), kShown)) + "… and …" +
         printable(other.substr(std::min(from, other.size()), kShown)) + "…";
}

std::string impurity(const Seen& first, const Seen& second) {
  for (const auto& [name, outcome] : first.outcomes) {
    const auto other = second.outcomes.find(name);
    if (other != second.outcomes.end() && other->second != outcome)
      return "another process got another outcome (" + name + "): " + parting(outcome, other->second);
  }
  if (!first.impure.empty()) return "the second call got another outcome: " + listed(first.impure, 4);
  return {};
}

void add_purity(const Seen& first, const Seen& second, Report& report) {
  const std::string found = impurity(first, second);
  report.add(kLayer, "is-pure", found.empty() ? Verdict::ok : Verdict::failed,
             found.empty() ? "the same again, and in another process, environment and directory" : found,
             found.empty() ? "" : "what comes out may depend on options and facts alone: a record of it is used again");
}

bool add_legality(const Subject& subject, const Seen& seen, Report& report) {
  std::vector<std::string> illegal;
  for (const std::string& one : seen.complaints) {
    if (one.find("without saying why") == std::string::npos && one.find("another thread") == std::string::npos)
      illegal.push_back(one);
  }
  report.add(kLayer, "is-legal", illegal.empty() ? Verdict::ok : Verdict::failed,
             illegal.empty() ? "each step and fact fits its type, its phase and the manifest" : listed(illegal, 3),
             illegal.empty() ? "" : "slipway plugin info " + subject.name + " shows what its manifest allows it");
  const auto fine = static_cast<std::size_t>(
      std::count_if(seen.fine.begin(), seen.fine.end(), [](const auto& one) { return one.second; }));
  report.add(kLayer, "answers", Verdict::note,
             std::string(subject.is_image() ? "takes " : "has a plan for ") + std::to_string(fine) + " of " +
                 std::to_string(seen.fine.size()) + (subject.is_image() ? " sources" : " cases; --options adds more"));
  return illegal.empty();
}

// What the plugin said when it had no plan; of an exception that escaped, its text.
std::string reason_in(const std::string& outcome) {
  const nlohmann::json all = nlohmann::json::parse(outcome, nullptr, false);
  if (!all.is_object()) return "it does not say why";
  for (const nlohmann::json& one : all.value("reports", nlohmann::json::array())) {
    if (one.value("severity", -1) == SLIPWAY_ERROR) return printable(one.value("message", ""), 200);
  }
  return "it does not say why";
}

// A user who gives what must be given gets a container, on one of the hosts at least; a plugin may refuse others.
void add_plans(const Subject& subject, const std::vector<Case>& cases, const Seen& seen, Report& report) {
  constexpr const char* kName = "plans-by-default";
  const Case* failed = nullptr;
  bool is_guessed = true;
  for (const Case& one : cases) {
    const auto fine = seen.fine.find(one.name);
    if (!one.is_basic || fine == seen.fine.end()) continue;
    if (fine->second) return report.add(kLayer, kName, Verdict::ok, "has a plan with " + one.name);
    is_guessed = is_guessed && one.is_guessed;
    if (failed == nullptr || (failed->is_guessed && !one.is_guessed)) failed = &one;
  }
  if (failed == nullptr) return;
  const std::string reason = reason_in(seen.outcomes.at(failed->name));
  // slipway guessed what the manifest says must be given, and may have guessed wrongly.
  if (is_guessed)
    return report.add(
        kLayer, kName, Verdict::not_applicable,
        "its manifest requires options, and no guess gives a plan (" + reason + "); --options gives some");
  report.add(kLayer, kName, Verdict::failed, "has a plan for no host: " + failed->name + ": " + reason,
             "give options defaults with which it plans, or name in the manifest's \"required\" what must be given; "
             "slipway-plugin-test " +
                 subject.name + ".so calls it once");
}

// A slipway of tomorrow calls an undo of a plugin of yesterday: what a function does not know, it must not pass over.
void add_unknown_function(const Subject& subject, Report& report) {
  const auto& needs = subject.manifest.needs;
  if (std::find(needs.begin(), needs.end(), "step:call") == needs.end()) return;
  constexpr const char* kName = "refuses-unknown-calls";
  const auto seen = call_unknown_function(subject);
  if (!seen) return report.add(kLayer, kName, Verdict::not_checked, sentence(seen.error()));
  const auto fine = seen->fine.find("unknown");
  std::string wrong = seen->died;
  if (wrong.empty() && (fine == seen->fine.end() || fine->second))
    wrong = "a call of a function that it does not have goes well";
  if (wrong.empty() && !seen->complaints.empty()) wrong = listed(seen->complaints, 1);
  report.add(kLayer, kName, wrong.empty() ? Verdict::ok : Verdict::failed,
             wrong.empty() ? "a function that it does not have is refused with a report" : wrong,
             wrong.empty() ? "" : "report that there is no such function, and fail");
}

}  // namespace

void check_contract(const Subject& subject, Report& report) {
  const std::vector<Case> cases = reference_cases(subject);
  const auto first = call_watched(subject, cases);
  // A clock that counts in seconds is seen after one.
  if (reads_clock(subject)) (void)::usleep(1'100'000);
  const auto second = call_elsewhere(subject, cases);
  if (!first || !second || !first->died.empty() || !second->died.empty()) {
    report.add(kLayer, "is-pure", Verdict::not_applicable, "it does not survive being called");
    return;
  }
  add_purity(*first, *second, report);
  // A step that is refused fails the plan as well.
  if (add_legality(subject, *first, report) && !subject.is_image()) add_plans(subject, cases, *first, report);
  add_unknown_function(subject, report);
  if (subject.manifest.stage == "rootfs") check_trees(subject, report);
  if (subject.is_image()) add_image_facts(first->outcomes, report);
}

}  // namespace slipway::check
