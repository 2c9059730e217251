#include <algorithm>

#include "core/config/value.hpp"

namespace slipway::config {

Places::Places() { sources_.push_back(Source{}); }

std::uint32_t Places::add(Source source) {
  sources_.push_back(std::move(source));
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

std::string_view Places::set_text(std::uint32_t number, std::string text) {
  return sources_.at(number).text = std::move(text);
}

const Origin* Places::find(std::string_view pointer) const {
  const auto found = origins_.find(pointer);
  return found == origins_.end() ? nullptr : &found->second;
}

Origin Places::nearest(std::string_view pointer) const {
  while (true) {
    if (const Origin* origin = find(pointer); origin != nullptr) return *origin;
    if (pointer.empty()) return Origin{};
    pointer = parent(pointer);
  }
}

void Places::forget(std::string_view pointer) {
  // '0' follows '/' in ASCII: what begins with "pointer/" sorts between "pointer/" and "pointer0".
  const std::string below = std::string(pointer) + "/";
  const std::string behind = std::string(pointer) + "0";
  origins_.erase(origins_.lower_bound(below), origins_.lower_bound(behind));
  if (const auto found = origins_.find(pointer); found != origins_.end()) origins_.erase(found);
}

Places::Map Places::below(std::string_view pointer) const {
  Map copies;
  if (const Origin* own = find(pointer); own != nullptr) copies.emplace("", *own);
  const std::string prefix = std::string(pointer) + "/";
  for (auto at = origins_.lower_bound(prefix); at != origins_.end() && at->first.starts_with(prefix); ++at) {
    copies.emplace(at->first.substr(pointer.size()), at->second);
  }
  return copies;
}

void Places::take(Map&& origins) {
  if (origins_.empty()) {
    origins_ = std::move(origins);
    return;
  }
  for (auto& [pointer, origin] : origins) origins_.insert_or_assign(pointer, origin);
}

Place Places::place(Spot spot) const {
  const Source& source = sources_.at(spot.source);
  Place place{source.kind, source.name};
  if (source.kind != Place::Source::file || source.text.empty()) return place;
  const std::string_view before = std::string_view(source.text).substr(0, spot.offset);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  place.line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
  place.column = static_cast<std::uint32_t>(before.size() - line_start + 1);
  return place;
}

std::string member(std::string_view pointer, std::string_view key) {
  std::string longer;
  longer.reserve(pointer.size() + 1 + key.size());
  longer.append(pointer).push_back('/');
  for (const char c : key) {
    if (c == '~')
      longer += "~0";
    else if (c == '/')
      longer += "~1";
    else
      longer += c;
  }
  return longer;
}

std::string member(std::string_view pointer, std::size_t index) { return member(pointer, std::to_string(index)); }

std::string_view parent(std::string_view pointer) {
  const std::size_t slash = pointer.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : pointer.substr(0, slash);
}

}  // namespace slipway::config
