// Single values of a step out of JSON: one function for each kind that a shape may have.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <slipway/steps/shape.hpp>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sdk/host/problem.hpp"

namespace slipway::host {

/// Where in the step a value stands, and the list that problems go to.
struct Spot {
  std::string_view member;
  Problems& problems;
  std::optional<std::size_t> index{};

  [[nodiscard]] std::string pointer() const;
  void refuse(std::string message, std::string hint = {}) const;
};

/// Text as JSON; what is wrong with it otherwise, in words that follow "the step" or "the manifest".
tl::expected<nlohmann::json, Problem> parse_json(std::string_view text);

/// A value as a message shows it: `the number 5`, `"text"`, `a list`.
std::string shown(const nlohmann::json& value);

/// A JSON string or {"base64": "…"}; nullopt and a problem otherwise, or where there is a NUL in it.
std::optional<std::string> read_bytes(const nlohmann::json& value, const Spot& spot);
std::optional<std::size_t> read_word(const nlohmann::json& value, std::span<const std::string_view> words,
                                     const Spot& spot);

void read(const nlohmann::json& value, std::string& to, const Spot& spot);
void read(const nlohmann::json& value, std::int64_t& to, const Spot& spot);
void read(const nlohmann::json& value, steps::Size& to, const Spot& spot);
void read(const nlohmann::json& value, steps::Mode& to, const Spot& spot);
void read(const nlohmann::json& value, steps::Object& to, const Spot& spot);
void read(const nlohmann::json& value, steps::Path& to, const Spot& spot);
void read(const nlohmann::json& value, steps::HostPath& to, const Spot& spot);
void read(const nlohmann::json& value, steps::Reference& to, const Spot& spot);

template <class E>
requires std::is_enum_v<E>
void read(const nlohmann::json& value, E& to, const Spot& spot) {
  if (const auto index = read_word(value, steps::Words<E>::words, spot)) to = static_cast<E>(*index);
}

template <class T>
void read(const nlohmann::json& value, std::optional<T>& to, const Spot& spot) {
  read(value, to.emplace(), spot);
}

template <class T>
void read(const nlohmann::json& value, std::vector<T>& to, const Spot& spot) {
  if (!value.is_array()) return spot.refuse("is " + shown(value) + "; expected a list");
  for (std::size_t i = 0; i < value.size(); ++i) {
    read(value[i], to.emplace_back(), Spot{spot.member, spot.problems, i});
  }
}

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

/// Whether a name may stand behind "@" and in "as": letters, digits, "_", "-" and ".".
bool is_result_name(std::string_view name);

}  // namespace slipway::host
