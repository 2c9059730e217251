#include <optional>

#include "core/cli/arguments.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/log.hpp"
#include "core/cli/print.hpp"
#include "core/cli/run_words.hpp"

namespace slipway::cli {

int run_command(int count, const char* const* given) {
  RunWords words = read_run_words(count, given);
  if (words.status >= 0) return words.status;
  run::HeadStart head = run::HeadStart::make();
  auto request = request_for(words.name, std::move(words.command), words.target);
  if (!request) {
    print_error(request.error());
    return kRunFailed;
  }
  run::Wishes wishes = wishes_of(words);
  const bool is_json = words.format == LogFormat::json;
  std::optional<Log> log;
  if (words.verbose || is_json) {
    log.emplace(words.format);
    wishes.begun = [&](const run::Beginning& beginning) { log->begun(beginning); };
    wishes.on_event = [&](const run::Event& event) { log->step(event); };
  }
  Timing timing;
  if (words.timing) listen(timing, wishes);
  const auto say = [&](const Finding& finding) {
    if (!tells(words, finding)) return;
    is_json ? log->finding(finding) : print_finding(finding);
  };
  wishes.on_warning = say;
  wishes.on_kept = [&](const std::string& path) {
    is_json ? log->finding({Severity::info, {}, "", "kept " + path, ""}) : print_kept(path);
  };
  auto status = run::run_container(*request, wishes, std::move(head), &run::make_cold_start);
  if (words.timing) is_json ? log->timing(timing) : print_text(timing.to_table());
  if (status) return *status;
  for (const Finding& finding : status.error().findings) say(finding);
  return status.error().status;
}

}  // namespace slipway::cli
