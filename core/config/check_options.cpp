// The validator decides whether options fit their schema; the words are ours. It reports a parent's failure beside the
// child's, says in prose which key it did not like and never what is allowed: so its report is taken as a list of
// pointers, and what is wrong there is read off the schema.
#define VALIJSON_USE_EXCEPTIONS 1
#include <algorithm>
#include <map>
#include <regex>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "core/config/options.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;
using Path = std::vector<std::string>;

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

/// Words for one value of which the validator said that it does not fit, leaving its members aside.
class Explainer {
 public:
  /// `outer`: what describes the list that the value stands in, for entries without a description of their own.
  Explainer(const json& schema, const json& value, std::string pointer, std::string outer,
            std::vector<OptionProblem>& problems)
      : schema_(fitting_schema(schema, value)),
        value_(value),
        pointer_(std::move(pointer)),
        outer_(std::move(outer)),
        problems_(problems) {}

  void explain() {
    if (schema_.contains("oneOf")) return choices();
    if (!has_type(schema_, value_)) return tell("expected " + type_words(schema_["type"]));
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

// valijson's context is "<root>" and then each member or index in brackets.
Path path_of(const std::vector<std::string>& context) {
  Path path;
  for (std::size_t i = 1; i < context.size(); ++i) path.push_back(context[i].substr(1, context[i].size() - 2));
  return path;
}

bool begins_with(const Path& path, const Path& beginning) {
  return path.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), path.begin());
}

// libstdc++'s other matcher: the usual one recurses once a character, so that a long text overflows the stack, and
// takes exponential time for some patterns. This one does neither, and knows no back-references.
std::regex compile(const std::string& pattern) {
  return std::regex(pattern, std::regex_constants::ECMAScript | std::regex_constants::__polynomial);
}

// valijson would match patterns with the usual matcher; they are left to check_patterns.
void drop_patterns(json& schema) {
  if (!schema.is_object()) return;
  schema.erase("pattern");
  if (const auto items = schema.find("items"); items != schema.end()) drop_patterns(*items);
  if (const auto inner = schema.find("properties"); inner != schema.end()) {
    for (json& property : *inner) drop_patterns(property);
  }
  if (const auto choices = schema.find("oneOf"); choices != schema.end()) {
    for (json& choice : *choices) drop_patterns(choice);
  }
}

// A regular expression is no answer to somebody who gave a wrong word: what the option takes is said by its
// description, or that of the list in which it stands. One without any has nothing but the pattern.
std::string pattern_words(const json& pattern, const json& value, const std::string& description) {
  if (!description.empty()) return describe(value) + " is not of the form that is asked for";
  return "expected text of the form " + pattern.get<std::string>() + ", found " + describe(value);
}

void check_patterns(const json& whole, const json& value, const std::string& pointer,
                    std::vector<OptionProblem>& problems, const std::string& outer = {}) {
  const json& schema = fitting_schema(whole, value);
  const std::string description = schema.value("description", outer);
  if (value.is_string()) {
    const auto pattern = schema.find("pattern");
    // One problem is enough for one value.
    const auto is_told = [&](const OptionProblem& problem) { return problem.pointer == pointer; };
    if (std::any_of(problems.begin(), problems.end(), is_told)) return;
    if (pattern == schema.end() || std::regex_search(value.get_ref<const std::string&>(), compile(*pattern))) return;
    problems.push_back(
        {pointer, OptionProblem::Where::value, pattern_words(*pattern, value, description), description});
  } else if (value.is_array() && schema.contains("items")) {
    for (std::size_t i = 0; i < value.size(); ++i)
      check_patterns(schema["items"], value[i], member(pointer, i), problems, description);
  } else if (value.is_object() && schema.contains("properties")) {
    for (const auto& [key, inner] : schema["properties"].items()) {
      if (const auto found = value.find(key); found != value.end())
        check_patterns(inner, *found, member(pointer, key), problems);
    }
  }
}

bool is_utf8(const json& value) {
  try {
    const std::string text = value.dump();  // refuses what is not
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

// Arguments of the command line are bytes, and valijson counts characters without looking whether they are some.
void make_ascii(json& value) {
  if (value.is_string()) {
    for (char& c : value.get_ref<std::string&>()) c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
  } else if (value.is_structured()) {
    for (json& inner : value) make_ascii(inner);
  }
}

struct Node {
  const json* schema = nullptr;
  const json* value = nullptr;
  std::string pointer{};
  std::string list{};  ///< the description of the list that the value stands in
};

Node walk(const json& schema, const json& options, const Path& path) {
  Node node{&schema, &options, {}, {}};
  for (const std::string& part : path) {
    const json& fitting = fitting_schema(*node.schema, *node.value);
    if (node.value->is_array()) {
      const std::size_t index = std::stoul(part);
      if (!fitting.contains("items") || index >= node.value->size()) break;
      node = {&fitting["items"], &(*node.value)[index], member(node.pointer, index),
              fitting.value("description", node.list)};
    } else {
      if (!fitting.contains("properties") || !fitting["properties"].contains(part) || !node.value->contains(part))
        break;
      node = {&fitting["properties"][part], &(*node.value)[part], member(node.pointer, part), {}};
    }
  }
  return node;
}

void check_structure(const json& schema, const json& options, std::vector<OptionProblem>& problems) {
  valijson::ValidationResults results;
  valijson::Schema compiled;
  valijson::SchemaParser().populateSchema(Adapter(schema), compiled);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  if (validator.validate(compiled, Adapter(options), &results)) return;
  std::map<Path, std::string> failed;
  for (const auto& error : results) failed.emplace(path_of(error.context), error.description);
  for (auto at = failed.begin(); at != failed.end(); ++at) {
    const std::size_t before = problems.size();
    const Node node = walk(schema, options, at->first);
    Explainer(*node.schema, *node.value, node.pointer, node.list, problems).explain();
    const auto next = std::next(at);
    const bool deepest = next == failed.end() || !begins_with(next->first, at->first);
    if (deepest && problems.size() == before) {
      problems.push_back({node.pointer, OptionProblem::Where::value, printable(at->second), {}});
    }
  }
}

}  // namespace

bool is_pattern(const std::string& text) {
  try {
    const std::regex pattern = compile(text);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

std::vector<OptionProblem> check_options(const json& schema, const json& options) {
  std::vector<OptionProblem> problems;
  try {
    json plain_schema = schema;
    drop_patterns(plain_schema);
    json plain_options = options;
    if (!is_utf8(options)) make_ascii(plain_options);
    check_structure(plain_schema, plain_options, problems);
    check_patterns(schema, options, {}, problems);
  } catch (const std::exception& problem) {
    // A schema that passed check_schema does not come here.
    problems.push_back({{},
                        OptionProblem::Where::value,
                        std::string("the plugin's schema of options is unusable: ") + problem.what(),
                        {}});
  }
  return problems;
}

}  // namespace slipway::config
