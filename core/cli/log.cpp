#include "core/cli/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/plan/plan.hpp"
#include "core/plan/render.hpp"

namespace slipway::cli {
namespace {

spdlog::level::level_enum level_of(Severity severity) {
  if (severity == Severity::error) return spdlog::level::err;
  return severity == Severity::warning ? spdlog::level::warn : spdlog::level::info;
}

constexpr const char* kJsonLine = "{\"time\":\"%Y-%m-%dT%H:%M:%S.%e%z\",\"level\":\"%l\",%v}";

}  // namespace

Log::Log(LogFormat format) : format_(format) {
  auto logger = spdlog::stderr_logger_st("slipway");
  logger->set_level(spdlog::level::debug);
  logger->set_pattern(format == LogFormat::json ? kJsonLine : "slipway %v");
  spdlog::set_default_logger(std::move(logger));
}

void Log::begun(const run::Beginning& beginning) {
  run_ = beginning.run;
  if (format_ == LogFormat::json)
    spdlog::info("\"run\":\"{}\",\"event\":\"begin\",\"recorded\":{}", run_, beginning.recorded);
  else
    spdlog::info("{}: begins{}", run_, beginning.recorded ? ", from a record" : "");
}

void Log::timing(const Timing& timing) { spdlog::info("{}", timing.to_members()); }

void Log::step(const run::Event& event) {
  constexpr std::uint64_t kPerMicrosecond = 1000;
  const std::uint64_t microseconds = event.nanoseconds / kPerMicrosecond;
  if (format_ == LogFormat::json) {
    spdlog::info("{}", plan::event_members(run_, event.number, *event.step, microseconds));
  } else {
    spdlog::info("{}: {:>7} us  step {:>2}  {}  [{}]", run_, microseconds, event.number, plan::to_text(*event.step),
                 event.step->owner.name);
  }
}

void Log::finding(const Finding& finding) {
  if (format_ == LogFormat::json) {
    spdlog::log(level_of(finding.severity), "{}", plan::message_members(run_, finding));
  } else {
    spdlog::warn("{}: {}", run_, to_text(finding));
  }
}

std::string Log::written(const Finding& finding) const {
  const std::string members = plan::message_members(run_, finding);
  spdlog::memory_buf_t line;
  spdlog::pattern_formatter(kJsonLine).format({"slipway", level_of(finding.severity), members}, line);
  return {line.data(), line.size()};
}

}  // namespace slipway::cli
