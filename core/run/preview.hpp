// What a run would do, found out without doing it.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "core/plan/blueprint.hpp"
#include "core/plan/plan.hpp"
#include "core/run/failure.hpp"

namespace slipway::run {

/// Resolves the image, unpacks nothing. Also the facts that the plan was made from, as JSON.
struct Preview {
  plan::Plan plan{};
  std::string facts{};
  std::string image{};  ///< described in a line; empty of a plan from recorded facts
  linux::IdMap ids{};   ///< likewise
  Findings notes{};     ///< what plugins had to tell besides
};
tl::expected<Preview, Failure> preview(plan::Blueprint& blueprint, const std::string& store,
                                       const linux::HostAbilities& host);

/// What plugins would be told of image and host, as JSON; no plugin is asked for a plan.
tl::expected<std::string, Failure> facts_here(plan::Blueprint& blueprint, const std::string& store,
                                              const linux::HostAbilities& host);

}  // namespace slipway::run
