#include "core/cli/compare_words.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <iterator>

#include "core/cli/arguments.hpp"
#include "core/cli/compare_options.hpp"
#include "core/cli/print.hpp"
#include "core/compare/experiment/experiment_json.hpp"
#include "core/compare/outcome/load.hpp"
#include "core/config/words.hpp"

namespace slipway::cli {
namespace {

using Given = CompareGiven;
using compare::Experiment;

constexpr const char* kExamples =
    "  slipway compare --vary rootfs=fs-overlay,fs-copy image.tar true\n"
    "                                                 which root filesystem starts faster\n"
    "  slipway compare --vary rootfs=fs-overlay,fs-copy --vary network=net-loopback,net-none --rounds 50 image.tar\n"
    "                                                 all four combinations, 50 times each\n"
    "  slipway compare --vary rootfs.upper=tmpfs,disk --time 2m --precision 1% pipeline.json\n"
    "                                                 an option of a plugin; ends when it is sure, or after 2 minutes\n"
    "  slipway compare --against 'bwrap --bind root / --unshare-all true' image.tar true\n"
    "                                                 another program, in the same blocks\n"
    "  slipway compare --variant 'plain=--set harden=[]' image.tar\n"
    "                                                 a pipeline with a name, by options of slipway run\n"
    "  slipway compare --vary rootfs=fs-overlay,fs-copy --cache cold,warm --parallel 1,4 image.tar\n"
    "                                                 states of caches and runs at once, as factors\n"
    "  slipway compare --experiment experiment.json --export-json result.json\n"
    "                                                 all of it in a file, and every run into another\n"
    "  slipway compare diff --help, slipway compare merge --help\n"
    "                                                 what can be done with results that there are\n"
    "  slipway compare --replay result.json              the same once more, and what differs from then\n"
    "  slipway compare --schema > experiment.schema.json\n"
    "                                                 for \"$schema\": \"experiment.schema.json\" in such a file\n"
    "  slipway compare --emit slurm jobs --shards 8 --experiment experiment.json\n"
    "                                                 jobs for other machines; slipway compare merge joins their "
    "results\n"
    "  slipway compare diff before.json after.json --bound 5%\n"
    "                                                 what became slower; also: compare merge, compare show\n";

constexpr const char* kExperiment = "--experiment";
constexpr const char* kResume = "--resume";
constexpr const char* kReplay = "--replay";
constexpr std::size_t kLargestExperiment = std::size_t{4} << 20U;

// "3/8"
void take_shard(Given& given, const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto number_of = [](std::string_view word) {
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
    return problem == std::errc{} && end == word.data() + word.size() ? number : 0;
  };
  const std::size_t of = slash == std::string::npos ? 0 : number_of(std::string_view(text).substr(slash + 1));
  if (of == 0)
    return given.refuse({0, "--shard takes a number and how many there are, not", printable(text, 64), "--shard 3/8"});
  given.take(compare::shard(number_of(std::string_view(text).substr(0, slash)), of), given.words->shard.emplace());
}

void take_scheduler(Given& given, const std::string& word) {
  given.words->emit = compare::scheduler_of(word);
  if (!given.words->emit)
    given.refuse(
        {0, "there are no jobs for", printable(word, 64), config::allowed_hint(word, compare::scheduler_words())});
}

std::vector<Option> shard_options(Given& given) {
  CompareWords& words = *given.words;
  return {
      {"--emit", "slurm|commands DIR",
       "write jobs into DIR that run it on other machines, shard by shard: for sbatch, or a command a line",
       [&](const std::string& word) { take_scheduler(given, word); },
       [&](const std::string& directory) { words.jobs = directory; }},
      {"--shards", "N", "into how many jobs --emit shares it out (default: 4, or as many as there are rounds)",
       as_number(given, "--shards", 1, [&](std::uint64_t shards) { words.shards = shards; })},
      {"--shard", "N/M", "run this one of M shards: every Mth block",
       [&](const std::string& text) { take_shard(given, text); }},
  };
}

std::vector<Option> file_options(Given& given) {
  CompareWords& words = *given.words;
  return {
      {kExperiment, "FILE", "what is to be compared, from a file; other options come on top of it",
       [](const std::string&) {}},
      {"--schema", "", "print the JSON Schema of such files, for editors",
       [&](const std::string&) { words.schema = true; }},
      {"--json", "", "print the outcome as JSON, with every single run",
       [&](const std::string&) { words.json = true; }},
      {"--notes", "FILE", "where each run is noted as it ends (default: a file in $TMPDIR, removed at the end)",
       [&](const std::string& path) { words.notes = path; }},
      {kResume, "FILE", "go on with the notes of a comparison that was interrupted",
       [&](const std::string& path) { words.resume = path; }},
      {kReplay, "FILE", "the experiment of a result once more, and what differs from that result",
       [&](const std::string& path) { words.replay = path; }},
  };
}

/// An option of slipway run, which goes on to it as it was typed.
Option passed_on(Given& given, Option option) {
  const std::string names = option.names;
  const std::string name = names.substr(names.find("--"));
  const bool takes = !option.value.empty();
  option.take = [&given, name, takes, check = std::move(option.take)](const std::string& value) {
    check(value);
    std::vector<std::string>& options = given.experiment().options;
    options.push_back(name);
    if (takes) options.push_back(value);
  };
  return option;
}

std::vector<Option> run_options(Given& given) {
  std::vector<Option> all;
  for (Option& option : target_options(given.target)) {
    // No descriptor of this process is one of the run's.
    if (option.names != "--preserve-fds") all.push_back(passed_on(given, std::move(option)));
  }
  all.push_back(passed_on(
      given, {"--no-record", "starts|images", "as slipway run has it; may be repeated", [](const std::string&) {}}));
  return all;
}

Command describe(Given& given) {
  Command command{
      "compare",
      "TARGET [COMMAND [ARG...]]",
      "Runs variants of a pipeline in turn, many times, and says which is faster, by how much, and how sure that "
      "is.",
      kExamples,
      {},
      kUsage};
  const auto add = [&](std::vector<Option> options) {
    std::move(options.begin(), options.end(), std::back_inserter(command.options));
  };
  add(design_options(given));
  add(rule_options(given));
  add(file_options(given));
  add(export_options(given.words->exports));
  add(shard_options(given));
  add(run_options(given));
  return command;
}

Result<Experiment> read_file(const std::string& path) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure(errno, "read the experiment", path);
  auto text = linux::read_all(file, kLargestExperiment);
  if (!text) return failure(text.error().code, "read the experiment", path);
  return compare::read_experiment(*text, path, std::filesystem::path(path).parent_path().string());
}

/// What a result was of: with its seed, so that the order of the blocks is the same too.
Result<Experiment> experiment_of_result(const std::string& path) {
  const auto result = compare::load_outcome(path);
  if (!result) return tl::unexpected(result.error());
  return compare::read_experiment(result->experiment, path + ": its experiment", "");
}

/// Of a file that the words name; nullopt where they name none.
Result<std::optional<Experiment>> experiment_named(const Command& command, int count, const char* const* words) {
  const std::string file = value_among(command, kExperiment, count, words);
  const std::string result = value_among(command, kReplay, count, words);
  if (file.empty() && result.empty()) return std::nullopt;
  if (!file.empty() && !result.empty())
    return failure(0, "--experiment and --replay each name an experiment", "", "give one of them");
  auto experiment = result.empty() ? read_file(file) : experiment_of_result(result);
  if (!experiment) return tl::unexpected(experiment.error());
  return std::move(*experiment);
}

/// Notes and results are read elsewhere than where they were made.
Result<void> make_absolute(std::string& target) {
  if (target == "-")
    return failure(0, "compare cannot read its target from standard input", "",
                   "each variant reads it many times: write it to a file first");
  std::error_code code;
  const auto absolute = std::filesystem::absolute(target, code);
  if (code) return failure(code.value(), "find the current directory for", target);
  target = absolute.string();
  return {};
}

Result<void> take_rest(std::vector<std::string> rest, Given& given) {
  if (given.problem) return tl::unexpected(*given.problem);
  if (given.target.problem) return tl::unexpected(*given.target.problem);
  Experiment& experiment = given.experiment();
  if (!rest.empty()) {
    experiment.target = std::move(rest.front());
    experiment.command.assign(rest.begin() + 1, rest.end());
  }
  if (experiment.target.empty()) return {};  // told with all else that an experiment lacks
  return make_absolute(experiment.target);
}

int refuse(const Error& error, int status) {
  print_error(error);
  return status;
}

}  // namespace

std::vector<Option> export_options(std::vector<Export>& exports) {
  const auto option = [&exports](const char* name, compare::Format format, const char* help) {
    return Option{name, "FILE", help, [&exports, format](const std::string& path) {
                    exports.push_back({format, path});
                  }};
  };
  return {
      option("--export-json", compare::Format::json, "write it to a file, too"),
      option("--export-csv", compare::Format::csv, "every single run as a row"),
      option("--export-markdown", compare::Format::markdown, "the verdicts as tables"),
      option("--export-html", compare::Format::html, "one page with plots, which loads nothing"),
      option("--export-hyperfine", compare::Format::hyperfine, "in the form of hyperfine --export-json"),
  };
}

bool asks_for_results(int count, const char* const* words) {
  constexpr std::array<std::string_view, 3> kWords = {"show", "diff", "merge"};
  return count > 1 && std::find(kWords.begin(), kWords.end(), words[1]) != kWords.end();
}

CompareWords read_compare_words(int count, const char* const* words) {
  CompareWords read;
  Given given{.words = &read};
  const Command command = describe(given);
  Words found = read_words(command, count, words);
  if (found.status >= 0) {
    read.status = found.status;
    return read;
  }
  auto experiment = experiment_named(command, count, words);
  if (!experiment) {
    read.status = refuse(experiment.error(), kProblem);
    return read;
  }
  if (*experiment) {
    // Read first and once more, so that the words come on top of the file wherever they stand.
    read.experiment = std::move(**experiment);
    read.exports.clear();
    given.problem.reset();
    given.target = {};
    found = read_words(command, count, words);
  }
  if (auto taken = take_rest(std::move(found.rest), given); !taken) read.status = refuse(taken.error(), kUsage);
  return read;
}

}  // namespace slipway::cli
