// What an experiment compares: factors and their levels, multiplied out into named variants.
// Knows nothing of pipelines: what a level means is for whoever runs the variant.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::compare {

/// Something that is varied: "rootfs", with the levels "fs-overlay" and "fs-copy".
struct Factor {
  std::string name{};
  std::vector<std::string> levels{};
  std::map<std::string, std::string> settings{};  ///< what levels with names of their own stand for
};

/// The state that caches are brought into before a run, as a factor: "cold" (store and page cache dropped),
/// "store-warm" (the store filled, the page cache dropped), "warm".
inline constexpr std::string_view kTreatment = "treatment";
/// How many runs go on at once, as a factor: whole numbers from 1.
inline constexpr std::string_view kParallel = "parallel";

/// One factor at one level: "rootfs=fs-copy".
struct Choice {
  std::string factor{};
  std::string level{};
};

/// "rootfs=fs-copy" as its two halves.
Result<Choice> read_choice(std::string_view text);

/// What is to be compared.
struct Design {
  std::vector<Factor> factors{};
  std::vector<std::vector<Choice>> excluded{};  ///< each leaves out all variants that have all of its choices
  std::vector<std::string> named{};             ///< variants beside the factors: an external command's name
  std::vector<Choice> baseline{};               ///< factors not mentioned are at their first level
  std::optional<std::string> baseline_named{};  ///< or one of `named`
};

/// One thing that every block runs once.
struct Variant {
  std::string name{};                 ///< "rootfs=fs-copy network=net-none"; "pipeline" where nothing is varied
  std::vector<std::size_t> levels{};  ///< a factor's position -> its level's; empty for a named variant
};

/// All variants, the control among them: the baseline once more, as the last one ("… (control)"). What the two differ
/// by is what this experiment cannot tell from nothing (an A/A control).
struct Variants {
  std::vector<Variant> all{};
  std::size_t baseline = 0;  ///< position in `all`
  std::size_t control = 0;   ///< position in `all`
};

/// More variants than this make blocks so long that the machine is another one at their end.
inline constexpr std::size_t kMostVariants = 1000;

/// The full factorial without what is excluded, the first factor changing slowest and levels in the order given; then
/// the named ones; then the control. D. C. Montgomery, "Design and Analysis of Experiments", 8th edition, Wiley, 2013,
/// chapter 5 (factorial designs).
Result<Variants> variants_of(const Design& design);

}  // namespace slipway::compare
