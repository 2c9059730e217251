// An image's layers in the store, for others than a run to use: they are brought in where they are missing.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

struct Imported {
  struct Layer {
    std::string diff_id{};    ///< "in-place" of a directory that is the image's source itself
    std::string directory{};  ///< absolute, without links
  };
  std::string id{};             ///< the image's
  std::vector<Layer> layers{};  ///< lowest first
  int asked_to_end = 0;         ///< the signal that ended it before there were any, else 0
};

/// What could not be kept exactly is added to `notes`. Nothing holds the layers afterwards: no command of slipway
/// removes any.
tl::expected<Imported, Findings> import_image(const plan::Blueprint& blueprint, const std::string& store,
                                              Findings& notes);

}  // namespace slipway::run
