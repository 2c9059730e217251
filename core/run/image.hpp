// The image of a run: its record out of the store or, when the source is new, from the worker; and its layers.
#pragma once

#include <functional>
#include <optional>
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

/// What ends the waiting for a worker, or for another run's: `descriptor` becomes readable, and `is_meant`, which reads
/// from it, says so.
struct Interruption {
  const linux::Fd* descriptor = nullptr;
  std::function<bool()> is_meant{};
};

/// The image out of the store's record; nullopt where there is none for the source as it is now.
std::optional<ResolvedImage> recorded_image(const store::Store& store, const plan::ImageUse& use);

/// The same or, when the source is new, from a worker.
tl::expected<ResolvedImage, Findings> resolve_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                    const linux::IdMap& ids, const Interruption& interruption);

/// All layers of the image, held; those that the store lacks are unpacked by one worker. What could not be kept exactly
/// of any of them, now or when it was unpacked, is added to `losses`.
Result<std::vector<store::Layer>> bring_in_layers(const store::Store& store, const plan::Blueprint& blueprint,
                                                  const ResolvedImage& image, const linux::IdMap& ids,
                                                  const Interruption& interruption, store::Losses& losses);

/// The layers of a run, by digest: all of them are brought in when the first one is asked for.
class ImageLayers {
 public:
  using BringIn = std::function<Result<std::vector<store::Layer>>()>;
  /// `image` outlives it.
  ImageLayers(const store::ImageFact& image, BringIn bring_in) : image_(image), bring_in_(std::move(bring_in)) {}
  Result<linux::Fd> directory(const std::string& diff_id);
  /// Keep these as long as the layers are used.
  std::vector<linux::Fd> take_locks();

 private:
  const store::ImageFact& image_;
  BringIn bring_in_;
  std::vector<store::Layer> layers_{};
};

/// All layers as one tree into `target`, an empty directory open for reading.
tl::expected<store::Unpacked, store::Failed> merge_image(const plan::Blueprint& blueprint, const ResolvedImage& image,
                                                         const linux::Fd& target, const linux::IdMap& ids,
                                                         const Interruption& interruption, Findings& notes);

}  // namespace slipway::run
