#include "core/compare/running/conductor.hpp"

#include <algorithm>

#include "core/compare/analysis.hpp"
#include "core/compare/blocks.hpp"
#include "core/compare/running/same_result.hpp"
#include "core/compare/running/settling.hpp"
#include "core/linux/clock.hpp"

namespace slipway::compare {
namespace {

constexpr double kPerSecond = 1e9;
constexpr std::size_t kWordsOfRun = 2;  // "slipway" and "run"

/// --store of the words that all variants have.
std::string store_of(const std::vector<std::string>& options) {
  std::string store;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i] == "--store" && i + 1 < options.size()) store = options[i + 1];
    if (options[i].starts_with("--store=")) store = options[i].substr(std::string_view("--store=").size());
  }
  return store;
}

std::optional<std::string> level_of(const std::vector<Choice>& choices, std::string_view factor) {
  for (const Choice& choice : choices) {
    if (choice.factor == factor) return choice.level;
  }
  return std::nullopt;
}

bool has_factor(const Experiment& experiment, std::string_view name) {
  return std::any_of(experiment.factors.begin(), experiment.factors.end(),
                     [&](const Factor& factor) { return factor.name == name; });
}

Ended ended_by(Stop stop) {
  switch (stop) {
    case Stop::not_yet:
      return Ended::not_yet;
    case Stop::rounds:
      return Ended::rounds;
    case Stop::time:
      return Ended::time;
    case Stop::precision:
      return Ended::precision;
  }
  return Ended::not_yet;
}

}  // namespace

Conductor::Conductor(const Experiment& experiment, const Variants& variants, Outcome& outcome, Means means)
    : experiment_(experiment),
      outcome_(outcome),
      means_(std::move(means)),
      caches_(store_of(experiment.options), experiment.target),
      rule_(experiment.stop) {
  if (rule_.rounds) rule_.rounds = blocks_of(means_.shard, *rule_.rounds).size();
  for (std::size_t variant = 0; variant < variants.all.size(); ++variant) ways_.push_back(way_of(variants, variant));
  if (!outcome_.runs.empty()) {
    const Run& last = outcome_.runs.back();
    const auto wall = last.figures.find("wall");
    before_s_ = last.at_s + (wall == last.figures.end() ? 0 : wall->second / 1e3);
  }
}

Listen Conductor::listen() const {
  const auto& measures = experiment_.question.measures;
  const bool first = std::find(measures.begin(), measures.end(), "first_output") != measures.end();
  return {.first = first, .ready = experiment_.ready, .values = experiment_.values, .keep = false};
}

Conductor::Way Conductor::way_of(const Variants& variants, std::size_t variant) const {
  const Start start = start_of(experiment_, variants, variant);
  Way way{.order = {.words = start.before, .listen = listen(), .timeout_s = experiment_.timeout_s},
          .expected = experiment_.status};
  if (start.is_slipway) {
    way.order.words.insert(way.order.words.begin(), {means_.slipway, "run"});
    way.store_at = kWordsOfRun + start.before.size();
    way.order.words.insert(way.order.words.end(), start.behind.begin(), start.behind.end());
  }
  const std::vector<Choice> choices = choices_of(experiment_, variants.all[variant]);
  if (const auto parallel = level_of(choices, kParallel)) way.order.at_once = std::stoul(*parallel);
  const auto treatment = level_of(choices, kTreatment);
  if (treatment == "cold") way.treatment = Treatment::cold;
  if (treatment == "store-warm") way.treatment = Treatment::store_warm;
  // What has no treatment is warm where others are not: they leave it a page cache with nothing in it.
  const bool is_warm = treatment == "warm" || (!treatment && has_factor(experiment_, kTreatment));
  if (is_warm) way.treatment = Treatment::warm;
  return way;
}

double Conductor::now_s() const {
  return before_s_ + static_cast<double>(linux::monotonic_ns() - begun_ns_) / kPerSecond;
}

void Conductor::tell(std::size_t block, std::size_t place, std::size_t places, std::size_t variant, bool measures) {
  if (!means_.tell) return;
  Point point{.measures = measures,
              .block = block,
              .place = place,
              .places = places,
              .rounds = rule_.rounds,
              .left_s = std::nullopt,
              .variant = outcome_.variants[variant].variant.name};
  if (measures && blocks_ > 0) {
    const double done = static_cast<double>(block) + static_cast<double>(place) / static_cast<double>(places);
    const double by_time = rule_.time_s ? *rule_.time_s - now_s() : 0;
    const double a_block = blocks_s_ / static_cast<double>(blocks_);
    if (point.rounds) point.left_s = (static_cast<double>(*point.rounds) - done) * a_block;
    if (rule_.time_s) point.left_s = std::min(by_time, point.left_s.value_or(by_time));
  }
  means_.tell(point);
}

void Conductor::add_notes() {
  for (const std::string& note : caches_.notes()) {
    std::vector<std::string>& all = outcome_.notes;
    if (std::find(all.begin(), all.end(), note) == all.end()) all.push_back(note);
  }
}

Result<void> Conductor::check(Interruption& interruption) {
  if (!settle(experiment_.target, interruption)) {
    outcome_.ended = Ended::interrupted;
    return {};
  }
  std::vector<std::size_t> order = {outcome_.baseline};
  for (std::size_t variant = 0; variant < ways_.size(); ++variant) {
    if (variant != outcome_.baseline && variant != outcome_.control) order.push_back(variant);
  }
  Sample baseline;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::size_t variant = order[place];
    tell(0, place, order.size(), variant, false);
    Order once = ways_[variant].order;
    once.listen.keep = true;
    once.at_once = 1;
    Sample found = run_sample(once, experiment_.status, interruption);
    if (found.interrupted) {
      outcome_.ended = Ended::interrupted;
      return {};
    }
    if (variant == outcome_.baseline) baseline = found;
    if (auto checked = check_one(variant, baseline, found); !checked) return checked;
  }
  ways_[outcome_.control].expected = ways_[outcome_.baseline].expected;
  return {};
}

Result<void> Conductor::check_one(std::size_t variant, const Sample& baseline, const Sample& found) {
  int& expected = ways_[variant].expected;
  // 125 and above tell of no status that the command gave: slipway failed, or nothing was there to run.
  constexpr int kLastOfCommand = 124;
  if (experiment_.differ.status && found.status <= kLastOfCommand) expected = found.status;
  std::string& told = outcome_.variants[variant].not_comparable;
  told = problem_of(found, expected);
  const bool is_baseline = variant == outcome_.baseline;
  if (is_baseline && !told.empty()) {
    return failure(0,
                   "the baseline fails, so nothing can be compared with it: " + outcome_.variants[variant].variant.name,
                   told, experiment_.status == 0 ? "--status N where another exit status is right" : "");
  }
  if (!is_baseline && told.empty() && !experiment_.differ.output) told = difference_of(baseline.output, found.output);
  return {};
}

Result<Sample> Conductor::treated(Way& way, bool looks_into, Interruption& interruption) {
  Order order = way.order;
  if (looks_into) order.timing_at = way.store_at;
  if (way.treatment == Treatment::cold) {
    auto store = caches_.empty_store();
    if (!store) return tl::unexpected(store.error());
    order.words.insert(order.words.begin() + static_cast<std::ptrdiff_t>(way.store_at), {"--store", *store});
    if (order.timing_at) *order.timing_at += 2;
  }
  if (way.treatment == Treatment::cold || way.treatment == Treatment::store_warm) caches_.drop_pages();
  if (way.treatment == Treatment::warm && way.warmed_at != caches_.drops()) {
    Order warming = order;
    warming.at_once = 1;
    if (const Sample warmed = run_sample(warming, way.expected, interruption); warmed.interrupted) return warmed;
    way.warmed_at = caches_.drops();
  }
  Sample sample = run_sample(order, way.expected, interruption);
  if (way.treatment == Treatment::cold) sample.figures["disk"] = caches_.stored_bytes();
  return sample;
}

// By a run of its own right after the one that counts: telling each step takes time, which the peers do not spend.
Result<bool> Conductor::look_into(Way& way, FigureMap& figures, Interruption& interruption) {
  if (way.store_at == 0) return true;
  auto looked = treated(way, true, interruption);
  if (!looked) return tl::unexpected(looked.error());
  if (!problem_of(*looked, way.expected).empty()) return !looked->interrupted;
  for (const auto& [name, figure] : looked->figures) {
    if (is_detail(name)) figures[name] = figure;
  }
  return !looked->interrupted;
}

Result<void> Conductor::block(std::size_t number, Notes& notes, Interruption& interruption) {
  std::vector<std::size_t> order = order_of_block(outcome_.seed, number, ways_.size());
  std::erase_if(order, [&](std::size_t variant) { return !outcome_.variants[variant].not_comparable.empty(); });
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::size_t variant = order[place];
    tell(number / means_.shard.of, place, order.size(), variant, true);
    Run run{.block = number, .place = place, .variant = variant, .at_s = now_s()};
    auto sample = treated(ways_[variant], false, interruption);
    if (!sample) return tl::unexpected(sample.error());
    auto goes_on = Result<bool>(!sample->interrupted);
    if (*goes_on && looks_into(experiment_, number)) {
      goes_on = look_into(ways_[variant], sample->figures, interruption);
      if (!goes_on) return tl::unexpected(goes_on.error());
    }
    if (!*goes_on) {
      outcome_.ended = Ended::interrupted;
      return {};
    }
    run.status = sample->status;
    run.failure = problem_of(*sample, ways_[variant].expected);
    run.figures = std::move(sample->figures);
    outcome_.runs.push_back(std::move(run));
    if (auto noted = notes.add(outcome_.runs.back()); !noted) return noted;
  }
  return notes.sync();
}

bool Conductor::has_enough() {
  Progress progress{.rounds = whole_blocks(outcome_), .time_s = now_s(), .longest_round_s = longest_s_};
  progress.half_width = std::numeric_limits<double>::infinity();
  if (rule_.precision) {
    const Table table = figures_of(outcome_, outcome_.question.measures.front());
    progress.half_width =
        precision_of({table.of_variant, outcome_.baseline, outcome_.control}, outcome_.question.confidence);
  }
  outcome_.ended = ended_by(stop(rule_, progress));
  return outcome_.ended != Ended::not_yet;
}

Result<void> Conductor::measure(Notes& notes, Interruption& interruption) {
  begun_ns_ = linux::monotonic_ns();
  const Shard& shard = means_.shard;
  std::size_t number = outcome_.runs.empty() ? shard.number - 1 : outcome_.runs.back().block + shard.of;
  for (; !has_enough(); number += shard.of) {
    const double from_s = now_s();
    auto done = block(number, notes, interruption);
    add_notes();
    if (!done) {
      outcome_.ended = Ended::interrupted;
      return done;
    }
    if (outcome_.ended == Ended::interrupted) return {};
    const double took_s = now_s() - from_s;
    longest_s_ = std::max(longest_s_, took_s);
    blocks_s_ += took_s;
    ++blocks_;
  }
  return {};
}

}  // namespace slipway::compare
