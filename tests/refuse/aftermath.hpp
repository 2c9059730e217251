// What is left of a run after one of its processes was killed, and after slipway has cleaned up behind it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/refuse/setting.hpp"

namespace slipway::tests {

/// How long what belongs to a run may live after its supervisor's end. It is ended at once, but the machine may be
/// busy.
inline constexpr std::chrono::milliseconds kGraceTime{30000};

/// True as soon as it happens, false when it has not within the time.
bool happens_within(std::chrono::milliseconds limit, const std::function<bool()>& happens);

/// Who has to remove what the killed run has left.
enum class Cleaner { clean_command, next_run };

/// Remembers what there is when it is made, so that what runs leave can be told.
class Aftermath {
 public:
  /// `target`: what the next run runs.
  Aftermath(const Setting& setting, std::string target);

  /// What is wrong after the supervisor was killed: whether within the grace time no process lives and no mount is
  /// there, and whether the cleaner finds the rest. Empty: nothing.
  [[nodiscard]] std::string of_supervisor(Cleaner cleaner) const;
  /// What is wrong after the child or the worker was killed: slipway itself takes everything back.
  [[nodiscard]] std::string of_others() const;
  /// What is there that was not: processes, mounts, journals, run directories, staging directories.
  [[nodiscard]] Leftovers left() const { return watch_.look(); }

 private:
  [[nodiscard]] std::string unfinished_now() const;

  const Setting& setting_;
  std::string target_;
  Watch watch_;
  std::set<std::string> unfinished_before_;
};

/// Files of a store that are there only while somebody makes something: locks of unpacking, half-written records. A
/// directory that was on its way to become a store has none.
std::vector<std::string> unfinished(const std::string& store);

}  // namespace slipway::tests
