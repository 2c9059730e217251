// The supervisor's share of the prepare phase: layers out of the store, directories of the run's own into it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/linux/id_map.hpp"
#include "core/run/journal.hpp"
#include "core/run/recorded_image.hpp"
#include "core/steps/steps.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

class Preparing final : public steps::Preparation {
 public:
  using Results = std::map<std::string, linux::Fd>;
  /// All of them outlive it. `results`: of the steps so far. `child`: the container's first process.
  Preparing(const store::Store& store, ImageLayers& layers, Journal& journal, const linux::IdMap& ids,
            const Results& results, const Interruption& interruption, pid_t child)
      : store_(store),
        layers_(layers),
        journal_(journal),
        ids_(ids),
        results_(results),
        interruption_(interruption),
        child_(child) {}

  Result<linux::Fd> layer(const std::string& diff_id) override { return layers_.directory(diff_id); }
  Result<linux::Fd> scratch(const std::string& name, steps::Afterwards afterwards) override;
  Result<linux::Fd> copy(const std::vector<steps::Reference>& layers, const steps::Reference& into) override;
  Result<linux::Fd> user_namespace() override;

  /// The directories in the run's own that are to be kept when its program has ended, by name.
  [[nodiscard]] const std::vector<std::string>& kept() const { return kept_; }
  /// What copies could not keep as the layers have it.
  [[nodiscard]] const store::Losses& losses() const { return losses_; }

 private:
  Result<void> make_run_directory();
  [[nodiscard]] Result<const linux::Fd*> result(const steps::Reference& reference) const;

  const store::Store& store_;
  ImageLayers& layers_;
  Journal& journal_;
  const linux::IdMap& ids_;
  const Results& results_;
  const Interruption& interruption_;
  pid_t child_;
  linux::Fd run_directory_{};
  std::vector<std::string> kept_{};
  store::Losses losses_{};
};

}  // namespace slipway::run
