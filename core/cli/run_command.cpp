#include <memory>

#include "core/cli/commands.hpp"
#include "core/cli/log.hpp"
#include "core/cli/print.hpp"
#include "core/cli/run_as_told.hpp"
#include "core/plan/crash.hpp"

namespace slipway::cli {

int run_command(int count, const char* const* given) {
  std::shared_ptr<Log> log;
  if (ask_for_json(count, given)) {
    log = std::make_shared<Log>(LogFormat::json);
    print_by([log](const Finding& finding) { log->finding(finding); });
  }
  plan::write_crashes_by([log](const Finding& finding) { return log ? log->written(finding) : written(finding); });
  RunWords words = read_run_words(count, given);
  if (words.status >= 0) return words.status;
  const LogFormat format = words.format;
  const bool verbose = words.verbose;
  const auto make_telling = [&](run::Wishes& wishes) -> Telling {
    if (verbose || format == LogFormat::json) {
      if (!log) log = std::make_shared<Log>(format);
      wishes.begun = [&](const run::Beginning& beginning) { log->begun(beginning); };
      wishes.on_event = [&](const run::Event& event) { log->step(event); };
    }
    if (format == LogFormat::json) {
      return {[&](const Finding& finding) { log->finding(finding); },
              [&](const Timing& timing) { log->timing(timing); },
              [&](const std::string& path) {
                log->finding({Severity::info, {}, "", "kept " + path, ""});
              }};
    }
    return {&print_finding, [](const Timing& timing) { print_text(timing.to_table()); }, &print_kept};
  };
  return run_as_told(std::move(words), make_telling, &run::make_cold_start);
}

}  // namespace slipway::cli
