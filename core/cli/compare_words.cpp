#include "core/cli/compare_words.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <iterator>

#include "core/cli/arguments.hpp"
#include "core/cli/print.hpp"
#include "core/compare/experiment/experiment_json.hpp"
#include "core/compare/experiment/quantities.hpp"
#include "core/compare/experiment/shell_words.hpp"
#include "core/config/words.hpp"

namespace slipway::cli {
namespace {

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
    "  slipway compare --schema > experiment.schema.json\n"
    "                                                 for \"$schema\": \"experiment.schema.json\" in such a file\n"
    "  slipway compare --emit slurm jobs --shards 8 --experiment experiment.json\n"
    "                                                 jobs for other machines; slipway compare merge joins their "
    "results\n"
    "  slipway compare diff before.json after.json --bound 5%\n"
    "                                                 what became slower; also: compare merge, compare show\n";

constexpr const char* kExperiment = "--experiment";
constexpr const char* kResume = "--resume";
constexpr std::size_t kLargestExperiment = std::size_t{4} << 20U;

/// What options leave behind, the first that makes no sense among it.
struct Given {
  CompareWords* words = nullptr;
  TargetOptions target{};  ///< filled for its checks alone: the words themselves go on to slipway run
  bool own_factors = false;
  std::optional<Error> problem{};

  Experiment& experiment() const { return words->experiment; }
  template <class T>
  void take(Result<T> value, T& to) {
    if (value) {
      to = std::move(*value);
    } else {
      refuse(value.error());
    }
  }
  void refuse(const Error& error) {
    if (!problem) problem = error;
  }
};

using Take = std::function<void(const std::string&)>;

void take_factor(Given& given, Result<compare::Factor> factor) {
  if (!factor) return given.refuse(factor.error());
  given.experiment().factors.push_back(std::move(*factor));
}

/// "NAME=WORDS".
void take_variant(Given& given, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return given.refuse(
        {0, "--variant takes a name and options, not", printable(text, 64), "--variant 'plain=--set harden=[]'"});
  auto words = compare::shell_words(text.substr(equals + 1));
  if (!words) return given.refuse(words.error());
  given.experiment().variants.push_back({text.substr(0, equals), std::move(*words)});
}

/// Called by its program: "bwrap", and "bwrap 2" for the second one.
void take_other(Given& given, const std::string& text) {
  auto words = compare::shell_words(text);
  if (!words) return given.refuse(words.error());
  std::vector<compare::NamedWords>& all = given.experiment().against;
  std::string program = words->front().substr(words->front().rfind('/') + 1);
  // In a variant's name it would look like a level.
  std::replace(program.begin(), program.end(), '=', '-');
  const auto is_taken = [&](const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const compare::NamedWords& one) { return one.name == name; });
  };
  std::string name = program;
  for (int number = 2; is_taken(name); ++number) name = program + " " + std::to_string(number);
  all.push_back({name, std::move(*words)});
}

void take_baseline(Given& given, const std::string& text) {
  if (text.find('=') == std::string::npos) {
    given.experiment().baseline_named = text;
  } else {
    given.take(compare::read_choices(text), given.experiment().baseline);
  }
}

void take_differ(Given& given, const std::string& text) {
  static const std::vector<std::string> kWords = {"status", "output"};
  for (const std::string& word : compare::split_at_commas(text)) {
    if (word == "status") given.experiment().differ.status = true;
    if (word == "output") given.experiment().differ.output = true;
    if (std::find(kWords.begin(), kWords.end(), word) == kWords.end())
      given.refuse(
          {0, "--differ takes status and output, not", printable(word, 64), config::allowed_hint(word, kWords)});
  }
}

Take as_number(Given& given, const char* name, std::uint64_t least, std::function<void(std::uint64_t)> put) {
  return [&given, name, least, put = std::move(put)](const std::string& text) {
    auto number = compare::read_number(text, name, least);
    if (!number) return given.refuse(number.error());
    put(*number);
  };
}

std::vector<Option> design_options(Given& given) {
  return {
      {"--vary", "FACTOR=LEVEL,LEVEL",
       "a stage and plugins for it, or an option as --set has it, and values; may be repeated",
       [&](const std::string& text) { take_factor(given, compare::read_factor(text)); }},
      {"--exclude", "FACTOR=LEVEL,FACTOR=LEVEL", "leaves out combinations that have all of these; may be repeated",
       [&](const std::string& text) {
         std::vector<compare::Choice> choices;
         given.take(compare::read_choices(text), choices);
         given.experiment().excluded.push_back(std::move(choices));
       }},
      {"--variant", "NAME=OPTIONS", "a further variant by options of slipway run, in one word; may be repeated",
       [&](const std::string& text) { take_variant(given, text); }},
      {"--against", "COMMAND", "another program, in one word, split as a shell would; may be repeated",
       [&](const std::string& text) { take_other(given, text); }},
      {"--baseline", "VARIANT",
       "what all is compared with: FACTOR=LEVEL,FACTOR=LEVEL or a name (default: first levels)",
       [&](const std::string& text) { take_baseline(given, text); }},
      {"--cache", "TREATMENTS", "of cold, store-warm and warm, as a factor: what is dropped before each run",
       [&](const std::string& text) {
         take_factor(given, compare::read_factor(std::string(compare::kTreatment) + "=" + text));
       }},
      {"--parallel", "N,N", "how many runs go on at once, as a factor",
       [&](const std::string& text) {
         take_factor(given, compare::read_factor(std::string(compare::kParallel) + "=" + text));
       }},
  };
}

std::vector<Option> rule_options(Given& given) {
  Experiment& experiment = given.experiment();
  return {
      {"--rounds", "N", "ends after so many blocks (default: 30)",
       as_number(given, "--rounds", 1, [&](std::uint64_t rounds) { experiment.stop.rounds = rounds; })},
      {"--time", "TIME", "ends before so long, as in 90s, 2m or 1h",
       [&](const std::string& text) {
         given.take(compare::read_duration(text, "--time"), experiment.stop.time_s.emplace());
       }},
      {"--precision", "PART", "ends once the widest interval reaches no further, as in 1%",
       [&](const std::string& text) {
         given.take(compare::read_part(text, "--precision"), experiment.stop.precision.emplace());
       }},
      {"--seed", "N", "of the order of runs, to repeat it (default: a random one, which is told)",
       as_number(given, "--seed", 0, [&](std::uint64_t seed) { experiment.seed = seed; })},
      {"--measure", "NAME,NAME", "what verdicts are given on: wall (default), user, system, phase.mount …",
       [&](const std::string& text) { experiment.question.measures = compare::split_at_commas(text); }},
      {"--same-within", "PART", "differences up to this do not matter (default: 1%)",
       [&](const std::string& text) {
         given.take(compare::read_part(text, "--same-within"), experiment.question.same_within);
       }},
      {"--differ", "WHAT", "status, output: what variants may differ in and be compared all the same",
       [&](const std::string& text) { take_differ(given, text); }},
      {"--status", "N", "the exit status that every run is to end with (default: 0)",
       as_number(
           given, "--status", 0,
           [&](std::uint64_t status) { experiment.status = static_cast<int>(std::min<std::uint64_t>(status, 256)); })},
      {"--timeout", "TIME", "of one run, which fails when it takes longer (default: 5m)",
       [&](const std::string& text) { given.take(compare::read_duration(text, "--timeout"), experiment.timeout_s); }},
      {"--details", "none|some|all",
       "whether a further run tells steps and memory: in the first 10 blocks (some), or all",
       [&](const std::string& text) { given.take(compare::read_details(text), experiment.details); }},
      {"--values", "", "lines name=NUMBER of the output are measures, value.name",
       [&](const std::string&) { experiment.values = true; }},
      {"--ready", "TEXT", "measures when the output first holds this",
       [&](const std::string& text) { experiment.ready = text; }},
  };
}

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
  const std::string file = value_among(command, kExperiment, count, words);
  Words found = read_words(command, count, words);
  if (found.status >= 0) {
    read.status = found.status;
    return read;
  }
  if (!file.empty()) {
    // Read first and once more, so that the words come on top of the file wherever they stand.
    auto experiment = read_file(file);
    if (!experiment) {
      read.status = refuse(experiment.error(), kProblem);
      return read;
    }
    read.experiment = std::move(*experiment);
    read.exports.clear();
    given.problem.reset();
    given.target = {};
    found = read_words(command, count, words);
  }
  if (auto taken = take_rest(std::move(found.rest), given); !taken) read.status = refuse(taken.error(), kUsage);
  return read;
}

}  // namespace slipway::cli
