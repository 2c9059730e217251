// Makes OCI image layouts for tests. "Image Layout" of the OCI image specification.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/archive.hpp"

namespace slipway::tests {

/// One image of a layout. Images of the same name with a platform each share an index.
struct OciImage {
  ImageSpec image{};
  std::string name{};      ///< org.opencontainers.image.ref.name
  std::string platform{};  ///< "linux/arm64"; empty: it stands in index.json without one
};

/// The layout's files by relative name, so that a test can spoil them.
using OciFiles = std::map<std::string, std::string>;
OciFiles oci_layout(const std::vector<OciImage>& images);
/// The same as a tar.
std::string oci_tar(const OciFiles& files);
void write_oci_directory(const std::string& path, const OciFiles& files);

/// The name of a blob that holds these bytes.
std::string blob_of(std::string_view bytes);

}  // namespace slipway::tests
