// The worker's jobs on layers, in whatever cage the caller has made.
#pragma once

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"
#include "core/store/job.hpp"

namespace slipway::unpack {

/// Each layer of the job as layer_entry()/tree into `staging`, synced, or none of them. Whatever else lies there goes.
Result<store::Unpacked> unpack_apart(const store::Unpack& job, const linux::Fd& source, const linux::Fd& staging,
                                     const linux::IdMap& map);

/// All layers, lowest first, as one tree into `target`, which is empty and is empty again after a failure.
Result<store::Unpacked> unpack_merged(const store::Merge& job, const linux::Fd& source, const linux::Fd& target,
                                      const linux::IdMap& map);

}  // namespace slipway::unpack
