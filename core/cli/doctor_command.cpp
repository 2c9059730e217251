#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/cli/arguments.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/config/config.hpp"
#include "core/doctor/doctor.hpp"
#include "core/linux/host.hpp"
#include "core/linux/program.hpp"
#include "core/plan/facts.hpp"
#include "core/run/runtime_directory.hpp"
#include "core/run/worker.hpp"
#include "core/store/store.hpp"

namespace slipway::cli {
namespace {

using doctor::Check;
using doctor::State;

constexpr const char* kExamples =
    "  slipway doctor                     what runs of this user depend on, one line each\n"
    "  slipway doctor --json | jq .works  for programs\n"
    "  slipway doctor --store /srv/store  with another store\n"
    "  sudo slipway doctor                the same for root\n";

struct DoctorOptions {
  std::string store{};
  std::vector<std::string> plugin_directories{};
  std::optional<Error> problem{};
  bool json = false;
  bool verbose = false;
};

// The plugins of the pipeline that runs when nothing else is said.
std::vector<std::string> default_plugins() {
  std::vector<std::string> names = {config::Request{}.image_plugin};
  const nlohmann::json pipeline = nlohmann::json::parse(config::builtin_pipeline(), nullptr, false);
  for (const auto& [stage, value] : pipeline.items()) {
    const nlohmann::json entries = value.is_array() ? value : nlohmann::json::array({value});
    for (const nlohmann::json& entry : entries) {
      if (entry.contains("use")) names.push_back(entry["use"]);
    }
  }
  return names;
}

Result<void> start_worker(const std::string& program) {
  run::WorkerContext context;
  context.program = program;
  auto ids = linux::automatic_id_map();
  if (!ids) return tl::unexpected(ids.error());
  context.map = std::move(*ids);
  auto worker = run::Worker::start(context);
  if (!worker) return tl::unexpected(worker.error().error);
  return {};
}

Result<doctor::Subject> subject_of(const DoctorOptions& options) {
  auto builtin = plugins::builtin_directory();
  if (!builtin) return tl::unexpected(builtin.error());
  auto worker = linux::in_prefix("libexec/slipway/slipway-worker");
  if (!worker) return tl::unexpected(worker.error());
  doctor::Subject subject;
  subject.store = options.store.empty() ? store::Store::default_path().value_or(std::string()) : options.store;
  subject.runtime_directory = run::runtime_directory();
  subject.plugin_directories.push_back(std::move(*builtin));
  for (const std::string& directory : options.plugin_directories)
    subject.plugin_directories.push_back({directory, false});
  subject.vocabulary = plan::vocabulary();
  subject.default_plugins = default_plugins();
  subject.start_worker = [program = *worker] { return start_worker(program); };
  subject.worker = std::move(*worker);
  return subject;
}

std::string to_json(const std::vector<Check>& checks, bool verbose) {
  constexpr std::uint64_t kPerMicrosecond = 1000;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Check& check : checks) {
    nlohmann::ordered_json entry = {{"name", check.name},
                                    {"state", doctor::to_text(check.state)},
                                    {"detail", printable(check.detail)},
                                    {"consequence", check.consequence},
                                    {"remedy", printable(check.remedy)}};
    if (verbose && check.nanoseconds != 0) entry["microseconds"] = check.nanoseconds / kPerMicrosecond;
    list.push_back(std::move(entry));
  }
  const nlohmann::ordered_json all = {{"version", SLIPWAY_VERSION},
                                      {"user", linux::is_root_of_host() ? "root" : "ordinary"},
                                      {"works", doctor::run_works(checks)},
                                      {"checks", std::move(list)}};
  return all.dump(2) + "\n";
}

const char* colour_of(State state) {
  switch (state) {
    case State::ok:
      return "\033[32m";
    case State::degraded:
      return "\033[33m";
    case State::missing:
      break;
  }
  return "\033[1;31m";
}

std::string padded(std::string word, std::size_t width) {
  word.append(word.size() < width ? width - word.size() : 0, ' ');
  return word;
}

// "degraded  subordinate-ids    /etc/subuid has no range for app" and, indented, what follows and what to do.
std::string to_text(const Check& check, bool in_colour, bool verbose) {
  constexpr std::size_t kStateWidth = 10, kNameWidth = 19;  // names of plugins may be longer
  constexpr std::uint64_t kPerMicrosecond = 1000;
  const std::string state = padded(doctor::to_text(check.state), kStateWidth);
  std::string text = in_colour ? colour_of(check.state) + state + "\033[0m" : state;
  const bool is_long = check.name.size() >= kNameWidth;
  text += padded(check.name, kNameWidth) + (is_long ? "  " : "") + printable(check.detail);
  if (verbose && check.nanoseconds != 0) text += "  (" + std::to_string(check.nanoseconds / kPerMicrosecond) + " us)";
  text += "\n";
  const std::string margin(kStateWidth, ' ');
  if (!check.consequence.empty()) text += margin + "so: " + check.consequence + "\n";
  if (!check.remedy.empty()) text += margin + "to mend: " + printable(check.remedy) + "\n";
  return text;
}

std::string verdict(const std::vector<Check>& checks) {
  std::size_t missing = 0, degraded = 0;
  for (const Check& check : checks) {
    if (check.state == State::missing) ++missing;
    if (check.state == State::degraded) ++degraded;
  }
  if (missing != 0) return "slipway run does not work here: " + std::to_string(missing) + " missing\n";
  return "slipway run works here" + (degraded == 0 ? std::string() : ", " + std::to_string(degraded) + " degraded") +
         "\n";
}

Command describe(DoctorOptions& options) {
  return {
      "doctor",
      "",
      "Looks at all that a run depends on, one line each: ok, degraded or missing, with what follows and what mends "
      "it. Ends with 0 when a run with the default pipeline works, and with 1 when something is missing.",
      kExamples,
      {{"--json", "", "print JSON", [&](const std::string&) { options.json = true; }},
       store_option(options.store, options.problem),
       {"--plugin-dir", "DIR", "a further directory of plugins; may be repeated",
        [&](const std::string& directory) { options.plugin_directories.push_back(directory); }},
       {"-v,--verbose", "", "tell how long each look took", [&](const std::string&) { options.verbose = true; }}},
      kUsage};
}

}  // namespace

int doctor_command(int count, const char* const* words) {
  DoctorOptions options;
  const Command command = describe(options);
  const Words given = read_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (!given.rest.empty()) return too_many_words(command, given.rest.front());
  auto subject = options.problem ? tl::unexpected(*options.problem) : subject_of(options);
  if (!subject) {
    print_error(subject.error());
    return options.problem ? kUsage : kProblem;
  }
  const std::vector<Check> checks = doctor::examine(*subject);
  std::string text;
  if (options.json) {
    text = to_json(checks, options.verbose);
  } else {
    const bool in_colour = is_in_colour(STDOUT_FILENO);
    for (const Check& check : checks) text += to_text(check, in_colour, options.verbose);
    text += "\n" + verdict(checks);
  }
  std::fputs(text.c_str(), stdout);
  return doctor::run_works(checks) ? kOk : kProblem;
}

}  // namespace slipway::cli
