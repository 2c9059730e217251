// The image fact as an image plugin hands it over: read with distrust, since it was made from a stranger's archive.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::store {

enum class Compression : std::uint8_t { none, gzip, zstd };

std::string_view to_word(Compression compression);
std::optional<Compression> compression_of(std::string_view word);

/// Some bytes of one file of the source.
struct Range {
  std::uint32_t source = 0;
  std::uint64_t offset = 0, size = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

struct LayerSource {
  std::string diff_id{};  ///< of the uncompressed tar
  Compression compression = Compression::none;
  Range bytes{};
  friend bool operator==(const LayerSource&, const LayerSource&) = default;
};

struct ImageSettings {
  std::vector<std::string> entrypoint{}, cmd{}, env{};
  std::string user{}, workdir{}, stop_signal{};
  std::map<std::string, std::string> labels{};
};

struct ImageFact {
  std::string id{}, name{};
  ImageSettings settings{};
  std::optional<Range> config{};  ///< what `id` is the digest of
  std::vector<LayerSource> layers{};
};

/// Docker itself stops at 127 layers, and each takes two descriptors of a run's 1024.
inline constexpr std::size_t kMostLayers = 128;
/// Arguments, variables, labels: far more than any image has, far less than would be felt.
inline constexpr std::size_t kMostSettings = 4096;
/// No argument or variable can be longer: MAX_ARG_STRLEN, execve(2).
inline constexpr std::size_t kLongestSetting = 131071;
inline constexpr std::size_t kLargestFact = std::size_t{4} << 20U;

/// Unknown members are left alone; what is known must have its type, lie within the bounds, and within the source,
/// whose files have these sizes.
Result<ImageFact> parse_image_fact(std::string_view json, std::span<const std::uint64_t> source_sizes);

}  // namespace slipway::store
