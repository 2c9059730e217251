// The validator decides whether options fit their schema; the words are ours. It reports a parent's failure beside the
// child's, says in prose which key it did not like and never what is allowed: so its report is taken as a list of
// pointers, and what is wrong there is read off the schema.
#define VALIJSON_USE_EXCEPTIONS 1
#include <algorithm>
#include <map>
#include <regex>

// valijson takes remainder(3) for "multipleOf", which is none of the words that schemas of options are made of
// (check_schema.cpp). This one is found before that: a shared libm is a further library to map at each start, and the
// static one takes private symbols of the glibc that it was built with, and so binds the program to exactly that.
namespace valijson {
inline double remainder(double /*dividend*/, double /*divisor*/) { return 1; }  // a multiple of nothing
}  // namespace valijson

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "core/config/example.hpp"
#include "core/config/explain_value.hpp"
#include "core/config/options.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;
using Path = std::vector<std::string>;

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

// What a right word looks like is shown best by an example, and what the option takes is said by its description, or
// that of the list in which it stands. The pattern itself says what none of them may: which words are right.
std::string pattern_words(const json& schema, const json& value, const std::string& description) {
  const std::string pattern = schema["pattern"].get<std::string>();
  if (const auto example = example_of(schema))
    return "expected text as in " + describe(*example) + ", found " + describe(value) + "; the form is " + pattern;
  if (!description.empty()) return describe(value) + " is not of the form " + pattern;
  return "expected text of the form " + pattern + ", found " + describe(value);
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
    problems.push_back({pointer, OptionProblem::Where::value, pattern_words(schema, value, description), description});
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
    explain_value(*node.schema, *node.value, node.pointer, node.list, problems);
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
