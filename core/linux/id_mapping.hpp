// Giving a process in a new user namespace its ids: by writing the maps, or by newuidmap and newgidmap.
#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/linux/process.hpp"
#include "core/report/report.hpp"

namespace slipway::linux {

/// Writes the maps of `process`, a child in a user namespace of its own that waits for them: by newuidmap and
/// newgidmap, both at once, where an ordinary user maps more than its own id, else directly (with setgroups denied for
/// an ordinary user, as the kernel demands). `should_stop` as in IdMapping::finish().
Result<void> write_id_maps(pid_t process, const IdMap& map, const std::function<bool()>& should_stop = {});

/// The same under way, so that who asks can do something else meanwhile: the two helper programs take two milliseconds.
class IdMapping {
 public:
  /// `held`, when it is given, is inherited by the helpers: it is closed everywhere but here once they are through.
  static Result<IdMapping> begin(pid_t process, const IdMap& map, const Fd* held = nullptr);
  /// What is wrong with the map is told here, and which helper has hung. `should_stop`, where there is one, is asked
  /// time and again, and then ends it with EINTR. Only once.
  Result<void> finish(const std::function<bool()>& should_stop = {});
  /// Ends what is under way, so that it can be waited for.
  void abandon();

 private:
  struct Helper {
    const char* program = nullptr;
    Process process{};
    Fd complaints{};
  };
  static Result<Helper> start(const char* program, pid_t process, const std::vector<IdRange>& ranges, const Fd* held);
  static Result<void> finish(Helper& helper, const std::function<bool()>& should_stop);
  std::vector<Helper> helpers_{};
};

}  // namespace slipway::linux
