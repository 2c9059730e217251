// Step types as JSON, out of their shapes.
#include <slipway/step_json.hpp>
#include <type_traits>

#include "core/reference/document.hpp"
#include "sdk/host/codec.hpp"

namespace slipway::reference {
namespace {

// The word for a member's type, and the values where these are words. Overloads, one for each type that a shape has.
template <class T>
struct Kind;
template <>
struct Kind<std::string> {
  static constexpr std::string_view word = "text";
};
template <>
struct Kind<std::int64_t> {
  static constexpr std::string_view word = "integer";
};
template <>
struct Kind<steps::Size> {
  static constexpr std::string_view word = "size";
};
template <>
struct Kind<steps::Mode> {
  static constexpr std::string_view word = "permission bits";
};
template <>
struct Kind<steps::Object> {
  static constexpr std::string_view word = "object";
};
template <>
struct Kind<steps::Path> {
  static constexpr std::string_view word = "path inside";
};
template <>
struct Kind<steps::HostPath> {
  static constexpr std::string_view word = "path on the host";
};
template <>
struct Kind<steps::Reference> {
  static constexpr std::string_view word = "reference";
};
template <class E>
requires std::is_enum_v<E>
struct Kind<E> {
  static constexpr std::string_view word = "word";
  static constexpr auto words = steps::Words<E>::words;
};
template <class T>
struct Kind<std::optional<T>> : Kind<T> {};

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

// What a member is when nobody says it; null where it is then nothing.
template <class T>
Json default_of(const T& value) {
  if (value == T{} && !std::is_enum_v<T> && !std::is_integral_v<T>) return nullptr;
  std::string json;
  detail::append_value(json, value);
  return Json::parse(json);
}
template <class T>
Json default_of(const std::optional<T>& /*value*/) {
  return nullptr;
}
Json default_of(const steps::Object& value) { return Json::parse(value.text); }
Json default_of(const steps::Mode& value) {
  std::string json;
  detail::append_value(json, value);
  return Json::parse(json);
}

template <class T>
void describe_type(Json& member) {
  if constexpr (is_list<T>) {
    describe_type<typename T::value_type>(member);
    member["list"] = true;
  } else {
    member["type"] = Kind<T>::word;
    if constexpr (requires { Kind<T>::words; }) {
      for (const std::string_view word : Kind<T>::words) member["words"].push_back(word);
    }
  }
}

template <class S, class M>
Json member_json(const steps::Field<S, M>& field) {
  Json member = {{"name", field.name}};
  describe_type<M>(member);
  const bool is_required = field.need == steps::Need::required;
  member["required"] = is_required;
  if (!is_required) {
    if (Json value = default_of(S{}.*field.member); !value.is_null()) member["default"] = std::move(value);
  }
  if (!field.unit.empty()) member["unit"] = field.unit;
  member["meaning"] = field.meaning;
  return member;
}

template <class S>
Json step_json() {
  using Shape = steps::Shape<S>;
  Json step = {{"name", Shape::type}, {"meaning", Shape::meaning}, {"details", Shape::details}};
  for (const steps::Phase phase : Shape::phases) step["phases"].push_back(host::word_of(phase));
  if constexpr (requires { Shape::result; }) step["result"] = Shape::result;
  if constexpr (requires { Shape::rights; }) step["rights"] = Shape::rights;
  std::apply([&](const auto&... field) { (step["members"].push_back(member_json(field)), ...); }, Shape::fields);
  step["errors"] = Json::array();
  if constexpr (requires { Shape::errors; }) {
    for (const steps::Refusal& one : Shape::errors) step["errors"].push_back({{"errno", one.code}, {"when", one.when}});
  }
  for (const std::string_view source : Shape::sources) step["sources"].push_back(source);
  return step;
}

template <class... S>
Json all(const std::variant<S...>* /*kind*/) {
  Json list = Json::array();
  (list.push_back(step_json<S>()), ...);
  return list;
}

}  // namespace

Json steps_json() { return all(static_cast<const steps::Step*>(nullptr)); }

Json common_json() {
  const auto member = [](const char* name, const char* type, bool list, const char* meaning) {
    Json one = {{"name", name}, {"type", type}, {"required", false}, {"meaning", meaning}};
    if (list) one["list"] = true;
    return one;
  };
  return {
      member("phase", "word", false, "one of the phases in which the type may stand; absent: the first of them"),
      member("as", "text", false,
             "names the step's result, which later steps refer to as \"@NAME\": 1 to 64 letters, digits, \"_\", "
             "\"-\" and \".\""),
      member("from", "text", false,
             "JSON pointer to the option that asked for the step: plans and errors tell that place"),
      member("after", "text", true, "OWNER:LABEL of steps that it comes after, each; it may then cover them"),
      member("replaces", "text", true, "OWNER:LABEL of steps that are not carried out, as this one stands for them")};
}

}  // namespace slipway::reference
