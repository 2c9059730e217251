// Which image of an archive is meant.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace docker_save {

/// One member of manifest.json.
struct Listed {
  std::string config{};
  std::string digits{};  ///< of the configuration's digest, when its name gives it
  std::vector<std::string> tags{}, layers{};
};

/// Throws a slipway::Failure for what is not as docker save writes it.
std::vector<Listed> read_manifest(const nlohmann::json& manifest);

struct Choice {
  const Listed* image = nullptr;
  std::string name{};  ///< its tag; may be empty
};
/// `wanted`: a tag, with or without ":latest", the begin of an id, or empty where there is only one image.
Choice choose(const std::vector<Listed>& images, const std::string& wanted);

}  // namespace docker_save
