// The files of sdk/facts, as the build wrote them into the library.
#pragma once

#include <span>
#include <string_view>

namespace slipway::testing {

struct RecordedFacts {
  std::string_view name{};
  std::string_view json{};  ///< with comments
};

std::span<const RecordedFacts> recorded_facts();

}  // namespace slipway::testing
