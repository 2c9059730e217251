#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/run/preview.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway plan image.tar                       a table by phase, each step with its owner\n"
    "  slipway plan --json image.tar > plan.json    the same for programs, with the facts it was made from\n"
    "  slipway plan --facts plan.json pipeline.json the plan for another host or image, from its recorded facts\n";

struct PlanOptions {
  TargetOptions target{};
  bool json = false;
  std::string facts{};
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
  return run::Preview{std::move(*plan), std::move(*facts), {}};
}

tl::expected<run::Preview, Findings> make_preview(const config::Request& request, const PlanOptions& options) {
  auto blueprint = plan::Blueprint::read(request);
  if (!blueprint) return tl::unexpected(blueprint.error());
  if (!options.facts.empty()) return recorded(*blueprint, options.facts);
  auto preview = run::preview(*blueprint, options.target.store);
  if (!preview) return tl::unexpected(preview.error().findings);
  return std::move(*preview);
}

}  // namespace

int plan_command(int count, const char* const* words) {
  PlanOptions options;
  Command command{
      "plan",    "TARGET [COMMAND [ARG...]]",    "Shows what a run would do, step by step, without doing it.",
      kExamples, target_options(options.target), kUsage};
  command.options.push_back({"--json", "", "print JSON", [&](const std::string&) { options.json = true; }});
  command.options.push_back(
      {"--facts", "FILE",
       "take the facts from this file (\"facts\" of plan --json) instead of looking at image and host",
       [&](const std::string& file) { options.facts = file; }});
  Words given = read_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.empty()) {
    print_error({0, "plan needs a target", "", "slipway plan image.tar, or slipway plan --help"});
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
  auto preview = make_preview(*request, options);
  if (!preview) {
    print_findings(preview.error());
    return kProblem;
  }
  if (!options.json && !preview->image.empty()) std::printf("image: %s\n", preview->image.c_str());
  const std::string text = options.json ? plan::to_json(preview->plan, preview->facts) : plan::to_table(preview->plan);
  std::fputs(text.c_str(), stdout);
  return kOk;
}

}  // namespace slipway::cli
