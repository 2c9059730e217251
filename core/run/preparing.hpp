// The supervisor's share of the prepare phase: layers out of the store, directories of the run's own into it.
#pragma once

#include <string>

#include "core/run/journal.hpp"
#include "core/run/recorded_image.hpp"
#include "core/steps/steps.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// How what lies in the store gets the container's ids: layers are shown by a mount that shifts their owners, and
/// directories of the run's own belong to the container's root. Both then reach the child as detached mounts, because
/// its root may not go through the store's directories.
struct Shift {
  linux::Fd user_namespace{};
  std::uint32_t root_uid = 0, root_gid = 0;  ///< outside
};

class Preparing final : public steps::Preparation {
 public:
  /// All of them outlive it. `ids`: linux::IdMap::to_text(). `shift`: null where the store has the container's ids.
  Preparing(const store::Store& store, ImageLayers& layers, Journal& journal, std::string ids,
            const Interruption& interruption, const Shift* shift)
      : store_(store),
        layers_(layers),
        journal_(journal),
        ids_(std::move(ids)),
        interruption_(interruption),
        shift_(shift) {}

  Result<linux::Fd> layer(const std::string& diff_id) override;
  Result<linux::Fd> scratch(const std::string& name) override;

 private:
  Result<void> make_run_directory();

  const store::Store& store_;
  ImageLayers& layers_;
  Journal& journal_;
  std::string ids_;
  const Interruption& interruption_;
  const Shift* shift_;
  linux::Fd run_directory_{};
};

}  // namespace slipway::run
