// Names in archives: what is dropped, what is refused, and what a layer's special names mean.
#pragma once

#include <string>
#include <string_view>

#include "core/report/report.hpp"

namespace slipway::unpack {

/// "./a//b/" and "/a/b" are "a/b"; the root itself is "". Refused: empty names, "..", and what exceeds the bounds.
Result<std::string> clean_name(std::string_view name);

std::string_view parent_of(std::string_view clean);
std::string_view last_of(std::string_view clean);

/// Deletions in layers; OCI image specification, "Layer", "Whiteouts", and aufs, which had them first.
enum class Special {
  none,
  whiteout,  ///< .wh.NAME: NAME of the layers below is gone
  opaque,    ///< .wh..wh..opq: all that the layers below have in this directory is gone
  ignored,   ///< .wh..wh.*: aufs' own book-keeping
};
struct Meaning {
  Special special = Special::none;
  std::string_view hidden{};  ///< whiteout: NAME
};
Result<Meaning> meaning_of(std::string_view clean);

/// Begins every refusal: "entry 'NAME' of the layer …".
tl::unexpected<Error> refused(std::string_view name, std::string_view why, std::string hint = {});
tl::unexpected<Error> failed_entry(int code, std::string_view doing, std::string_view name,
                                   const std::string& hint = {});

}  // namespace slipway::unpack
