#include "core/compare/outcome/measures.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::compare {
namespace {

constexpr std::array kMeasures = {
    Measure{"wall", Unit::milliseconds, "from the start to the end, as a user waits for it"},
    Measure{"user", Unit::milliseconds, "processor time in programs, of all processes of the run"},
    Measure{"system", Unit::milliseconds, "processor time in the kernel, of all processes of the run"},
    Measure{"first_output", Unit::milliseconds, "until the command's first output"},
    Measure{"ready", Unit::milliseconds, "until the ready probe succeeds"},
    Measure{"memory.supervisor", Unit::bytes, "the supervisor's memory at its peak"},
    Measure{"memory.worker", Unit::bytes, "the worker's memory at its peak"},
    Measure{"memory.child", Unit::bytes, "the command's memory at its peak"},
    Measure{"read", Unit::bytes, "read from storage"},
    Measure{"written", Unit::bytes, "written to storage"},
    Measure{"disk", Unit::bytes, "taken of the disk by the run"},
    Measure{"minor_faults", Unit::count, "page faults served from memory"},
    Measure{"major_faults", Unit::count, "page faults that had to read"},
    Measure{"voluntary_switches", Unit::count, "times a process waited for something"},
    Measure{"involuntary_switches", Unit::count, "times a process was made to wait"},
};

constexpr std::array<std::string_view, 7> kSpans = {"read", "plan", "map_ids", "prepare", "start", "program", "undo"};
constexpr std::array<std::string_view, 9> kPhases = {"namespaces", "resolve", "prepare", "attach",  "mount",
                                                     "seal",       "confine", "exec",    "teardown"};
constexpr std::array<std::string_view, 7> kStages = {"isolation", "image",   "rootfs", "pseudo",
                                                     "harden",    "network", "exec"};

struct Family {
  std::string_view word;
  Unit unit;
  std::string_view meaning;
  std::span<const std::string_view> members;  ///< those known beforehand, in their order
};

constexpr std::array kFamilies = {
    Family{"span", Unit::milliseconds, "a part of the run; the parts follow one another", kSpans},
    Family{"phase", Unit::milliseconds, "all steps of the phase", kPhases},
    Family{"stage", Unit::milliseconds, "all steps that the stage asked for", kStages},
    Family{"plugin", Unit::milliseconds, "all steps that the plugin asked for", {}},
    Family{"step", Unit::milliseconds, "all such steps", {}},
    Family{"value", Unit::none, "as the command printed it", {}},
};

const Family* family_of(std::string_view name) {
  const std::size_t stop = name.find('.');
  if (stop == std::string_view::npos || stop + 1 == name.size()) return nullptr;
  const auto* const found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                         [&](const Family& family) { return family.word == name.substr(0, stop); });
  return found == kFamilies.end() ? nullptr : found;
}

const Measure* plain(std::string_view name) {
  const auto* const found =
      std::find_if(kMeasures.begin(), kMeasures.end(), [&](const Measure& measure) { return measure.name == name; });
  return found == kMeasures.end() ? nullptr : found;
}

/// Where a name stands: in the table or behind it, then within its family; what is not known comes last.
struct Rank {
  std::ptrdiff_t group = 0;
  std::ptrdiff_t member = 0;
};

Rank rank(std::string_view name) {
  if (const Measure* const measure = plain(name)) return {.group = measure - kMeasures.data()};
  const std::ptrdiff_t families_begin = std::ssize(kMeasures);
  const Family* const family = family_of(name);
  if (family == nullptr) return {.group = families_begin + std::ssize(kFamilies)};
  const auto member = std::find(family->members.begin(), family->members.end(), name.substr(family->word.size() + 1));
  return {.group = families_begin + (family - kFamilies.data()), .member = member - family->members.begin()};
}

}  // namespace

std::string_view to_word(Unit unit) {
  switch (unit) {
    case Unit::milliseconds:
      return "ms";
    case Unit::bytes:
      return "bytes";
    case Unit::count:
    case Unit::none:
      return "";
  }
  return "";
}

std::optional<Measure> find_measure(std::string_view name) {
  if (const Measure* const measure = plain(name)) return *measure;
  const Family* const family = family_of(name);
  if (family == nullptr) return std::nullopt;
  const std::string_view member = name.substr(family->word.size() + 1);
  const auto& known = family->members;
  if (!known.empty() && std::find(known.begin(), known.end(), member) == known.end()) return std::nullopt;
  return Measure{name, family->unit, family->meaning};
}

bool measure_before(std::string_view left, std::string_view right) {
  const Rank a = rank(left);
  const Rank b = rank(right);
  if (a.group != b.group) return a.group < b.group;
  return a.member != b.member ? a.member < b.member : left < right;
}

std::string nearest_measure(std::string_view name) {
  std::vector<std::string> known;
  known.reserve(kMeasures.size() + kSpans.size() + kPhases.size() + kStages.size());
  for (const Measure& measure : kMeasures) known.emplace_back(measure.name);
  for (const Family& family : kFamilies) {
    for (const std::string_view member : family.members)
      known.push_back(std::string(family.word) + "." + std::string(member));
  }
  return nearest_word(name, known).value_or("");
}

}  // namespace slipway::compare
