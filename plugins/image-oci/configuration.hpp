// What every image brings that OCI tools or Docker wrote: its configuration, and layers by their bytes. "OCI Image
// Configuration" of the OCI image specification.
#pragma once

#include <nlohmann/json.hpp>
#include <slipway/plugin.hpp>
#include <string>
#include <vector>

namespace oci {

constexpr const char* kSource = "/options/source";

/// A file that holds JSON; what is wrong with it is thrown as a slipway::Failure with this hint.
nlohmann::json read_json(const slipway::Resolve& source, const slipway::Entry& entry, const std::string& what,
                         const char* hint);

/// "none", "gzip", "zstd", "xz" or "bzip2", by the first bytes: media types and names do not say so reliably.
std::string compression_of(const slipway::Resolve& source, const slipway::Entry& layer);

struct Configuration {
  nlohmann::json settings{};  ///< in the words of the image fact
  std::vector<std::string> diff_ids{};
};
/// Throws a slipway::Failure for what is not as the specification has it.
Configuration read_configuration(const slipway::Resolve& source, const slipway::Entry& entry, const char* hint);

/// {"source", "offset", "size"}: where a file's bytes are, as the image fact says it.
nlohmann::json range_of(const slipway::Entry& entry);

}  // namespace oci
