// What a run has left: mounts in its private namespace, processes, entries below directories.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace slipway::tests {

struct Leftovers {
  std::vector<std::string> mounts{};     ///< mount points
  std::vector<std::string> processes{};  ///< "1234 (sleep)"
  std::vector<std::string> paths{};
  [[nodiscard]] bool none() const { return mounts.empty() && processes.empty() && paths.empty(); }
  /// One line each, for a test's message.
  [[nodiscard]] std::string to_text() const;
};

/// Remembers what there is when it is made, and tells what there is more of later.
class Watch {
 public:
  struct Below {
    std::string directory;
    int depth = 1;  ///< 1: the directory's own entries
  };
  /// `mounts` may be null; it is borrowed.
  Watch(const PrivateMounts* mounts, std::vector<Below> directories);
  [[nodiscard]] Leftovers look() const;

 private:
  const PrivateMounts* mounts_;
  std::vector<Below> directories_;
  std::multiset<std::string> mounts_before_, processes_before_, paths_before_;
};

/// The living descendants of this process. Orphans among them count as well once a Program has been started,
/// because that makes this process their reaper (PR_SET_CHILD_SUBREAPER). Zombies hold nothing and do not count.
std::vector<std::string> descendants();

}  // namespace slipway::tests
