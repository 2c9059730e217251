// slipway-compare: `slipway compare` itself, a program of its own because its statistics need libm, which starts of
// slipway-full are to be spared. Its words are those of slipway-full, from "compare" on.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "core/cli/arguments.hpp"
#include "core/cli/compare_progress.hpp"
#include "core/cli/compare_results.hpp"
#include "core/cli/compare_variants.hpp"
#include "core/cli/compare_words.hpp"
#include "core/cli/output.hpp"
#include "core/cli/print.hpp"
#include "core/cli/surroundings.hpp"
#include "core/compare/experiment/experiment_json.hpp"
#include "core/compare/outcome/environment.hpp"
#include "core/compare/outcome/outcome_json.hpp"
#include "core/compare/report/table.hpp"
#include "core/compare/running/alone.hpp"
#include "core/compare/running/conductor.hpp"
#include "core/linux/program.hpp"
#include "core/linux/random.hpp"
#include "core/run/runtime_directory.hpp"
#include "core/script/quote.hpp"
#include "core/store/store.hpp"

namespace slipway::cli {
namespace {

using compare::Ended;
using compare::Experiment;
using compare::Outcome;
using compare::Variants;

constexpr int kSignalled = 128;

int failed(const Error& error) {
  print_error(error);
  return kProblem;
}

std::string now_in_words() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  std::string text(32, '\0');
  ::gmtime_r(&now, &parts);
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
  return text;
}

/// Short enough to be typed again.
Result<std::uint64_t> some_seed() {
  const auto digits = linux::random_hex(4);
  if (!digits) return tl::unexpected(digits.error());
  std::uint64_t seed = 0;
  (void)std::from_chars(digits->data(), digits->data() + digits->size(), seed, 16);
  return seed;
}

/// The experiment that the words ask for, or that the notes were of; and what was measured of it.
Result<Outcome> begin(CompareWords& words) {
  if (words.resume.empty()) return Outcome{};
  auto outcome = compare::outcome_of_notes(words.resume);
  if (!outcome) return outcome;
  auto experiment = compare::read_experiment(outcome->experiment, words.resume + ": its experiment", "");
  if (!experiment) return tl::unexpected(experiment.error());
  words.experiment = std::move(*experiment);
  return outcome;
}

/// What has been measured holds for the pipelines that were measured.
Result<void> check_same(const Outcome& before, const std::vector<compare::RunVariant>& now, const std::string& file) {
  constexpr const char* kHint = "begin anew; the notes stay as they are";
  if (before.variants.size() != now.size()) return failure(0, "the variants are not those of", file, kHint);
  for (std::size_t i = 0; i < now.size(); ++i) {
    const compare::RunVariant& then = before.variants[i];
    if (then.variant.name != now[i].variant.name || then.command != now[i].command || then.pipeline != now[i].pipeline)
      return failure(0, "a variant is not what it was when it was measured for " + file, printable(now[i].variant.name),
                     kHint);
  }
  return {};
}

// The width of the intervals is known to nobody before the shards are merged.
Result<void> check_shards(const CompareWords& words, const Outcome& before) {
  if (!words.emit && !words.shard) return {};
  const compare::StopRule& stop = words.experiment.stop;
  if (stop.precision)
    return failure(0, "an experiment in shards cannot end at a precision", "", "say --rounds N or --time TIME");
  if (words.shards > 0 && stop.rounds && words.shards > *stop.rounds)
    return failure(0, "there are more shards than rounds to be shared out", std::to_string(words.shards),
                   "say --rounds N with a larger number, or fewer --shards");
  const auto is_others = [&](const compare::Run& run) { return !compare::takes(*words.shard, run.block); };
  if (words.shard && std::any_of(before.runs.begin(), before.runs.end(), is_others))
    return failure(0, "these notes are of another shard", words.resume, "name the shard that they are of");
  return {};
}

/// The program, the experiment and its variants, all of them fine.
class Comparing {
 public:
  explicit Comparing(CompareWords words) : words_(std::move(words)), experiment_(words_.experiment) {}

  int run() {
    auto began = begin(words_);
    if (!began) return failed(began.error());
    outcome_ = std::move(*began);
    if (auto prepared = prepare(); !prepared) return failed(prepared.error());
    const auto program = linux::in_prefix("bin/slipway");
    if (!program) return failed(program.error());
    program_ = *program;
    auto checked = check_variants(experiment_, variants_, program_);
    if (!checked) return kProblem;
    if (auto same = words_.resume.empty() ? Result<void>() : check_same(outcome_, *checked, words_.resume); !same)
      return failed(same.error());
    outcome_.variants = std::move(*checked);
    if (words_.emit) return emit();
    for (const Export& to : words_.exports) {
      if (auto writable = compare::check_export(to.path); !writable) return failed(writable.error());
    }
    return measure();
  }

 private:
  Result<void> prepare() {
    compare::fill_in_stop_rule(experiment_.stop);
    if (!experiment_.seed) {
      auto seed = some_seed();
      if (!seed) return tl::unexpected(seed.error());
      experiment_.seed = *seed;
    }
    if (auto checked = check_experiment(experiment_); !checked) return checked;
    if (auto checked = check_shards(words_, outcome_); !checked) return checked;
    auto variants = variants_of(design_of(experiment_));
    if (!variants) return tl::unexpected(variants.error());
    variants_ = std::move(*variants);
    fill_in();
    return {};
  }

  void fill_in() {
    if (words_.resume.empty()) {
      outcome_.slipway = SLIPWAY_VERSION;
      outcome_.begun = now_in_words();
      outcome_.hosts.push_back(compare::look_at_host({.store = store::Store::default_path().value_or(""),
                                                      .runtime = run::runtime_directory(),
                                                      .slipway = SLIPWAY_VERSION,
                                                      .root = ""}));
    }
    outcome_.experiment = compare::to_json(experiment_);
    outcome_.seed = *experiment_.seed;
    outcome_.question = experiment_.question;
    outcome_.factors = experiment_.factors;
    outcome_.baseline = variants_.baseline;
    outcome_.control = variants_.control;
    outcome_.ended = Ended::not_yet;
  }

  int emit() {
    constexpr std::size_t kUsualShards = 4;
    const std::size_t usual = std::min(kUsualShards, experiment_.stop.rounds.value_or(kUsualShards));
    const compare::Jobs jobs{*words_.emit, program_, outcome_.experiment, words_.shards > 0 ? words_.shards : usual};
    if (auto emitted = compare::emit(jobs, words_.jobs); !emitted) return failed(emitted.error());
    const std::string directory = script::quoted(words_.jobs);
    const std::string how = jobs.scheduler == compare::Scheduler::slurm ? "sbatch " + directory + "/job.slurm"
                                                                        : "each line of " + directory + "/commands.txt";
    std::printf("%zu shards; run them with: %s\nthen: slipway compare merge %s/outcomes/*.json\n", jobs.shards,
                how.c_str(), directory.c_str());
    return kOk;
  }

  int measure() {
    const auto alone = compare::Alone::take();
    if (!alone) return failed(alone.error());
    auto interruption = compare::Interruption::take();
    if (!interruption) return failed(interruption.error());
    CompareProgress progress;
    compare::Conductor conductor(experiment_, variants_, outcome_,
                                 {program_, words_.shard.value_or(compare::Shard{}),
                                  [&](const compare::Point& point) { progress.tell(point); }});
    auto done = conductor.check(*interruption);
    std::optional<compare::Notes> notes;
    if (done && outcome_.ended == Ended::not_yet) {
      done = open_notes(notes);
      if (done) done = conductor.measure(*notes, *interruption);
    }
    progress.clear();
    if (!done) print_error(done.error());
    if (!notes) return done ? ended_by(*interruption) : kProblem;
    const bool is_told = tell();
    const bool is_whole = done && is_told && outcome_.ended != Ended::interrupted;
    tell_of_notes(*notes, is_whole);
    if (!done || !is_told) return kProblem;
    return outcome_.ended == Ended::interrupted ? ended_by(*interruption) : status();
  }

  Result<void> open_notes(std::optional<compare::Notes>& notes) {
    auto made =
        words_.resume.empty() ? compare::Notes::create(words_.notes) : compare::Notes::go_on(words_.resume, outcome_);
    if (!made) return tl::unexpected(made.error());
    notes.emplace(std::move(*made));
    if (!words_.resume.empty()) return {};
    auto begun = notes->begin(outcome_);
    if (begun) return begun;
    if (words_.notes.empty()) notes->remove();
    notes.reset();
    return begun;
  }

  static int ended_by(const compare::Interruption& interruption) {
    print_error({0, "interrupted", "", ""});
    return kSignalled + interruption.signal().value_or(0);
  }

  [[nodiscard]] bool tell() const {
    std::fputs((words_.json ? compare::to_json(outcome_) : compare::to_table(outcome_)).c_str(), stdout);
    bool all = true;
    for (const Export& to : words_.exports) {
      auto written = compare::export_as(to.format, outcome_, to.path);
      if (written) continue;
      print_error(written.error());
      all = false;
    }
    return all;
  }

  /// Notes that were asked for stay.
  void tell_of_notes(compare::Notes& notes, bool is_whole) const {
    if (is_whole && words_.notes.empty() && words_.resume.empty()) return notes.remove();
    if (is_whole) return;
    print_text("slipway: every run is noted in " + notes.path() + "; slipway compare --resume " + notes.path() +
               " goes on\n");
  }

  /// 1 where there is something of which no figure speaks.
  [[nodiscard]] int status() const {
    for (std::size_t variant = 0; variant < outcome_.variants.size(); ++variant) {
      if (!outcome_.variants[variant].not_comparable.empty()) return kProblem;
      const bool counts = std::any_of(outcome_.runs.begin(), outcome_.runs.end(), [&](const compare::Run& run) {
        return run.variant == variant && run.failure.empty();
      });
      if (!counts) return kProblem;
    }
    return kOk;
  }

  CompareWords words_;
  Experiment& experiment_;
  Outcome outcome_{};
  Variants variants_{};
  std::string program_{};
};

int run_main(int count, const char* const* given) {
  if (!make_usual()) return kProblem;
  gather_output();
  if (asks_for_results(count, given)) return write_out(results_command(count, given));
  CompareWords words = read_compare_words(count, given);
  return write_out(words.status >= 0 ? words.status : Comparing(std::move(words)).run());
}

}  // namespace
}  // namespace slipway::cli

int main(int count, char** words) {
  const int status = slipway::cli::run_main(count, words);
  ::_exit(status);
}
