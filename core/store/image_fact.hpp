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
#include "core/store/compression.hpp"

namespace slipway::store {

/// Some bytes of one file of the source, once that is decompressed.
struct Range {
  std::uint32_t source = 0;
  std::uint64_t offset = 0, size = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

/// The diff_id of a layer that is a directory, used where it lies.
inline constexpr std::string_view kInPlace = "in-place";

struct LayerSource {
  std::string diff_id{};  ///< of the uncompressed tar, or kInPlace
  Compression compression = Compression::none;
  Range bytes{};
  std::string file{};  ///< of a source that is a directory: in which of its files, by relative name
  [[nodiscard]] bool is_in_place() const { return diff_id == kInPlace; }
  friend bool operator==(const LayerSource&, const LayerSource&) = default;
};

struct ImageSettings {
  std::vector<std::string> entrypoint{}, cmd{}, env{};
  std::string user{}, workdir{}, stop_signal{};
  std::map<std::string, std::string> labels{};
};

struct Digested {
  std::string digest{};
  Range bytes{};
};

struct ImageFact {
  std::string id{}, name{};
  std::string kind{};  ///< what the source turned out to be: "OCI layout"
  ImageSettings settings{};
  std::optional<Range> config{};     ///< what `id` is the digest of
  std::vector<Digested> digested{};  ///< further files that the worker has to find as their digests say
  std::vector<LayerSource> layers{};
  /// How long the source is when it is decompressed: ranges count in those bytes. Absent where it is read as it is.
  std::optional<std::uint64_t> unfolded{};
  [[nodiscard]] bool is_in_place() const { return !layers.empty() && layers.front().is_in_place(); }
};

/// Docker itself stops at 127 layers, and each takes two descriptors of a run's 1024.
inline constexpr std::size_t kMostLayers = 128;
/// Arguments, variables, labels: far more than any image has, far less than would be felt.
inline constexpr std::size_t kMostSettings = 4096;
/// No argument or variable can be longer: MAX_ARG_STRLEN, execve(2).
inline constexpr std::size_t kLongestSetting = 131071;
inline constexpr std::size_t kLargestFact = std::size_t{4} << 20U;

/// Unknown members are left alone; what is known must have its type, lie within the bounds, and within the source,
/// whose files have these sizes. The sizes are the fact's own of a source that is compressed, and of a directory, for
/// which none are given.
/// A layer whose digest nobody has told, and an image whose id is that layer's, are whole only for the worker, who then
/// finds it out.
enum class Digests : std::uint8_t { needed, may_be_missing };
Result<ImageFact> parse_image_fact(std::string_view json, std::span<const std::uint64_t> source_sizes,
                                   Digests digests = Digests::needed);

}  // namespace slipway::store
