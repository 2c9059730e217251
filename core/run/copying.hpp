// The copy of an image's layers into a directory of the run's own: made by a process apart, which may write files of
// all the container's owners and do nothing else, waited for as long as nobody asks for an end.
#pragma once

#include <vector>

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"
#include "core/run/recorded_image.hpp"
#include "core/store/losses.hpp"

namespace slipway::run {

/// A file in a run's directory that whoever copies holds a lock on, so that nobody removes what is still being made:
/// killed with the supervisor, it ends some moments later.
inline constexpr const char* kCopyLock = "copying";

struct CopyPlaces {
  std::vector<const linux::Fd*> layers{};  ///< the top one first
  const linux::Fd& into;                   ///< in the run's directory, empty, open for reading
  const linux::Fd& run_directory;
};

/// What could not be kept as the layers have it. Ends with EINTR when `interruption` says so.
Result<store::Losses> copy_layers(const CopyPlaces& places, const linux::IdMap& ids, const Interruption& interruption);

}  // namespace slipway::run
