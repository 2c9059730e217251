// The facts that slipway tells plugins, member by member, and the abilities of this ABI, as tables.
#pragma once

#include <span>
#include <string_view>

namespace slipway::host {

struct FactMember {
  std::string_view path;  ///< below the fact: "layers/*/diff_id"; "*" is any index or name
  std::string_view type;  ///< "text", "boolean", "integer", "list", "object"
  std::string_view meaning;
  std::string_view absent;                    ///< when it is not there; empty: it always is
  std::string_view unit{};                    ///< of an integer: "bytes"
  std::span<const std::string_view> words{};  ///< the values that a text has, where these are all
  std::string_view word{};                    ///< by which a manifest may need it alone: "image.layers"
};

struct Fact {
  std::string_view name;
  std::string_view meaning;
  std::string_view provider;
  std::span<const FactMember> members;
};

struct Ability {
  std::string_view name;
  std::string_view stage;
  std::string_view meaning;
  std::string_view details;
  std::string_view face;  ///< of the C++ face: what stands for it there
};

std::span<const Fact> facts();
std::span<const Ability> abilities();

/// The words for them in a manifest's `needs`, without the tables behind: what every start links.
std::span<const std::string_view> fact_words();
std::span<const std::string_view> ability_words();

}  // namespace slipway::host
