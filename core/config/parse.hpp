// JSON text (comments allowed) -> value and origins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/config/collector.hpp"
#include "core/config/value.hpp"

namespace slipway::config {

inline constexpr std::size_t kLargestText = std::size_t{1} << 20U;
inline constexpr std::size_t kDeepestNesting = 64;

struct Parsed {
  nlohmann::json value{};
  Places::Map origins{};
  bool complete = false;  ///< false after a syntax error: nothing more can be said about the text then
};

/// Reads the text of source number `source`. Problems go to the collector; duplicate keys leave the first value.
/// `pointer` is where the value will stand, and the beginning of its origins' pointers.
Parsed parse(std::string_view text, std::uint32_t source, Collector& collector, const std::string& pointer = {});

}  // namespace slipway::config
