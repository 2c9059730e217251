// Words for a value that does not fit its schema: what was expected, read off the schema, and what was found.
#include "core/config/explain_value.hpp"

#include <algorithm>
#include <map>

#include "core/config/example.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

std::string type_words(const json& type) {
  static const std::map<std::string, std::string> kWords = {
      {"object", "an object"}, {"array", "a list"},          {"string", "a string"}, {"integer", "an integer"},
      {"number", "a number"},  {"boolean", "true or false"}, {"null", "null"}};
  if (!type.is_string()) return "another type";
  const auto found = kWords.find(type.get_ref<const std::string&>());
  return found == kWords.end() ? type.get<std::string>() : found->second;
}

bool has_type(const json& schema, const json& value) {
  const auto type = schema.find("type");
  if (type == schema.end() || !type->is_string()) return true;
  const json choice = {{"oneOf", json::array({{{"type", *type}}})}};
  return !fitting_schema(choice, value).contains("oneOf");
}

std::string number_words(const json& number) { return number.dump(); }

std::string count_words(const json& count, const char* one, const char* many) {
  return count.dump() + " " + (count == 1 ? one : many);
}

class Explainer {
 public:
  Explainer(const json& schema, const json& value, std::string pointer, std::string outer,
            std::vector<OptionProblem>& problems)
      : schema_(fitting_schema(schema, value)),
        value_(value),
        pointer_(std::move(pointer)),
        outer_(std::move(outer)),
        problems_(problems) {}

  void explain() {
    if (schema_.contains("oneOf")) return choices();
    if (!has_type(schema_, value_)) return wrong_type();
    words();
    bounds();
    if (value_.is_object()) members();
  }

 private:
  void tell(const std::string& expected, std::string hint = {}) {
    if (hint.empty()) hint = description();
    problems_.push_back(
        {pointer_, OptionProblem::Where::value, expected + ", found " + describe(value_), std::move(hint)});
  }

  void wrong_type() {
    std::string hint = description();
    if (schema_["type"] == "array") {
      hint = "a list is written " + list_written(schema_, value_) + (hint.empty() ? "" : "; " + hint);
    }
    tell("expected " + type_words(schema_["type"]), std::move(hint));
  }

  std::string description() const {
    const auto text = schema_.find("description");
    return text != schema_.end() && text->is_string() ? text->get<std::string>() : outer_;
  }

  void choices() {
    std::string types;
    const json& all = schema_["oneOf"];
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) types += i + 1 == all.size() ? " or " : ", ";
      types += type_words(all[i].value("type", json()));
    }
    tell("expected " + types);
  }

  void words() {
    const auto allowed = schema_.find("enum");
    if (allowed == schema_.end()) return;
    std::vector<std::string> names;
    for (const json& word : *allowed) {
      if (word == value_) return;
      names.push_back(word.is_string() ? word.get<std::string>() : word.dump());
    }
    std::string hint;
    if (value_.is_string()) {
      if (const auto near = nearest_word(value_.get_ref<const std::string&>(), names))
        hint = "did you mean " + quote(*near) + "?";
    }
    tell("expected " + one_of(names), std::move(hint));
  }

  // The bound, where the schema has one and the value breaks it.
  template <class Breaks>
  const json* broken(const char* keyword, Breaks breaks) const {
    const auto bound = schema_.find(keyword);
    return bound != schema_.end() && breaks(*bound) ? &*bound : nullptr;
  }

  void bounds() {
    const auto below = [&](const json& size) { return [&size](const json& bound) { return size < bound; }; };
    const auto above = [&](const json& size) { return [&size](const json& bound) { return size > bound; }; };
    if (value_.is_number()) {
      if (const json* bound = broken("minimum", below(value_))) tell("expected at least " + number_words(*bound));
      if (const json* bound = broken("maximum", above(value_))) tell("expected at most " + number_words(*bound));
    } else if (value_.is_string()) {
      const json size = characters(value_.get_ref<const std::string&>());
      if (const json* bound = broken("minLength", below(size)))
        tell("expected at least " + count_words(*bound, "character", "characters"));
      if (const json* bound = broken("maxLength", above(size)))
        tell("expected at most " + count_words(*bound, "character", "characters"));
    } else if (value_.is_array()) {
      const json size = value_.size();
      const auto entries = [&](const char* limit, const json& bound) {
        tell(std::string("expected ") + limit + " " + count_words(bound, "entry", "entries"),
             size == 0 ? "" : "it has " + size.dump());
      };
      if (const json* bound = broken("minItems", below(size))) entries("at least", *bound);
      if (const json* bound = broken("maxItems", above(size))) entries("at most", *bound);
    }
  }

  static std::size_t characters(const std::string& text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
    return count;
  }

  void members() {
    std::vector<std::string> known;
    if (const auto properties = schema_.find("properties"); properties != schema_.end()) {
      for (const auto& [key, unused] : properties->items()) known.push_back(key);
    }
    for (const auto& [key, unused] : value_.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      problems_.push_back(
          {member(pointer_, key), OptionProblem::Where::key, "unknown option " + quote(key), allowed_hint(key, known)});
    }
    const auto required = schema_.find("required");
    if (required == schema_.end()) return;
    for (const json& key : *required) {
      if (!key.is_string() || value_.contains(key.get_ref<const std::string&>())) continue;
      const json& schema = schema_["properties"].value(key.get<std::string>(), json::object());
      problems_.push_back({pointer_, OptionProblem::Where::missing,
                           "the option " + quote(key.get<std::string>()) + " is missing",
                           schema.is_object() ? schema.value("description", "") : ""});
    }
  }

  const json& schema_;
  const json& value_;
  std::string pointer_, outer_;
  std::vector<OptionProblem>& problems_;
};

}  // namespace

void explain_value(const json& schema, const json& value, const std::string& pointer, const std::string& outer,
                   std::vector<OptionProblem>& problems) {
  Explainer(schema, value, pointer, outer, problems).explain();
}

}  // namespace slipway::config
