#include "core/config/collector.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace slipway::config {

void Collector::at(Spot spot, std::string pointer, std::string message, std::string hint) {
  Finding finding;
  finding.pointer = std::move(pointer);
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  items_.push_back({spot, std::move(finding)});
}

void Collector::at_value(const Places& places, std::string_view pointer, std::string message, std::string hint) {
  at(places.nearest(pointer).value, std::string(pointer), std::move(message), std::move(hint));
}

void Collector::at_key(const Places& places, std::string_view pointer, std::string message, std::string hint) {
  const Origin origin = places.nearest(pointer);
  at(Spot{origin.value.source, origin.key_offset}, std::string(pointer), std::move(message), std::move(hint));
}

void Collector::missing(const Places& places, std::string_view pointer, std::string message, std::string hint) {
  Origin origin = places.nearest(pointer);
  // "default: image: … is missing" would send nobody anywhere; the file's own top does.
  if (places.source(origin.value.source).kind == Place::Source::builtin) origin = places.nearest("");
  at(origin.value, std::string(pointer), std::move(message), std::move(hint));
}

Findings Collector::findings(const Places& places) && {
  const auto order = [&](const Item& item) {
    const bool builtin = places.source(item.spot.source).kind == Place::Source::builtin;
    return std::tuple(builtin ? std::numeric_limits<std::uint32_t>::max() : item.spot.source, item.spot.offset);
  };
  std::stable_sort(items_.begin(), items_.end(), [&](const Item& a, const Item& b) { return order(a) < order(b); });
  Findings findings;
  findings.reserve(items_.size());
  for (Item& item : items_) {
    item.finding.place = places.place(item.spot);
    findings.push_back(std::move(item.finding));
  }
  return findings;
}

}  // namespace slipway::config
