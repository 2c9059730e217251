// A step as JSON text, written from the tables of its shape. Members that have their default are left out.
#ifndef SLIPWAY_STEP_JSON_HPP
#define SLIPWAY_STEP_JSON_HPP

#include <initializer_list>
#include <slipway/steps.hpp>
#include <slipway/text.hpp>

namespace slipway {
namespace detail {

inline void append_value(std::string& json, std::int64_t value) { json += std::to_string(value); }
inline void append_value(std::string& json, const steps::Size& size) { json += std::to_string(size.bytes); }
inline void append_value(std::string& json, const std::string& text) { append_json_bytes(json, text); }
inline void append_value(std::string& json, const steps::Path& path) { append_json_bytes(json, path.text); }
inline void append_value(std::string& json, const steps::HostPath& path) { append_json_bytes(json, path.text); }
inline void append_value(std::string& json, const steps::Object& object) { json += object.text; }
inline void append_value(std::string& json, const steps::Reference& reference) {
  append_json_string(json, "@" + reference.name);
}

inline void append_value(std::string& json, const steps::Mode& mode) {
  std::string digits;
  for (std::uint32_t bits = mode.bits; bits != 0 || digits.size() < 4; bits >>= 3U) {
    digits.insert(digits.begin(), static_cast<char>('0' + (bits & 7U)));
  }
  append_json_string(json, digits);
}

template <class E>
requires std::is_enum_v<E>
void append_value(std::string& json, E value) {
  append_json_string(json, steps::Words<E>::words.at(static_cast<std::size_t>(value)));
}

template <class T>
void append_value(std::string& json, const std::optional<T>& value) {
  append_value(json, *value);  // never empty here: that is its default
}

template <class T>
void append_value(std::string& json, const std::vector<T>& values) {
  json += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) json += ',';
    append_value(json, values[i]);
  }
  json += ']';
}

template <class T>
void append_member(std::string& json, std::string_view name, const T& value) {
  json += ',';
  append_json_string(json, name);
  json += ':';
  append_value(json, value);
}

}  // namespace detail

/// A value of a call's arguments.
using Argument = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

/// `{{"name", "tap0"}, {"queues", 2}}` as the arguments of a call.
inline steps::Object arguments(std::initializer_list<std::pair<std::string_view, Argument>> members) {
  std::string json = "{";
  for (const auto& [name, value] : members) {
    if (json.size() > 1) json += ',';
    append_json_string(json, name);
    json += ':';
    std::visit(
        [&json](const auto& one) {
          if constexpr (std::is_same_v<decltype(one), const bool&>)
            json += one ? "true" : "false";
          else
            detail::append_value(json, one);
        },
        value);
  }
  return {json + "}"};
}

/// `{"type":"bind","source":"/dev/null","target":"/dev/null"}`; `phase` stands in it only where given.
template <class S>
std::string step_json(const S& step, const steps::Common& common = {}, std::optional<steps::Phase> phase = {}) {
  const S defaults{};
  std::string json = R"({"type":)";
  append_json_string(json, steps::Shape<S>::type);
  std::apply(
      [&](const auto&... field) {
        ((field.need == steps::Need::required || !(step.*field.member == defaults.*field.member)
              ? detail::append_member(json, field.name, step.*field.member)
              : void()),
         ...);
      },
      steps::Shape<S>::fields);
  if (phase) detail::append_member(json, "phase", *phase);
  if (!common.as.empty()) detail::append_member(json, "as", common.as);
  if (!common.from.empty()) detail::append_member(json, "from", common.from);
  if (!common.after.empty()) detail::append_member(json, "after", common.after);
  if (!common.replaces.empty()) detail::append_member(json, "replaces", common.replaces);
  json += '}';
  return json;
}

}  // namespace slipway

#endif
