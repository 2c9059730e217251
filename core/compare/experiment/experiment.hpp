// What is to be measured: as an experiment file or the words of a command line say it. Plain data.
// Knows nothing of processes and figures.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/compare/design.hpp"
#include "core/compare/outcome/outcome.hpp"
#include "core/compare/stop_rule.hpp"

namespace slipway::compare {

/// Words with a name of their own.
struct NamedWords {
  std::string name{};
  std::vector<std::string> words{};
};

/// What two variants may differ in and be compared all the same.
struct Differ {
  bool status = false;
  bool output = false;
  bool tree = false;
};

/// In which blocks runs of slipway are looked into: by a run of its own, because telling each step costs time.
enum class Details { none, some, all };

struct Experiment {
  std::string target{};                ///< a pipeline file or an image's source, absolute
  std::vector<std::string> command{};  ///< what follows it
  std::vector<std::string> options{};  ///< of `slipway run`, for every variant that is a pipeline
  std::vector<Factor> factors{};       ///< configuration keys, kTreatment, kParallel
  std::vector<std::vector<Choice>> excluded{};
  std::vector<NamedWords> variants{};  ///< pipelines beside the factors: further options of `slipway run`
  std::vector<NamedWords> against{};   ///< other programs
  std::vector<Choice> baseline{};
  std::optional<std::string> baseline_named{};
  Question question{};
  StopRule stop{};
  std::optional<std::uint64_t> seed{};
  Differ differ{};
  int status = 0;          ///< what every run is to end with
  double timeout_s = 300;  ///< of one run
  Details details = Details::some;
  bool values = false;  ///< lines name=value of the output are figures
  std::string ready{};  ///< what the output holds once the program is ready; empty: nobody asks
};

/// Factors, exclusions and names, for variants_of().
Design design_of(const Experiment& experiment);

/// Adds the factor; "rootfs=fs-overlay,fs-copy" and the levels of one that is there already.
Result<Factor> read_factor(std::string_view text);
/// "rootfs=fs-copy,network=net-none".
Result<std::vector<Choice>> read_choices(std::string_view text);
/// Levels, factors or whatever is separated by commas, but not by those inside of JSON's brackets and quotes.
std::vector<std::string> split_at_commas(std::string_view text);

/// Names of measures, bounds, what stops it: what is wrong whatever the variants are.
Result<void> check_experiment(const Experiment& experiment);

/// Where neither a number of rounds nor a time is named; see docs/compare.md.
inline constexpr std::size_t kUsualRounds = 30;
inline constexpr std::size_t kMostRoundsForPrecision = 300;
void fill_in_stop_rule(StopRule& rule);

/// The words of `slipway run` that bring a factor to a level's setting; none for how runs are made (kTreatment,
/// kParallel).
std::vector<std::string> words_of(const Choice& choice);
/// Whether the runs of a block are looked into: of some the first kSomeDetails blocks, and all where verdicts are asked
/// for on what only such runs tell.
inline constexpr std::size_t kSomeDetails = 10;
bool looks_into(const Experiment& experiment, std::size_t block);
/// Whether a measure is told by the run itself ("phase.mount"), and not by the kernel.
bool is_detail(std::string_view measure);
/// The words of --details, in the order of Details.
inline constexpr std::array<std::string_view, 3> kDetailsWords = {"none", "some", "all"};
Result<Details> read_details(std::string_view word);

/// Every choice of a variant, in the order of the factors.
std::vector<Choice> choices_of(const Experiment& experiment, const Variant& variant);

/// What starts a variant.
struct Start {
  bool is_slipway = true;
  std::vector<std::string> before{};  ///< the options; for another program all of its words
  std::vector<std::string> behind{};  ///< the target and its command; nothing for another program
};
/// The control is found by its baseline's name.
Start start_of(const Experiment& experiment, const Variants& variants, std::size_t variant);

}  // namespace slipway::compare
