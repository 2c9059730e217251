#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/linux/program.hpp"
#include "core/plan/crash.hpp"
#include "core/run/ids.hpp"
#include "core/run/image_source.hpp"
#include "core/run/preview.hpp"
#include "core/script/quote.hpp"
#include "core/script/script.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway plan image.tar                       a table by phase, each step with its owner\n"
    "  slipway plan --json image.tar > plan.json    the same for programs, with the facts it was made from\n"
    "  slipway plan --facts plan.json pipeline.json the plan for another host or image, from its recorded facts\n"
    "  slipway plan --print-facts image.tar > facts.json   the facts alone, recorded for tests of plugins\n"
    "  slipway plan --owner fs-overlay image.tar    what one plugin asks for\n"
    "  slipway plan --script image.tar > run.sh     a shell script that does the same with ordinary tools\n";

struct PlanOptions {
  TargetOptions target{};
  bool json = false;
  bool script = false;
  bool lenient = false;
  bool print_facts = false;
  std::string facts{};
  std::string owner{};
  std::vector<std::string> pipeline_words{};  ///< --use, --set, --var, --plugin-dir as they were given
};

Result<std::string> text_of(const std::string& path) {
  constexpr std::size_t kLargestFacts = std::size_t{16} << 20U;
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure(errno, "open", path);
  auto text = linux::read_all(file, kLargestFacts);
  if (!text) return failure(text.error().code, "read", path);
  return text;
}

tl::expected<run::Preview, Findings> recorded(plan::Blueprint& blueprint, const std::string& path) {
  auto facts = text_of(path);
  if (!facts) return tl::unexpected(Findings{{Severity::error, {}, "", sentence(facts.error()), facts.error().hint}});
  if (auto loaded = blueprint.load(); !loaded) return tl::unexpected(loaded.error());
  Findings notes;
  auto plan = blueprint.plan_recorded(*facts, notes);
  if (!plan) return tl::unexpected(plan.error());
  return run::Preview{std::move(*plan), std::move(*facts), {}, {}, std::move(notes)};
}

tl::expected<run::Preview, Findings> make_preview(plan::Blueprint& blueprint, const PlanOptions& options) {
  if (!options.facts.empty()) return recorded(blueprint, options.facts);
  linux::HostAbilities host = linux::probe_host();
  // A script's container has no terminal of its own.
  if (options.script) host.terminal = false;
  auto preview = run::preview(blueprint, options.target.store, host);
  if (!preview) return tl::unexpected(preview.error().findings);
  return std::move(*preview);
}

// Its words mean the same there as here, wherever the script is started.
Result<std::vector<std::string>> importing(const std::string& target, const PlanOptions& options) {
  auto program = linux::in_prefix("bin/slipway");
  if (!program) return tl::unexpected(program.error());
  std::vector<std::string> words = {*program, "store"};
  if (!options.target.store.empty()) words.insert(words.end(), {"--store", options.target.store});
  words.insert(words.end(), options.pipeline_words.begin(), options.pipeline_words.end());
  words.insert(words.end(), {"--", "layers", target});
  return words;
}

// Whether variables of the environment have values from the command line: they may be secrets.
bool gives_values(const plan::Blueprint& blueprint, const config::Request& request) {
  using Kind = config::Override::Kind;
  return blueprint.may_hold_secrets() ||
         std::any_of(request.overrides.begin(), request.overrides.end(), [](const config::Override& one) {
           return one.value.find('=') != std::string::npos &&
                  (one.kind == Kind::environment ||
                   (one.kind == Kind::set && (one.path == "exec" || one.path.starts_with("exec.env"))));
         });
}

Result<script::Script> make_script(const plan::Blueprint& blueprint, run::Preview&& preview, const std::string& target,
                                   const config::Request& request, const PlanOptions& options) {
  if (run::is_standard_input(blueprint.image()))
    return failure(0, "make a script for an image that comes through a pipe", "", "put it into a file first");
  std::error_code code;
  const std::filesystem::path here = std::filesystem::current_path(code);
  if (code) return failure(code.value(), "find the current directory");
  auto words = importing(target, options);
  if (!words) return tl::unexpected(words.error());
  script::Material material{std::move(preview.plan),
                            blueprint.isolation(),
                            std::move(preview.ids),
                            {::geteuid(), ::getegid()},
                            run::shifts_layers(blueprint.isolation()),
                            request.file.value_or("the default one"),
                            preview.image,
                            std::move(*words),
                            here,
                            gives_values(blueprint, request)};
  for (const std::string& word : options.pipeline_words) material.pipeline += " " + script::quoted(word);
  return script::make_script(material);
}

// A script that makes a weaker container than run does is only for who asked for it.
int print_script(script::Script&& script, bool lenient) {
  if (lenient) {
    for (Finding& finding : script.left_out) finding.severity = Severity::warning;
  }
  if (has_errors(script.left_out)) script.left_out.back().hint = "--lenient prints a script that leaves it out";
  print_findings(script.left_out);
  if (has_errors(script.left_out)) return kProblem;
  std::fwrite(script.text.data(), 1, script.text.size(), stdout);
  return kOk;
}

// The options, those among them noted down that another command needs as well.
std::vector<Option> options_of(PlanOptions& options) {
  std::vector<Option> all = target_options(options.target);
  for (Option& option : all) {
    if (option.names != "--use" && option.names != "--set" && option.names != "--var" && option.names != "--plugin-dir")
      continue;
    option.take = [take = option.take, name = option.names, &options](const std::string& value) {
      options.pipeline_words.insert(options.pipeline_words.end(), {name, value});
      take(value);
    };
  }
  all.push_back({"--json", "", "print JSON", [&](const std::string&) { options.json = true; }});
  all.push_back({"--owner", "PLUGIN", "only the steps that this plugin asks for; with --json without facts and numbers",
                 [&](const std::string& owner) { options.owner = owner; }});
  all.push_back({"--facts", "FILE",
                 "take the facts from this file (\"facts\" of plan --json) instead of looking at image and host",
                 [&](const std::string& file) { options.facts = file; }});
  all.push_back({"--print-facts", "",
                 "print the facts alone, which plugins are told of image and host; nothing is planned",
                 [&](const std::string&) { options.print_facts = true; }});
  all.push_back({"--script", "", "print a shell script that does the same with ordinary tools, for trusted images",
                 [&](const std::string&) { options.script = true; }});
  all.push_back({"--lenient", "", "a script also where these tools can only make a weaker container",
                 [&](const std::string&) { options.lenient = true; }});
  return all;
}

Error problem_of(const PlanOptions& options) {
  if (options.lenient && !options.script) return {0, "--lenient says something of --script alone", "", ""};
  if (options.script && options.json) return {0, "--script and --json are two ways to print a plan", "", "choose one"};
  if (options.script && !options.facts.empty())
    return {0, "a script is made for this host, not from recorded facts", "", "leave out --facts"};
  if (options.script && !options.owner.empty())
    return {0, "a script makes the whole container, not one plugin's part of it", "", "leave out --owner"};
  if (options.print_facts && (options.json || options.script || !options.owner.empty()))
    return {0, "--print-facts prints no plan", "", "leave out --json, --script and --owner"};
  if (options.print_facts && !options.facts.empty())
    return {0, "--print-facts looks at image and host, --facts does not", "", "choose one"};
  return {};
}

// A plugin of the pipeline may plan nothing; one that is not in it is a mistake.
Result<void> check_owner(const std::string& owner, const plan::Blueprint& blueprint, const plan::Plan& plan) {
  std::vector<std::string> known;
  for (const plan::PluginFile& file : blueprint.plugin_files()) known.push_back(file.name);
  for (const plan::PlannedStep& step : plan.steps) known.push_back(step.owner.name);
  if (owner.empty() || std::find(known.begin(), known.end(), owner) != known.end()) return {};
  const auto nearest = nearest_word(owner, known);
  return failure(0, "find the steps of " + printable(owner, 64), "no plugin of this pipeline is called so",
                 nearest ? "did you mean " + *nearest + "?" : "slipway plan names the owner of each step");
}

std::string shown(const run::Preview& preview, const PlanOptions& options) {
  if (!options.json) return plan::to_table(preview.plan, options.owner);
  return options.owner.empty() ? plan::to_json(preview.plan, preview.facts)
                               : plan::to_json_of(preview.plan, options.owner);
}

int print_facts(plan::Blueprint& blueprint, const std::string& store) {
  const auto facts = run::facts_here(blueprint, store, linux::probe_host());
  if (!facts) {
    print_findings(facts.error().findings);
    return kProblem;
  }
  std::puts(facts->c_str());
  return kOk;
}

int plan_for(const config::Request& request, const std::string& target, const PlanOptions& options) {
  const auto failed = [](const Findings& findings) {
    print_findings(findings);
    return kProblem;
  };
  plan::write_crashes_by(&written);
  auto blueprint = plan::Blueprint::read(request);
  if (!blueprint) return failed(blueprint.error());
  if (options.print_facts) return print_facts(*blueprint, options.target.store);
  auto preview = make_preview(*blueprint, options);
  if (!preview) return failed(preview.error());
  std::erase_if(preview->notes, [](const Finding& note) { return note.severity > Severity::warning; });
  print_findings(preview->notes);
  if (options.script) {
    auto script = make_script(*blueprint, std::move(*preview), target, request, options);
    if (script) return print_script(std::move(*script), options.lenient);
    print_error(script.error());
    return kProblem;
  }
  if (const auto fine = check_owner(options.owner, *blueprint, preview->plan); !fine) {
    print_error(fine.error());
    return kProblem;
  }
  if (!options.json && !preview->image.empty()) std::printf("image: %s\n", preview->image.c_str());
  std::fputs(shown(*preview, options).c_str(), stdout);
  return kOk;
}

}  // namespace

int plan_command(int count, const char* const* words) {
  PlanOptions options;
  const Command command{
      "plan",    "TARGET [COMMAND [ARG...]]", "Shows what a run would do, step by step, without doing it.",
      kExamples, options_of(options),         kUsage};
  Words given = read_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.empty()) {
    print_error({0, "plan needs a target", "", "slipway plan image.tar, or slipway plan --help"});
    return kUsage;
  }
  if (const Error problem = problem_of(options); !problem.doing.empty()) {
    print_error(problem);
    return kUsage;
  }
  const std::string target = given.rest.front();
  given.rest.erase(given.rest.begin());
  if (!given.rest.empty() && is_option_of(command, given.rest.front())) {
    print_finding({Severity::warning,
                   {},
                   "",
                   printable(given.rest.front(), 64) + " behind the target is a word of the container's command",
                   "options stand before the target: slipway plan " + printable(given.rest.front(), 64) + " " +
                       printable(target, 200)});
  }
  auto request = request_for(target, std::move(given.rest), options.target);
  if (!request) {
    print_error(request.error());
    return kProblem;
  }
  return plan_for(*request, target, options);
}

}  // namespace slipway::cli
