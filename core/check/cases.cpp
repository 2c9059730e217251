#include "core/check/cases.hpp"

#include <algorithm>
#include <set>

#include "core/check/images.hpp"
#include "core/config/options.hpp"
#include "sdk/testing/facts.hpp"
#include "sdk/testing/shown_source.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;

constexpr std::size_t kMostSets = 40;

bool fits(const json& schema, const json& options) { return config::check_options(schema, options).empty(); }

// Whether a value may stand alone as an option of that schema.
bool value_fits(const json& schema, const json& value) {
  const json around = {{"type", "object"}, {"additionalProperties", false}, {"properties", {{"one", schema}}}};
  return fits(around, {{"one", value}});
}

void keep_fitting(const json& schema, std::vector<json> candidates, std::vector<json>& values) {
  for (json& candidate : candidates) {
    if (value_fits(schema, candidate)) values.push_back(std::move(candidate));
  }
}

std::vector<json> values_of(const json& schema);

json object_of(const json& schema) {
  json object = json::object();
  const json required = schema.value("required", json::array());
  const json properties = schema.value("properties", json::object());
  for (const json& name : required) {
    const auto property = properties.find(name.get<std::string>());
    const std::vector<json> values = property == properties.end() ? std::vector<json>() : values_of(*property);
    if (!values.empty()) object[name.get<std::string>()] = values.front();
  }
  return object;
}

// A few values that a schema allows, as different from each other as it lets them be.
std::vector<json> values_of(const json& schema) {
  std::vector<json> values;
  if (schema.contains("enum")) return schema["enum"].get<std::vector<json>>();
  if (schema.contains("oneOf")) {
    for (const json& choice : schema["oneOf"]) keep_fitting(schema, values_of(choice), values);
    return values;
  }
  const std::string type = schema.value("type", "");
  if (type == "boolean") return {false, true};
  if (type == "integer" || type == "number")
    keep_fitting(schema, {0, 1, schema.value("minimum", json(-1)), schema.value("maximum", json(4096))}, values);
  if (type == "string")
    keep_fitting(schema, {"/tmp", "1", "NAME=value", "64M", "a", "", "/a:/b", "127.0.0.1", "sha256:0", "0755"}, values);
  if (type == "array") {
    const std::vector<json> items = values_of(schema.value("items", json::object()));
    keep_fitting(schema, {json::array(), json(items)}, values);
    if (!items.empty()) keep_fitting(schema, {json::array({items.front()})}, values);
  }
  if (type == "object") keep_fitting(schema, {object_of(schema)}, values);
  return values;
}

struct Options {
  std::string name{};
  json value{};
  bool is_guessed = false;
  bool is_basic = false;
};

// Whether there is a text in it that the schema does not describe.
bool has_free_text(const json& schema) {
  if (schema.value("type", "") == "string") return !schema.contains("enum");
  if (schema.contains("items")) return has_free_text(schema["items"]);
  const auto any = [](const json& schemas) {
    return std::any_of(schemas.begin(), schemas.end(), [](const json& one) { return has_free_text(one); });
  };
  return any(schema.value("properties", json::object())) || any(schema.value("oneOf", json::array()));
}

// The defaults; then each option with each of its values; then what the command line gave.
std::vector<Options> options_of(const Subject& subject) {
  const json& schema = *subject.manifest.options;
  const json first = object_of(schema);
  std::vector<Options> sets{{"defaults", first, !first.empty(), true}};
  const json properties = schema.value("properties", json::object());
  for (const auto& [name, property] : properties.items()) {
    for (const json& value : values_of(property)) {
      json one = first;
      one[name] = value;
      if (fits(schema, one) && one != first)
        sets.push_back({name + "=" + printable(value.dump(), 40), one, has_free_text(property), false});
    }
  }
  if (sets.size() > kMostSets) sets.resize(kMostSets);
  for (const std::string& given : subject.wishes.options) {
    sets.insert(sets.begin(), {"--options " + printable(given, 60), json::parse(given), false, true});
  }
  for (Options& one : sets) {
    config::Places places;
    config::complete_options(schema, one.value, "", places);
  }
  return sets;
}

struct Host {
  std::string name{};
  json facts{};
};

std::vector<Host> hosts() {
  std::vector<Host> all;
  for (const testing::RecordedFacts& one : testing::recorded_facts())
    all.push_back({std::string(one.name), json::parse(one.json, nullptr, true, true)});
  return all;
}

}  // namespace

namespace {

std::vector<Case> image_cases(const std::vector<Options>& sets) {
  std::vector<Case> cases;
  const auto add = [&cases](const ReferenceImage& image, const Options& options) {
    cases.push_back({image.name + ", " + options.name,
                     {{"options", options.value}, {"facts", {{"source", testing::fact_of(image.source)}}}},
                     &image.source,
                     options.is_guessed,
                     options.is_basic});
  };
  for (const ReferenceImage& image : reference_images()) add(image, sets.front());
  for (std::size_t i = 1; i < sets.size(); ++i) add(reference_images().front(), sets[i]);
  return cases;
}

std::vector<Case> planning_cases(const std::vector<Options>& sets) {
  std::vector<Case> cases;
  const std::vector<Host> all = hosts();
  const auto add = [&cases](const Host& host, const Options& options) {
    cases.push_back({host.name + ", " + options.name,
                     {{"options", options.value}, {"facts", host.facts}},
                     nullptr,
                     options.is_guessed,
                     options.is_basic});
  };
  for (const Options& options : sets) add(all.front(), options);
  for (std::size_t i = 1; i < all.size(); ++i) add(all[i], sets.front());
  return cases;
}

}  // namespace

std::vector<Case> reference_cases(const Subject& subject) {
  const std::vector<Options> sets = options_of(subject);
  return subject.is_image() ? image_cases(sets) : planning_cases(sets);
}

std::vector<Case> cases_without_facts(const Subject& subject) {
  std::vector<Case> cases;
  const Case whole = reference_cases(subject).front();
  const auto without = [&](const std::string& pointer) {
    json document = whole.document;
    const json::json_pointer at("/facts" + pointer);
    document.at(at.parent_pointer()).erase(at.back());
    cases.push_back({"without " + at.to_string(), std::move(document), whole.source});
  };
  for (const auto& [name, fact] : whole.document["facts"].items()) {
    without("/" + name);
    for (const auto& [member, unused] : fact.items()) without(std::string("/").append(name).append("/").append(member));
  }
  return cases;
}

json Fuzzer::value(int depth) {
  constexpr std::int64_t kLarge = 0x7fffffffffffffff;
  switch (below(depth > 0 ? 12 : 10)) {
    case 0:
      return nullptr;
    case 1:
      return below(2) == 0;
    case 2:
      return kLarge;
    case 3:
      return -kLarge - 1;
    case 4:
      return static_cast<std::int64_t>(below(100));
    case 5:
      return 1e308;
    case 6:
      return "";
    case 7:
      return std::string(below(5000), 'x');
    case 8:
      return std::string("/../\x01\x7f\u00e9\"\\\n%s%n");
    case 9:
      return json::array();
    case 10: {
      json list = json::array();
      for (std::size_t i = below(6); i > 0; --i) list.push_back(value(depth - 1));
      return list;
    }
    default:
      return {{"name", value(depth - 1)}, {"", value(depth - 1)}};
  }
}

// One place of the document, any, gets another value or goes away.
std::string Fuzzer::mutate(json& document) {
  const json flat = document.flatten();
  std::set<std::string> places;
  for (const auto& [pointer, unused] : flat.items()) {
    places.insert(pointer);
    for (std::size_t at = pointer.find('/', 1); at != std::string::npos; at = pointer.find('/', at + 1))
      places.insert(pointer.substr(0, at));
  }
  places.erase("");
  const std::vector<std::string> pointers(places.begin(), places.end());
  if (pointers.empty()) return "nothing";
  const json::json_pointer at(pointers[below(pointers.size())]);
  if (below(4) == 0 && document[at.parent_pointer()].is_object()) {
    document[at.parent_pointer()].erase(at.back());
    return at.to_string() + " gone";
  }
  constexpr int kDeepest = 3;
  document[at] = value(kDeepest);
  return at.to_string() + " = " + printable(document[at].dump(-1, ' ', true, json::error_handler_t::replace), 60);
}

Case Fuzzer::next() {
  Case one = base_[below(base_.size())];
  std::string what;
  for (std::size_t i = below(3) + 1; i > 0; --i) {
    what += (what.empty() ? "" : "; ") + mutate(one.document);
    if (!one.document.is_object()) one.document = json::object();
  }
  one.name = what;
  return one;
}

}  // namespace slipway::check
