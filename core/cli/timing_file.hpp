// What a run has cost, for a program to read: `--timing-file`. Times of each step, and the memory of the processes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/run/container.hpp"

namespace slipway::cli {

/// One JSON document, written when the run is over, also where it failed:
///   {"version":1, "run":"4f…", "recorded":true, "status":0,
///    "spans":{"read":12.345,…},       microseconds; run::Span
///    "steps":[{"phase":"mount","type":"overlay","stage":"rootfs","plugin":"fs-overlay","us":61.2},…],
///    "memory":{"supervisor":…,"worker":…,"container":…}}   bytes at their peak; run::Memory
/// "run" is missing of a run that did not come so far, and so is each process that there was none of.
class TimingFile {
 public:
  /// Makes the file, or empties it, so that what cannot be written is told before the run.
  static Result<TimingFile> open(const std::string& path);

  /// Has a run tell it, besides whom it tells already. It has to stay where it is for as long as the run takes.
  void listen(run::Wishes& wishes);

  Result<void> write(int status) const;

 private:
  struct Step {
    std::string phase{}, type{}, stage{}, plugin{};
    std::uint64_t nanoseconds = 0;
  };
  [[nodiscard]] std::string to_json(int status) const;

  linux::Fd file_{};
  std::string path_{};
  run::Beginning beginning_{};
  std::array<std::uint64_t, run::kSpans> spans_{};
  std::vector<Step> steps_{};
  run::Memory memory_{};
};

}  // namespace slipway::cli
