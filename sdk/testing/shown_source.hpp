// The ability "slipway.source.1" over a testing::Source.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <slipway/testing.hpp>

namespace slipway::testing {

/// One at a time in a thread, as the ABI's functions are given nothing that could tell two apart.
class ShownSource {
 public:
  explicit ShownSource(const Source& source);
  ~ShownSource();
  ShownSource(const ShownSource&) = delete;
  ShownSource& operator=(const ShownSource&) = delete;
  [[nodiscard]] const slipway_source* abi() const;
};

/// What a plugin reads as /facts/source.
nlohmann::json fact_of(const Source& source);

}  // namespace slipway::testing
