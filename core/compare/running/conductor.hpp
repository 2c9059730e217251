// A comparison from its first run to its last: the same result first, then block by block until the rule says stop.
// Knows nothing of what the figures say, and prints nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/compare/blocks.hpp"
#include "core/compare/experiment/experiment.hpp"
#include "core/compare/outcome/outcome.hpp"
#include "core/compare/running/caches.hpp"
#include "core/compare/running/interruption.hpp"
#include "core/compare/running/notes.hpp"
#include "core/compare/running/sample.hpp"
#include "core/compare/stop_rule.hpp"

namespace slipway::compare {

/// Where a comparison is, told before each run.
struct Point {
  bool measures = false;  ///< else it still looks whether results are the same
  std::size_t block = 0;  ///< from 0
  std::size_t place = 0;  ///< from 0
  std::size_t places = 0;
  std::optional<std::size_t> rounds{};  ///< where their number is known
  std::optional<double> left_s{};       ///< about so long still
  std::string variant{};
};

struct Means {
  std::string slipway{};  ///< the program that starts containers
  Shard shard{};          ///< whose blocks are run; by itself all of them
  std::function<void(const Point&)> tell{};
};

class Conductor {
 public:
  /// All of them outlive it. The outcome has its head: variants, seed, question.
  Conductor(const Experiment& experiment, const Variants& variants, Outcome& outcome, Means means);

  /// Runs each variant once and holds its result against the baseline's; what differs is noted with the variant, which
  /// is then not measured. A baseline that fails is an error. Interrupted: the outcome says so.
  Result<void> check(Interruption& interruption);
  /// Until the rule is fulfilled or somebody interrupts; goes on behind the blocks that the outcome has. What was
  /// measured is in the outcome whatever happens.
  Result<void> measure(Notes& notes, Interruption& interruption);

 private:
  enum class Treatment { as_it_is, cold, store_warm, warm };
  /// How a variant is run.
  struct Way {
    Order order{};
    std::size_t store_at = 0;  ///< where further options of slipway run go in the words; 0: this is another program
    Treatment treatment = Treatment::as_it_is;
    int expected = 0;
    std::size_t warmed_at = 0;  ///< Caches::drops() when its files were last read
  };

  [[nodiscard]] Way way_of(const Variants& variants, std::size_t variant) const;
  [[nodiscard]] Listen listen() const;
  Result<void> check_one(std::size_t variant, const Sample& baseline, const Sample& found);
  Result<void> block(std::size_t number, Notes& notes, Interruption& interruption);
  Result<Sample> treated(Way& way, bool looks_into, Interruption& interruption);
  Result<bool> look_into(Way& way, FigureMap& figures, Interruption& interruption);
  void add_notes();
  void tell(std::size_t block, std::size_t place, std::size_t places, std::size_t variant, bool measures);
  [[nodiscard]] double now_s() const;
  [[nodiscard]] bool has_enough();

  const Experiment& experiment_;
  Outcome& outcome_;
  Means means_;
  Caches caches_;
  StopRule rule_;  ///< of this shard
  std::vector<Way> ways_{};
  std::uint64_t begun_ns_ = 0;
  double before_s_ = 0;  ///< what an earlier part of the comparison took
  double longest_s_ = 0, blocks_s_ = 0;
  std::size_t blocks_ = 0;  ///< that this process ran
};

}  // namespace slipway::compare
