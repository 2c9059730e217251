// What `-v` and `--log-format json` tell of a run; spdlog stands behind this.
#pragma once

#include <string>

#include "core/cli/run_words.hpp"
#include "core/cli/timing.hpp"
#include "core/run/container.hpp"

namespace slipway::cli {

/// Lines on standard error, each with the run's id once it is known.
class Log {
 public:
  explicit Log(LogFormat format);
  void begun(const run::Beginning& beginning);
  void step(const run::Event& event);
  void finding(const Finding& finding);
  /// The same as the line that it writes.
  [[nodiscard]] std::string written(const Finding& finding) const;
  void timing(const Timing& timing);

 private:
  LogFormat format_;
  std::string run_{};
};

}  // namespace slipway::cli
