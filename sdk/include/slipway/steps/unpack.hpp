#ifndef SLIPWAY_STEPS_UNPACK_HPP
#define SLIPWAY_STEPS_UNPACK_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

/// Makes sure that the store holds a layer of the image, unpacked. Its result ("as") is the layer's directory.
/// Errors: a digest that does not match, a hostile or damaged archive, a full disk.
struct Unpack {
  std::string diff_id{};
};

template <>
struct Shape<Unpack> {
  static constexpr std::string_view type = "unpack";
  static constexpr std::string_view meaning = "has a layer of the image unpacked in the store";
  static constexpr std::array phases{Phase::prepare};
  static constexpr std::tuple fields{
      required("diff_id", &Unpack::diff_id,
               "which layer: the digest of its uncompressed tar as the image fact gives it, sha256:…"),
  };
};

}  // namespace slipway::steps

#endif
