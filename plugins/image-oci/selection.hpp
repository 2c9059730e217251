// Which of an index's descriptors is meant: by name, then by platform. "Image Index" of the OCI image specification.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace oci {

struct Descriptor {
  std::string media_type{};
  std::string digest{};  ///< sha256:…
  std::uint64_t size = 0;
  std::string name{};      ///< its tag; may be empty
  std::string platform{};  ///< "linux/amd64"; empty where it says none

  [[nodiscard]] bool is_index() const;
};

/// Throws a slipway::Failure for what is not as the specification has it; `what` names the file.
Descriptor read_descriptor(const nlohmann::json& json, const std::string& what);
std::vector<Descriptor> read_index(const nlohmann::json& index, const std::string& what);

/// By tag, the begin of a digest, or because there is only one; among several of one name by platform. Throws a
/// slipway::Failure that lists what there is.
Descriptor choose_image(const std::vector<Descriptor>& all, const std::string& wanted, const std::string& platform);
/// "" is this machine's. Throws a slipway::Failure that lists what there is.
Descriptor choose_platform(const std::vector<Descriptor>& all, const std::string& platform);

}  // namespace oci
