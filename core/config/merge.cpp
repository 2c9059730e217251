#include "core/config/merge.hpp"

#include <algorithm>
#include <utility>

#include "core/config/override.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

bool names_other_plugin(const json& base, const json& over) {
  const auto old_use = base.find("use");
  const auto new_use = over.find("use");
  return old_use != base.end() && new_use != over.end() && *old_use != *new_use;
}

constexpr std::size_t kEntryDepth = 1;

// Options without "use" are for the one plugin that is there, whether it was written as an object or as a list of one.
void unwrap_list_of_one(Places& places, json& base, const json& over, const std::string& pointer) {
  if (!base.is_array() || base.size() != 1 || !base[0].is_object()) return;
  if (!over.is_object() || over.contains("use") || !takes_list(std::string_view(pointer).substr(1))) return;
  const Places::Map origins = places.below(member(pointer, std::size_t{0}));
  places.forget(pointer);
  for (const auto& [rest, origin] : origins) places.put(pointer + rest, origin);
  base = std::exchange(base[0], json());
}

void merge_into(Places& places, json& base, json&& over, const std::string& pointer, std::size_t depth) {
  if (depth == kEntryDepth) unwrap_list_of_one(places, base, over, pointer);
  const bool both_objects = base.is_object() && over.is_object();
  if (!both_objects || (depth == kEntryDepth && names_other_plugin(base, over))) {
    places.forget(pointer);
    base = std::move(over);
    return;
  }
  for (auto& [key, value] : over.get_ref<json::object_t&>()) {
    const auto found = base.find(key);
    if (found == base.end()) {
      base.get_ref<json::object_t&>().emplace(key, std::move(value));
    } else {
      merge_into(places, *found, std::move(value), member(pointer, key), depth + 1);
    }
  }
}

}  // namespace

void merge(Value& base, json&& over, Places::Map&& origins) {
  merge_into(base.places, base.value, std::move(over), "", 0);
  base.places.take(std::move(origins));
}

void merge_part(Value& base, json& node, const std::string& pointer, Part part, json&& over, Places::Map&& origins) {
  merge_into(base.places, node, std::move(over), pointer, part == Part::entry ? kEntryDepth : kEntryDepth + 1);
  base.places.take(std::move(origins));
}

void use_plugin(Value& base, json& entry, const std::string& pointer, const std::string& plugin, Spot spot) {
  const auto old_use = entry.is_object() ? entry.find("use") : entry.end();
  if (!entry.is_object() || (old_use != entry.end() && *old_use != plugin)) {
    base.places.forget(pointer);
    entry = json::object();
    base.places.put(pointer, Origin{spot, spot.offset});
  }
  entry["use"] = plugin;
  base.places.put(member(pointer, "use"), Origin{spot, spot.offset});
}

}  // namespace slipway::config
