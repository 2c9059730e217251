// Image sources of each kind that slipway's own plugins take, in memory, and what is right to say of them.
#pragma once

#include <map>
#include <slipway/testing.hpp>
#include <string>
#include <vector>

#include "core/check/check.hpp"

namespace slipway::check {

struct ReferenceImage {
  std::string name{};  ///< "OCI layout in a tar"
  testing::Source source;
  std::vector<std::string> layers{};  ///< their bytes, the lowest first; none: it is no image
  std::string config{};               ///< the bytes of its configuration; empty where the kind has none
};

/// The same for the life of the process.
const std::vector<ReferenceImage>& reference_images();

/// Holds what was said of each image, by the names of cases, against what is right.
void add_image_facts(const std::map<std::string, std::string>& outcomes, Report& report);

}  // namespace slipway::check
