// A comparison as it was made: what was compared, where, and every single run. Plain data; reports, resuming, replaying
// and merging all begin from it. What the figures say is not in it: that is worked out anew (../analysis.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/compare/design.hpp"

namespace slipway::compare {

/// A run that was measured. Every run is one sample; where several go on at once (factor "parallel"), all that were
/// started together are one.
struct Run {
  std::size_t block = 0;
  std::size_t place = 0;    ///< in the order in which the block was run, from 0
  std::size_t variant = 0;  ///< position in Outcome::variants
  std::size_t host = 0;     ///< position in Outcome::hosts
  double at_s = 0;          ///< begun so long after the comparison, by the monotonic clock
  int status = 0;           ///< as $? has it: 128 + N of signal N
  std::string failure{};    ///< why it does not count, in words; empty: it does
  /// By measure (measures.hpp), in its unit: "wall" -> 4.71.
  std::map<std::string, double, std::less<>> figures{};
};

/// A variant as it was run.
struct RunVariant {
  Variant variant{};
  std::vector<std::string> command{};  ///< the words that started it
  std::string pipeline{};  ///< the whole pipeline as JSON (`slipway config dump`); empty of an external command
  /// What could change below the same words: "image" -> "sha256:…", "plugin fs-overlay" -> "sha256:…".
  std::map<std::string, std::string, std::less<>> digests{};
  std::string not_comparable{};  ///< in what its result differs from the baseline's; empty: it may be compared
};

/// Where runs were made: "kernel" -> "6.1.0-18-amd64", "load before" -> "0.31"; see environment.hpp.
struct Host {
  std::map<std::string, std::string, std::less<>> facts{};
};

enum class Ended { not_yet, rounds, time, precision, interrupted };

/// What is asked of the figures; see Asked in ../analysis.hpp.
struct Question {
  std::vector<std::string> measures{"wall"};  ///< those that get verdicts, the first one before all others
  double level = 0.05;
  double confidence = 0.95;
  double same_within = 0.01;
  double power = 0.8;
};

struct Outcome {
  std::string slipway{};     ///< the version that measured
  std::string begun{};       ///< UTC, "2031-05-17T09:30:00Z": for people, nothing is computed from it
  std::string experiment{};  ///< the experiment file as JSON, whole: what replaying begins from
  std::uint64_t seed = 0;
  Question question{};
  std::vector<Factor> factors{};
  std::vector<RunVariant> variants{};
  std::size_t baseline = 0;  ///< positions in variants
  std::size_t control = 0;
  std::vector<Host> hosts{};
  std::vector<std::string> notes{};  ///< what a reader must know: caches that could not be dropped …
  Ended ended = Ended::not_yet;
  std::vector<Run> runs{};  ///< in the order in which they were made; of a block and a variant at most one
};

/// One measure of all runs, [variant][block] over all whole blocks; NaN where a run failed or lacks the figure.
struct Table {
  std::vector<std::vector<double>> of_variant{};
  std::vector<std::size_t> blocks{};  ///< the blocks' numbers
};
Table figures_of(const Outcome& outcome, std::string_view measure);

/// All measures that any run has, in the order of measures.hpp.
std::vector<std::string> measures_of(const Outcome& outcome);

/// Blocks that every variant took part in; one that may not be compared may be missing.
std::size_t whole_blocks(const Outcome& outcome);

}  // namespace slipway::compare
