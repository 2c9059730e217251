#include "core/config/variables.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/config/parse.hpp"
#include "core/config/words.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

constexpr const char* kLiteral = R"("$${" stands for "${" itself)";
constexpr std::size_t kMostFilled = 4 * kLargestText;  // in all: variables made of variables grow quickly

struct Measure {
  std::size_t depth = 0;
  std::size_t bytes = 0;  // roughly
};

// NOLINTNEXTLINE(misc-no-recursion): as deep as kDeepestNesting
Measure measure(const json& value) {
  if (value.is_string()) return {0, value.get_ref<const std::string&>().size() + 1};
  Measure sum{0, 1};
  if (!value.is_structured()) return sum;
  for (const json& part : value) {
    const Measure inner = measure(part);
    sum.depth = std::max(sum.depth, inner.depth + 1);
    sum.bytes += inner.bytes;
  }
  return sum;
}

class Variables {
 public:
  Variables(Value& document, Collector& collector) : document_(document), collector_(collector) {}

  void take() {
    const auto found = document_.value.find("vars");
    if (found == document_.value.end()) return;
    json vars = std::move(*found);
    document_.value.erase(found);
    if (!vars.is_object()) {
      collector_.at_value(document_.places, "/vars", "expected an object, found " + describe(vars),
                          R"("vars": {"name": VALUE}; null where every run must say it)");
      return;
    }
    for (auto& [name, value] : vars.get_ref<json::object_t&>()) {
      if (!is_name(name)) {
        collector_.at_key(document_.places, member("/vars", name), "expected a variable's name, found " + quote(name),
                          kNameHint);
      }
      names_.push_back(name);
      open_.emplace(name, std::move(value));
    }
  }

  [[nodiscard]] bool exec_was_typed() const { return exec_was_typed_; }

  // In all strings below `node`.
  void fill_in(json& node, const std::string& pointer, std::size_t depth = 0) {
    if (node.is_object()) {
      for (auto& [key, value] : node.get_ref<json::object_t&>()) fill_in(value, member(pointer, key), depth + 1);
    } else if (node.is_array()) {
      for (std::size_t i = 0; i < node.size(); ++i) fill_in(node[i], member(pointer, i), depth + 1);
    } else if (node.is_string() && is_from_file(pointer)) {
      fill_in_text(node, pointer, depth);
    }
  }

 private:
  // A variable's value, with the variables in it filled in, and where it was written.
  struct Known {
    json value{};
    Spot spot{};
    Measure measure{};
    bool typed = false;  // on the command line, in whole or in part
  };

  bool is_from_file(const std::string& pointer) const {
    return document_.places.source(document_.places.nearest(pointer).value.source).kind == Place::Source::file;
  }

  void tell(const std::string& pointer, const std::string& message, const std::string& hint) {
    collector_.at_value(document_.places, pointer, message, hint);
  }

  void fill_in_text(json& node, const std::string& pointer, std::size_t depth) {
    const std::string text = node.get<std::string>();
    if (text.find("${") == std::string::npos) return;
    if (text.starts_with("${") && text.find('}') == text.size() - 1) {
      const Known* known = look_up(text.substr(2, text.size() - 3), pointer);
      if (known == nullptr || !has_room(*known, pointer, depth)) return;
      note_use(*known, pointer);
      node = known->value;
      document_.places.forget(pointer);
      document_.places.put(pointer, Origin{known->spot, known->spot.offset});
      return;
    }
    if (auto filled = filled_in(text, pointer)) node = std::move(*filled);
  }

  void note_use(const Known& known, const std::string& pointer) {
    if (!known.typed) return;
    if (pointer.starts_with("/exec")) exec_was_typed_ = true;
    for (const std::string& name : in_progress_) typed_.insert(name);
  }

  bool has_room(const Known& known, const std::string& pointer, std::size_t depth) {
    const bool is_deep = depth + known.measure.depth > kDeepestNesting;
    if (is_deep) stop(pointer, "with its variables filled in this is nested deeper than " + levels());
    return !is_deep && takes(known.measure.bytes, pointer);
  }

  bool takes(std::size_t bytes, const std::string& pointer) {
    filled_ += bytes;
    if (filled_ <= kMostFilled) return true;
    stop(pointer, "with its variables filled in the pipeline is longer than 4 MiB");
    return false;
  }

  static std::string levels() { return std::to_string(kDeepestNesting) + " levels"; }

  // Of what goes too far once is enough.
  void stop(const std::string& pointer, const std::string& message) {
    if (!is_stopped_)
      tell(pointer, message, "variables that are made of variables grow quickly; write some of them out");
    is_stopped_ = true;
  }

  std::optional<std::string> filled_in(std::string_view text, const std::string& pointer) {
    std::string filled;
    bool whole = true;
    while (!text.empty()) {
      const std::size_t at = text.find("${");
      filled += text.substr(0, at);
      if (at == std::string_view::npos) break;
      if (at > 0 && text[at - 1] == '$') {  // "$${": one of the two is there already
        filled += "{";
        text.remove_prefix(at + 2);
        continue;
      }
      const std::size_t end = text.find('}', at);
      if (end == std::string_view::npos) {
        tell(pointer, R"("${" without a "}" in )" + describe(json(text)), kLiteral);
        return std::nullopt;
      }
      const std::string name(text.substr(at + 2, end - at - 2));
      const auto value = as_text(name, pointer);
      whole = whole && value;
      if (value && !takes(value->size() + text.size(), pointer)) return std::nullopt;
      filled += value.value_or("");
      text.remove_prefix(end + 1);
    }
    return whole ? std::optional(std::move(filled)) : std::nullopt;
  }

  std::optional<std::string> as_text(const std::string& name, const std::string& pointer) {
    const Known* known = look_up(name, pointer);
    if (known == nullptr) return std::nullopt;
    note_use(*known, pointer);
    if (known->value.is_string()) return known->value.get<std::string>();
    if (!known->value.is_structured()) return known->value.dump();
    tell(pointer,
         "the variable " + quote(name) + " is " + describe(known->value) + ", which cannot stand within a string",
         "alone in its string it can: \"${" + printable(name, 64) + "}\"");
    return std::nullopt;
  }

  // In whole or in part: --set vars.list.1=x.
  bool was_typed(const std::string& pointer) const {
    const Places::Map places = document_.places.below(pointer);
    return std::any_of(places.begin(), places.end(), [this](const auto& entry) {
      return document_.places.source(entry.second.value.source).kind == Place::Source::command_line;
    });
  }

  // Told once of each variable that has no value, wherever it is used.
  const Known* look_up(const std::string& name, const std::string& pointer) {
    if (const auto found = known_.find(name); found != known_.end()) return &found->second;
    if (without_value_.contains(name)) return nullptr;
    const auto found = open_.find(name);
    if (found == open_.end()) {
      tell(pointer, "there is no variable " + quote(name),
           is_name(name) && !names_.empty() ? allowed_hint(name, names_) : std::string(kLiteral));
      return nullptr;
    }
    const std::string own = member("/vars", name);
    if (found->second.is_null()) {
      without_value_.insert(name);
      tell(own, "the variable " + quote(name) + " has no value",
           "give it one: --var " + printable(name, 64) + "=VALUE");
      return nullptr;
    }
    if (!in_progress_.insert(name).second) {
      tell(own, "the variable " + quote(name) + " is made from itself",
           "write its value out in one of those that make the circle");
      without_value_.insert(name);
      return nullptr;
    }
    if (in_progress_.size() > kDeepestNesting) {
      stop(own, "variables are made of variables deeper than " + levels());
      in_progress_.erase(name);
      without_value_.insert(name);
      return nullptr;
    }
    json value = found->second;
    fill_in(value, own);
    in_progress_.erase(name);
    if (without_value_.contains(name)) return nullptr;
    Known known{std::move(value), document_.places.nearest(own).value, {}, typed_.contains(name)};
    known.typed = known.typed || was_typed(own);
    known.measure = measure(known.value);
    return &known_.emplace(name, std::move(known)).first->second;
  }

  Value& document_;
  Collector& collector_;
  std::vector<std::string> names_{};
  std::map<std::string, json> open_{};  // as declared
  std::map<std::string, Known> known_{};
  std::set<std::string> in_progress_{};
  std::set<std::string> without_value_{};
  std::set<std::string> typed_{};  // those that have something of the command line's in them
  std::size_t filled_ = 0;
  bool exec_was_typed_ = false;
  bool is_stopped_ = false;
};

}  // namespace

bool fill_in_variables(Value& document, Collector& collector) {
  if (!document.value.is_object()) return false;
  Variables variables(document, collector);
  variables.take();
  variables.fill_in(document.value, "");
  return variables.exec_was_typed();
}

}  // namespace slipway::config
