// Reads members of a JSON document that may hold anything, and says of the first that is wrong where it stands.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::compare {

/// A value of the document and the way to it. After the first problem all answers are empty: nobody needs to ask
/// between one member and the next. A member must not outlive the value that it was taken from.
class JsonValue {
 public:
  using Json = nlohmann::json;

  /// `problem` takes the first thing that is wrong: "runs[17].figures.wall is text, not a number".
  JsonValue(const Json& json, std::string& problem) : json_(&json), problem_(&problem) {}

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] JsonValue member(std::string_view name) const;  ///< a problem where it is missing

  [[nodiscard]] std::string text() const;
  [[nodiscard]] double number(double least, double most) const;
  [[nodiscard]] std::uint64_t whole(std::uint64_t least, std::uint64_t most) const;
  [[nodiscard]] std::vector<std::string> texts(std::size_t most) const;
  [[nodiscard]] std::map<std::string, std::string, std::less<>> named_texts(std::size_t most) const;

  /// Calls it with every item of a list, or with every member of an object and its name.
  template <class Visit>
  void each_item(std::size_t most, const Visit& visit) const {
    if (!is_list(most)) return;
    for (std::size_t i = 0; i < json_->size() && problem_->empty(); ++i) visit(JsonValue((*json_)[i], *this, {}, i));
  }
  template <class Visit>
  void each_member(std::size_t most, const Visit& visit) const {
    if (!is_object(most)) return;
    for (auto i = json_->begin(); i != json_->end() && problem_->empty(); ++i)
      visit(i.key(), JsonValue(i.value(), *this, i.key(), 0));
  }

  /// Notes "PLACE is WHAT" unless something was wrong before.
  void wrong(const std::string& what) const;

 private:
  JsonValue(const Json& json, const JsonValue& above, std::string_view name, std::size_t index)
      : json_(&json), problem_(above.problem_), above_(&above), name_(name), index_(index) {}

  [[nodiscard]] bool is_list(std::size_t most) const;
  [[nodiscard]] bool is_object(std::size_t most) const;
  [[nodiscard]] bool is_right(bool right, std::string_view wanted) const;
  [[nodiscard]] std::string place() const;

  const Json* json_;
  std::string* problem_;
  const JsonValue* above_ = nullptr;
  std::string_view name_{};  ///< empty of an item of a list
  std::size_t index_ = 0;
};

}  // namespace slipway::compare
