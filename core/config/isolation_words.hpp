// The words of "isolation".
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/config/isolation.hpp"

namespace slipway::config {

const std::vector<std::string>& namespace_words();  ///< mount first
const std::vector<std::string>& user_words();
const std::vector<std::string>& ids_words();
const std::vector<std::string>& propagation_words();

/// "/run/netns/blue" or "process:4711"; nothing where it is neither.
struct Joined {
  std::string path{};
  std::int32_t process = 0;
  [[nodiscard]] bool any() const { return !path.empty() || process != 0; }
};
Joined joined_from(const std::string& text);
inline constexpr const char* kJoinHint =
    "a namespace that is there already is named by a file (/run/netns/NAME, /proc/PID/ns/net) or as process:PID";

/// The keys of "isolation", each with its JSON Schema.
nlohmann::ordered_json isolation_properties();
/// As it would be written in a pipeline.
nlohmann::json to_json(const Isolation& isolation);

}  // namespace slipway::config
