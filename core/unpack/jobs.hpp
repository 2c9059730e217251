// The worker's jobs on layers, in whatever cage the caller has made.
#pragma once

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"
#include "core/store/job.hpp"

namespace slipway::unpack {

/// The ids that layers are written with, and what becomes of owners that have none.
struct Ids {
  linux::IdMap map{};
  store::Owners owners = store::Owners::squashed;
};

/// Each layer of the job as layer_entry()/tree into `staging`, synced, or none of them: none as well when an owner that
/// must be exact cannot be, which the losses tell. Whatever else lies there goes.
Result<store::Unpacked> unpack_apart(const store::Unpack& job, const linux::Fd& source, const linux::Fd& staging,
                                     const Ids& ids);

/// All layers, lowest first, as one tree into `target`, which is empty, and is empty again after a failure or when an
/// owner that must be exact cannot be.
Result<store::Unpacked> unpack_merged(const store::Merge& job, const linux::Fd& source, const linux::Fd& target,
                                      const Ids& ids);

}  // namespace slipway::unpack
