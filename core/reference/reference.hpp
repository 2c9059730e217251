// The reference of what plugins are written with: steps, phases, facts, stages, abilities. Made of the tables that
// slipway itself goes by, so it says what this slipway does; knows nothing of command lines.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::reference {

inline constexpr auto kTopics = std::to_array<std::string_view>({"steps", "phases", "facts", "stages", "abilities"});

/// In the order in which they are shown; empty where there is no such topic.
std::vector<std::string> names_of(std::string_view topic);

/// What one topic has, or one of its names; with neither an overview. For people, in lines of at most 100 columns.
std::string to_text(std::string_view topic, std::string_view name);
/// For programs: an object of all topics, a topic's list, or one object of it.
std::string to_json(std::string_view topic, std::string_view name);
/// A page: of one topic, or of all.
std::string to_markdown(std::string_view topic);

}  // namespace slipway::reference
