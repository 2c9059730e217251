// Reading options and facts: typed values by JSON pointer, as slipway hands them in.
#ifndef SLIPWAY_READER_HPP
#define SLIPWAY_READER_HPP

#include <slipway/plugin.h>

#include <optional>
#include <slipway/text.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway {

/// Thrown by a plugin that can't go on; becomes a report at the place where `at` was written. Never leaves the plugin.
class Failure : public std::runtime_error {
 public:
  Failure(std::string at, const std::string& message, std::string hint = {})
      : std::runtime_error(message), at_(std::move(at)), hint_(std::move(hint)) {}
  [[nodiscard]] const std::string& at() const { return at_; }
  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  std::string at_;
  std::string hint_;
};

namespace detail {

inline slipway_text to_c(std::string_view text) { return {text.data(), text.size()}; }
inline std::string from_c(slipway_text text) {
  return text.size == 0 ? std::string() : std::string(text.data, static_cast<std::size_t>(text.size));
}

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace detail

class Reader {
 public:
  explicit Reader(const slipway_host* host) : host_(host) {}

  /// The value as it crosses the border; an absent one has the kind SLIPWAY_MISSING.
  [[nodiscard]] slipway_value get(std::string_view at) const {
    slipway_value value{};
    if (host_->get(host_, detail::to_c(at), &value) != 0)
      throw Failure("", "slipway refused to read " + std::string(at));
    return value;
  }
  [[nodiscard]] bool has(std::string_view at) const { return present(get(at)); }

  [[nodiscard]] std::string text(std::string_view at) const { return value<std::string>(at); }
  [[nodiscard]] std::int64_t integer(std::string_view at) const { return value<std::int64_t>(at); }
  [[nodiscard]] bool boolean(std::string_view at) const { return value<bool>(at); }
  [[nodiscard]] std::vector<std::string> texts(std::string_view at) const {
    return value<std::vector<std::string>>(at);
  }
  /// Members of a list or an object; 0 where it is absent.
  [[nodiscard]] std::size_t count(std::string_view at) const { return static_cast<std::size_t>(get(at).count); }
  /// The name of an object's member.
  [[nodiscard]] std::string key(std::string_view at, std::size_t index) const {
    slipway_text name{};
    if (host_->key(host_, detail::to_c(at), index, &name) != 0) throw Failure(std::string(at), "has no such member");
    return detail::from_c(name);
  }
  /// The whole value as JSON text.
  [[nodiscard]] std::string json(std::string_view at) const {
    slipway_text text{};
    if (host_->json(host_, detail::to_c(at), &text) != 0) throw Failure(std::string(at), "is missing");
    return detail::from_c(text);
  }

  /// A value that must be there: text, an integer, a bool, a double, an enum with words_of(), a struct with a static
  /// read(), std::vector and std::optional of these.
  template <class T>
  [[nodiscard]] T value(std::string_view at) const {
    T result{};
    if (!into(std::string(at), result)) throw Failure(std::string(at), "is missing");
    return result;
  }
  template <class T>
  [[nodiscard]] std::optional<T> find(std::string_view at) const {
    std::optional<T> result;
    into(std::string(at), result);
    return result;
  }

  /// Reads into `to`; leaves it as it is and says false where there is no value.
  template <class T>
  bool into(const std::string& at, T& to) const {
    const slipway_value found = get(at);
    if (!present(found)) return false;
    if constexpr (detail::is_optional<T>) {
      // No emplace(): clang takes a struct within a struct for not constructible while the outer one is not complete.
      typename T::value_type inner{};
      into(at, inner);
      to = std::move(inner);
    } else if constexpr (detail::is_vector<T>) {
      expect(found, SLIPWAY_ARRAY, at, "a list");
      to.clear();
      for (std::size_t i = 0; i < found.count; ++i) {
        typename T::value_type item{};  // a vector<bool> has no elements to refer to
        into(at + "/" + std::to_string(i), item);
        to.push_back(std::move(item));
      }
    } else if constexpr (std::is_same_v<T, bool>) {
      expect(found, SLIPWAY_BOOLEAN, at, "true or false");
      to = found.integer != 0;
    } else if constexpr (std::is_integral_v<T>) {
      expect(found, SLIPWAY_INTEGER, at, "an integer");
      to = static_cast<T>(found.integer);
      if (static_cast<std::int64_t>(to) != found.integer) throw Failure(at, "is out of range");
    } else if constexpr (std::is_floating_point_v<T>) {
      if (found.kind != SLIPWAY_INTEGER) expect(found, SLIPWAY_REAL, at, "a number");
      to = static_cast<T>(found.real);
    } else if constexpr (std::is_same_v<T, std::string>) {
      expect(found, SLIPWAY_TEXT, at, "text");
      to = detail::from_c(found.text);
    } else if constexpr (std::is_enum_v<T>) {
      expect(found, SLIPWAY_TEXT, at, "text");
      to = word<T>(at, detail::from_c(found.text));
    } else {
      expect(found, SLIPWAY_OBJECT, at, "an object");
      to = T::read(*this, at);
    }
    return true;
  }

 private:
  static bool present(const slipway_value& value) {
    return value.kind != SLIPWAY_MISSING && value.kind != SLIPWAY_NULL;
  }

  static void expect(const slipway_value& value, slipway_kind kind, const std::string& at, const char* words) {
    if (value.kind != static_cast<std::int32_t>(kind)) throw Failure(at, std::string("is not ") + words);
  }

  template <class E>
  static E word(const std::string& at, std::string_view text) {
    const auto words = words_of(E{});  // found by argument-dependent lookup, beside the enum
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == text) return static_cast<E>(i);
    }
    throw Failure(at, "is \"" + std::string(text) + "\", a word that this plugin does not know");
  }

  const slipway_host* host_;
};

}  // namespace slipway

#endif
