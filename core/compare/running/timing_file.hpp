// What slipway says of a run of its own: where the time went, and what it took. `slipway run --timing-file`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::compare {

struct TimingFile {
  std::map<std::string, double, std::less<>> figures{};  ///< by measure: "span.plan", "phase.mount" …
  bool recorded = false;                                 ///< the start was made from a record
};

/// Nothing where the document is none, or not of a version that is known: a run without such figures is a run.
std::optional<TimingFile> read_timing_file(std::string_view text);

}  // namespace slipway::compare
