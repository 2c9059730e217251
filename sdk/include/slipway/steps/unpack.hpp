#ifndef SLIPWAY_STEPS_UNPACK_HPP
#define SLIPWAY_STEPS_UNPACK_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Has a layer of the image unpacked in the store. All layers of the image are unpacked when the first one is asked
/// for, each once for all runs. The worker does it, in a cage.
///
/// Phase: prepare. Result: The layer's directory.
///
/// Errors:
/// - no errno: the image has no such layer; its bytes have another digest; the archive is damaged, too large or hostile
/// - ENOSPC: the disk with the store is full
/// - EDQUOT: the user's quota does not take it
/// - EROFS: the store lies on a file system that is read-only
///
/// See tar(5).
struct Unpack {
  /// Which layer: the digest of its uncompressed tar as the image fact gives it, sha256:…. Required.
  std::string diff_id{};
};

template <>
struct Shape<Unpack> {
  static constexpr std::string_view type = "unpack";
  static constexpr std::string_view meaning = "has a layer of the image unpacked in the store";
  static constexpr std::string_view details =
      "All layers of the image are unpacked when the first one is asked for, each once for all runs. The worker does "
      "it, in a cage.";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::string_view result = "the layer's directory";
  static constexpr std::tuple fields{
      required("diff_id", &Unpack::diff_id,
               "which layer: the digest of its uncompressed tar as the image fact gives it, sha256:…"),
  };
  static constexpr auto errors = std::to_array<Refusal>({
      {"", "the image has no such layer; its bytes have another digest; the archive is damaged, too large or hostile"},
      {"ENOSPC", "the disk with the store is full"},
      {"EDQUOT", "the user's quota does not take it"},
      {"EROFS", "the store lies on a file system that is read-only"},
  });
  static constexpr auto sources = std::to_array<std::string_view>({"tar(5)"});
};

}  // namespace slipway::steps

#endif
