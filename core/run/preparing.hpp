// The supervisor's share of the prepare phase: layers out of the store, directories of the run's own into it.
#pragma once

#include <string>

#include "core/run/journal.hpp"
#include "core/run/recorded_image.hpp"
#include "core/steps/steps.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

class Preparing final : public steps::Preparation {
 public:
  /// All of them outlive it. `ids`: linux::IdMap::to_text().
  Preparing(const store::Store& store, ImageLayers& layers, Journal& journal, std::string ids,
            const Interruption& interruption)
      : store_(store), layers_(layers), journal_(journal), ids_(std::move(ids)), interruption_(interruption) {}

  Result<linux::Fd> layer(const std::string& diff_id) override { return layers_.directory(diff_id); }
  Result<linux::Fd> scratch(const std::string& name) override;

 private:
  Result<void> make_run_directory();

  const store::Store& store_;
  ImageLayers& layers_;
  Journal& journal_;
  std::string ids_;
  const Interruption& interruption_;
  linux::Fd run_directory_{};
};

}  // namespace slipway::run
