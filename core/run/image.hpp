// The image of a run whose source may be new, and its layers, which the store may lack: both come from the worker then.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/linux/id_map.hpp"
#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"
#include "core/run/recorded_image.hpp"
#include "core/store/job.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// The image out of the store's record or, when the source is new, from a worker. `input` is what is read where the
/// source is standard input; the process's own when it is unset.
tl::expected<ResolvedImage, Findings> resolve_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                    const linux::IdMap& ids, const Interruption& interruption,
                                                    ImageRecords records = ImageRecords::use,
                                                    const linux::Fd& input = {});

/// What the image is and holds, found by a worker; neither a record nor a layer is kept. In `notes` is what is odd.
struct Inspection {
  ResolvedImage image{};
  std::uint64_t size = 0;  ///< of the source as it is; 0 of a directory
  store::Compression compression = store::Compression::none;
};
tl::expected<Inspection, Findings> inspect_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                 const linux::IdMap& ids);

/// All layers of the image, held; those that the store lacks are unpacked by one worker. `announce` is told of the
/// staging directory before it is made. What could not be kept exactly of any of them, now or when it was unpacked, is
/// added to `losses`.
Result<std::vector<store::Layer>> bring_in_layers(const store::Store& store, const plan::Blueprint& blueprint,
                                                  const ResolvedImage& image, const linux::IdMap& ids,
                                                  const Interruption& interruption, const store::Announce& announce,
                                                  store::Losses& losses);

/// All layers as one tree into `target`, an empty directory open for reading.
tl::expected<store::Unpacked, store::Failed> merge_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                         const ResolvedImage& image, const linux::Fd& target,
                                                         const linux::IdMap& ids, const Interruption& interruption,
                                                         Findings& notes);

}  // namespace slipway::run
