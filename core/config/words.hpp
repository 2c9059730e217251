// Phrases that several messages share.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

namespace slipway::config {

/// A value as it appears behind "found": `"disk"`, `7`, `a list`.
std::string describe(const nlohmann::json& value);
std::string quote(std::string_view text);
/// `"a"`, `"a" or "b"`, `"a", "b" or "c"`.
std::string one_of(std::span<const std::string> words);
/// The hint to a word that is not among those allowed: `did you mean "upper"? allowed: "size", "upper"`.
std::string allowed_hint(std::string_view word, std::span<const std::string> allowed);

}  // namespace slipway::config
