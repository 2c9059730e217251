#include "core/plan/labels.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/steps/steps.hpp"

namespace slipway::plan {
namespace {

constexpr const char* kForm = "steps are called OWNER:LABEL, as in pseudo-standard:/dev/shm";
constexpr std::size_t kMostTold = 8;

// "; pseudo-etc has /etc/hosts, /etc/hostname"; nothing where no step is the owner's.
std::string labels_of_owner(const std::string& owner, const std::vector<std::string>& known) {
  const std::string beginning = owner + ":";
  std::set<std::string> told;
  std::string text;
  for (const std::string& one : known) {
    if (!one.starts_with(beginning) || !told.insert(one).second) continue;
    text += text.empty() ? "; " + owner + " has " : ", ";
    if (told.size() > kMostTold) return text + "…";
    text += one.substr(beginning.size());
  }
  return text;
}

}  // namespace

std::string full_label(const PlannedStep& step) { return step.owner.name + ":" + steps::label_of(step.step); }

std::vector<std::string> labels_of(const std::vector<PlannedStep>& steps) {
  std::vector<std::string> labels;
  for (const PlannedStep& step : steps) {
    labels.push_back(full_label(step));
    if (!step.common.as.empty()) labels.push_back(step.owner.name + ":" + step.common.as);
  }
  return labels;
}

std::string hint_to_label(const std::string& label, const std::vector<std::string>& known, const std::string& own) {
  std::vector<std::string> others;
  std::copy_if(known.begin(), known.end(), std::back_inserter(others),
               [&](const std::string& one) { return !one.starts_with(own + ":") || label.starts_with(own + ":"); });
  const auto did_you_mean = [](const std::string& word) { return "did you mean " + word + "?"; };
  if (const auto nearest = nearest_word(label, others)) return did_you_mean(*nearest);
  const std::size_t colon = label.find(':');
  // The place may be right where the owner is wrong, or missing.
  const std::string place = ":" + label.substr(colon == std::string::npos ? 0 : colon + 1);
  const auto same_place =
      std::find_if(others.begin(), others.end(), [&](const std::string& one) { return one.ends_with(place); });
  if (same_place != others.end()) return did_you_mean(*same_place);
  return kForm + labels_of_owner(label.substr(0, colon), known);
}

}  // namespace slipway::plan
