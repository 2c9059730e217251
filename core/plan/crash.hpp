// The line that a process ends with when a plugin crashes, hangs or exits in it: written by a signal handler, which can
// neither look up places nor choose a format, so all but its middle is made before the plugin is entered.
#pragma once

#include <functional>
#include <string>

#include "core/report/report.hpp"
#include "sdk/host/guard.hpp"

namespace slipway::plan {

/// Who prints says how such lines look: how a finding is written, the whole of it. A line for people, in one format,
/// until this is called. For the whole process, as the guard is.
void write_crashes_by(std::function<std::string(const Finding&)> writer);

/// For as long as it lives; `finding` without its message. What the guard says takes that one's place.
class CrashLine {
 public:
  explicit CrashLine(Finding finding);
  ~CrashLine() { host::frame_lines({}, {}); }
  CrashLine(const CrashLine&) = delete;
  CrashLine& operator=(const CrashLine&) = delete;
  CrashLine(CrashLine&&) = delete;
  CrashLine& operator=(CrashLine&&) = delete;
};

}  // namespace slipway::plan
