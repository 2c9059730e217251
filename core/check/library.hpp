// A plugin's library in the process that calls it: loading, entering, and the outcome of a call as text.
#pragma once

#include <slipway/plugin.h>

#include <string>
#include <vector>

#include "core/check/cases.hpp"
#include "core/check/subject.hpp"
#include "sdk/host/guard.hpp"

namespace slipway::check {

/// What ends the process when the plugin crashed, hangs or called exit; the guard has then said so.
inline constexpr int kDied = 97;

/// Which slipway the plugin meets. The oldest one's struct ends at the end of the memory that may be read; the newest
/// one's is longer, of a later minor version, and full of what nobody knows.
enum class Host : std::uint8_t { this_one, oldest, newest };

struct Call {
  bool is_ok = false;
  std::string outcome{};                  ///< steps, facts and reports, the same text for the same outcome
  std::vector<std::string> complaints{};  ///< what slipway has to say about how the plugin behaved
};

/// Of one process; nothing is ever unloaded.
class Plugin {
 public:
  explicit Plugin(const Subject& subject) : subject_(subject) {}
  /// What is wrong, or nothing.
  std::string load();
  Call call(const Case& one, Host host = Host::this_one);
  /// Its function for call steps, with no arguments and no inputs, in the prepare phase.
  Call call_function(const std::string& name);

 private:
  const Subject& subject_;
  const slipway_plugin* plugin_ = nullptr;
  host::Guard guard_{};
};

}  // namespace slipway::check
