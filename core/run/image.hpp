// The image of a run: its record out of the store or, when the source is new, from the worker; and its layers.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/linux/id_map.hpp"
#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"
#include "core/store/image_fact.hpp"
#include "core/store/job.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// The store at `path`, or the user's default one.
Result<store::Store> open_store(const std::string& path);

struct ResolvedImage {
  std::string text{};  ///< the image fact as JSON
  store::ImageFact fact{};
  linux::Fd source{};
  Findings notes{};  ///< warnings of the image plugin
};

/// `interrupted` ends the waiting for a worker when it becomes readable; without a descriptor nothing does.
tl::expected<ResolvedImage, Findings> resolve_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                    const linux::IdMap& ids, const linux::Fd& interrupted);

/// The layers of a run: all of them are brought in when the first one is asked for, in one worker.
class ImageLayers {
 public:
  ImageLayers(const store::Store& store, const plan::Blueprint& blueprint, const ResolvedImage& image,
              const linux::IdMap& ids, const linux::Fd& interrupted);
  Result<linux::Fd> directory(const std::string& diff_id);
  /// Keep these as long as the layers are used.
  std::vector<linux::Fd> take_locks();
  Findings take_notes();

 private:
  Result<void> bring_in();

  const store::Store& store_;
  const plan::Blueprint& blueprint_;
  const ResolvedImage& image_;
  const linux::IdMap& ids_;
  const linux::Fd& interrupted_;
  std::vector<store::Layer> layers_{};
  std::vector<std::string> diff_ids_{};
  Findings notes_{};
};

/// All layers as one tree into `target`, an empty directory open for reading.
tl::expected<store::Unpacked, store::Failed> merge_image(const plan::Blueprint& blueprint, const ResolvedImage& image,
                                                         const linux::Fd& target, const linux::IdMap& ids,
                                                         Findings& notes);

}  // namespace slipway::run
