// Phrases that several messages share.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

namespace slipway::config {

/// A value as it appears behind "found": `"disk"`, `7`, `a list`.
std::string describe(const nlohmann::json& value);
/// What an entry of the pipeline or a variable may be called, and the hint that says so.
bool is_name(std::string_view text);
inline constexpr const char* kNameHint =
    R"(a name begins with a letter and goes on with letters, digits, "-" and "_", 64 in all)";
std::string quote(std::string_view text);
/// `"a"`, `"a" or "b"`, `"a", "b" or "c"`.
std::string one_of(std::span<const std::string> words);
/// The hint to a word that is not among those allowed: `did you mean "upper"? allowed: "size", "upper"`.
std::string allowed_hint(std::string_view word, std::span<const std::string> allowed);

}  // namespace slipway::config
