// The plugins of one pipeline whose functions may be called, once they are loaded.
#pragma once

#include <map>

#include "core/plan/caller.hpp"
#include "core/plugins/plugins.hpp"

namespace slipway::plan {

class Callers final : public Caller {
 public:
  /// One that needs no calls is left out.
  Result<void> add(const plugins::Loaded& loaded);

  [[nodiscard]] const Library* library(std::string_view plugin) const override;
  [[nodiscard]] CallAnswer call(std::string_view plugin, const CallWords& words) const override;

 private:
  struct Known {
    Library library{};
    const slipway_plugin* plugin = nullptr;
  };
  std::map<std::string, Known, std::less<>> known_{};
};

}  // namespace slipway::plan
