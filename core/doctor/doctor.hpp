// What a run depends on, looked at one by one: what is there, what is not, what follows and what mends it.
// Carries out steps of a run in private namespaces; leaves nothing behind. Knows nothing of pipelines and of printing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/plugins/plugins.hpp"
#include "core/report/report.hpp"

namespace slipway::doctor {

enum class State {
  ok,
  degraded,  ///< a run works, but not with all that it could have
  missing,   ///< the default run fails
};
/// "ok", "degraded", "missing".
const char* to_text(State state);

/// One thing that a run depends on.
struct Check {
  std::string name{};  ///< stable: "user-namespaces"; plugins are "plugin NAME"
  State state = State::ok;
  std::string detail{};       ///< what was found
  std::string consequence{};  ///< what follows for runs; empty when ok
  std::string remedy{};       ///< what mends it; empty when ok
  std::uint64_t nanoseconds = 0;
};

/// What is looked at besides the kernel.
struct Subject {
  std::string store{};                                   ///< the path that a run would use; empty: none can be told
  std::string runtime_directory{};                       ///< of the journals
  std::vector<plugins::Directory> plugin_directories{};  ///< in the order of looking
  host::Vocabulary vocabulary{};                         ///< what plugins may need
  std::vector<std::string> default_plugins{};            ///< those that a run without a pipeline file uses
  std::string worker{};                                  ///< the path of slipway-worker
  std::function<Result<void>()> start_worker{};          ///< starts it in its cage and ends it
};

/// In an order that does not change. The calling process has one thread.
std::vector<Check> examine(const Subject& subject);

/// Nothing is missing.
bool run_works(const std::vector<Check>& checks);

}  // namespace slipway::doctor
