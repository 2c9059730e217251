#include "core/compare/outcome/json_reader.hpp"

#include <array>
#include <cstdio>

#include "core/report/report.hpp"

namespace slipway::compare {
namespace {

using Json = nlohmann::json;

/// What a value is, for people.
std::string_view kind(const Json& json) {
  if (json.is_string()) return "text";
  if (json.is_number()) return "a number";
  if (json.is_boolean()) return "true or false";
  if (json.is_array()) return "a list";
  if (json.is_object()) return "an object";
  return "nothing";
}

std::string short_form(double number) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.9g", number);
  return {text.data(), static_cast<std::size_t>(length)};
}

// Missing members lead here, so that asking on finds nothing and does no harm.
const Json& no_value() {
  static const Json none;
  return none;
}

}  // namespace

std::string JsonValue::place() const {
  if (above_ == nullptr) return {};
  std::string text = above_->place();
  if (name_.empty()) return text + "[" + std::to_string(index_) + "]";
  return text + (text.empty() ? "" : ".") + printable(name_, 64);
}

void JsonValue::wrong(const std::string& what) const {
  if (!problem_->empty()) return;
  const std::string where = place();
  *problem_ = (where.empty() ? "the whole" : where) + " " + what;
}

bool JsonValue::is_right(bool right, std::string_view wanted) const {
  if (!right) wrong("is " + std::string(kind(*json_)) + ", not " + std::string(wanted));
  return right && problem_->empty();
}

bool JsonValue::is_list(std::size_t most) const {
  if (!is_right(json_->is_array(), "a list")) return false;
  if (json_->size() > most) wrong("has more than " + std::to_string(most) + " items");
  return problem_->empty();
}

bool JsonValue::is_object(std::size_t most) const {
  if (!is_right(json_->is_object(), "an object")) return false;
  if (json_->size() > most) wrong("has more than " + std::to_string(most) + " members");
  return problem_->empty();
}

bool JsonValue::has(std::string_view name) const { return json_->is_object() && json_->contains(name); }

JsonValue JsonValue::member(std::string_view name) const {
  if (is_right(json_->is_object(), "an object")) {
    const auto found = json_->find(name);
    if (found != json_->end()) return {*found, *this, name, 0};
  }
  const JsonValue missing(no_value(), *this, name, 0);
  missing.wrong("is missing");
  return missing;
}

std::string JsonValue::text() const {
  if (!is_right(json_->is_string(), "text")) return {};
  const auto& text = json_->get_ref<const std::string&>();
  // Words of commands and names end at the first NUL wherever the kernel reads them.
  if (text.find('\0') != std::string::npos) wrong("has a NUL in it");
  return text;
}

double JsonValue::number(double least, double most) const {
  if (!is_right(json_->is_number(), "a number")) return least;
  const auto number = json_->get<double>();
  if (!(number >= least && number <= most))
    wrong("is " + short_form(number) + ", not from " + short_form(least) + " to " + short_form(most));
  return number;
}

std::uint64_t JsonValue::whole(std::uint64_t least, std::uint64_t most) const {
  const bool below_0 = json_->is_number_integer() && !json_->is_number_unsigned() && json_->get<std::int64_t>() < 0;
  if (!is_right(json_->is_number_integer() && !below_0, "a whole number from 0")) return least;
  const auto number = json_->get<std::uint64_t>();
  if (number < least || number > most) {
    wrong("is " + std::to_string(number) + ", not from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }
  return number;
}

std::vector<std::string> JsonValue::texts(std::size_t most) const {
  std::vector<std::string> list;
  each_item(most, [&](const JsonValue& item) { list.push_back(item.text()); });
  return list;
}

std::map<std::string, std::string, std::less<>> JsonValue::named_texts(std::size_t most) const {
  std::map<std::string, std::string, std::less<>> named;
  each_member(most, [&](const std::string& name, const JsonValue& value) { named[name] = value.text(); });
  return named;
}

}  // namespace slipway::compare
