#include <optional>

#include "core/cli/commands.hpp"
#include "core/cli/log.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/run/container.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway run image.tar                          the image's own command\n"
    "  slipway run image.tar sh -c 'echo hello'       another command\n"
    "  slipway run -e LANG=C -w /srv -u app image.tar id\n"
    "  slipway run --set rootfs.upper=disk image.tar  writes go to disk, not to memory\n"
    "  slipway run pipeline.json                      a pipeline file\n";

struct RunOptions {
  TargetOptions target{};
  bool verbose = false;
  std::optional<LogFormat> format{};
  std::optional<std::string> fault{};
  std::string bad_format{};
};

Command describe(RunOptions& options) {
  Command command{
      "run",     "TARGET [COMMAND [ARG...]]",    "Runs a container from a pipeline file or an image archive.",
      kExamples, target_options(options.target), kRunFailed};
  command.options.push_back(
      {"-v,--verbose", "", "tell each step and its time", [&](const std::string&) { options.verbose = true; }});
  command.options.push_back(
      {"--log-format", "text|json", "how -v and warnings are written; json implies -v", [&](const std::string& word) {
         if (word == "json")
           options.format = LogFormat::json;
         else if (word == "text")
           options.format = LogFormat::text;
         else
           options.bad_format = word;
       }});
  command.options.push_back({"--fault", "STEP:ERRNO", "", [&](const std::string& wish) { options.fault = wish; }});
  return command;
}

int fail(const Error& error) {
  print_error(error);
  return kRunFailed;
}

}  // namespace

int run_command(int count, const char* const* words) {
  // Before anything else, since it is what a start waits for most.
  run::HeadStart head = run::HeadStart::make();
  RunOptions options;
  Words given = read_words(describe(options), count, words);
  if (given.status >= 0) return given.status;
  if (!options.bad_format.empty())
    return fail({0, "--log-format takes text or json, not", printable(options.bad_format, 64), ""});
  if (given.rest.empty()) return fail({0, "run needs a target", "", "slipway run image.tar, or slipway run --help"});
  const std::string target = given.rest.front();
  given.rest.erase(given.rest.begin());
  auto request = request_for(target, std::move(given.rest), options.target);
  if (!request) return fail(request.error());
  run::Wishes wishes;
  wishes.store = options.target.store;
  if (options.fault) {
    auto wish = run::parse_fault(*options.fault);
    if (!wish) return fail(wish.error());
    wishes.fault = *wish;
  }
  std::optional<Log> log;
  if (options.verbose || options.format == LogFormat::json) {
    log.emplace(options.format.value_or(LogFormat::text));
    wishes.begun = [&](const std::string& run) { log->begun(run); };
    wishes.on_event = [&](const run::Event& event) { log->step(event); };
  }
  const auto say = [&](const Finding& finding) {
    log&& options.format == LogFormat::json ? log->finding(finding) : print_finding(finding);
  };
  wishes.on_warning = say;
  auto status = run::run_container(*request, wishes, std::move(head));
  if (status) return *status;
  for (const Finding& finding : status.error().findings) say(finding);
  return status.error().status;
}

}  // namespace slipway::cli
