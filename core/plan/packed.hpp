// Values as bytes, for what one build of slipway writes and reads itself: a plan on its way to the child, the record of
// a start. There is no version in it and nothing to parse, which is why it costs a start next to nothing; who stores
// such bytes keys them by the program and guards them by a checksum. What is cut off or out of range is refused.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <slipway/steps.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace slipway::plan {

class Packer {
 public:
  void add(std::string_view text) {
    add(text.size());
    bytes_.append(text);
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void add(T value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void add(const steps::Reference& value) { add(value.name); }
  void add(const steps::Object& value) { add(value.text); }
  void add(const steps::Path& value) { add(value.text); }
  void add(const steps::HostPath& value) { add(value.text); }
  void add(const steps::Size& value) { add(value.bytes); }
  void add(const steps::Mode& value) { add(value.bits); }
  template <class T>
  void add(const std::vector<T>& list) {
    add(list.size());
    for (const T& value : list) add(value);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  void add(const steps::Step& step) {
    add(static_cast<std::uint8_t>(step.index()));
    std::visit([this](const auto& shape) { add_members(shape); }, step);
  }
  template <class... T>
  void add_all(const T&... values) {
    (add(values), ...);
  }

  [[nodiscard]] std::string& bytes() { return bytes_; }

 private:
  template <class S>
  void add_members(const S& step) {
    std::apply([&](const auto&... field) { (add(step.*field.member), ...); }, steps::Shape<S>::fields);
  }
  std::string bytes_{};
};

/// The other way. After the first thing that does not fit, whole() is false and everything read is empty.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] bool whole() const { return is_whole_; }
  [[nodiscard]] bool at_end() const { return is_whole_ && left_.empty(); }

  void get(std::string& text) { text = take(get<std::size_t>()); }
  template <class T>
  requires std::is_arithmetic_v<T>
  void get(T& value) {
    const std::string_view bytes = take(sizeof value);
    if (is_whole_) std::memcpy(&value, bytes.data(), sizeof value);
  }
  template <class T>
  requires std::is_enum_v<T>
  void get(T& value) {
    const auto number = get<std::underlying_type_t<T>>();
    if constexpr (requires { steps::Words<T>::words; }) {
      if (static_cast<std::size_t>(number) >= steps::Words<T>::words.size()) return refuse();
    }
    value = static_cast<T>(number);
  }
  void get(bool& value) { value = get<std::uint8_t>() != 0; }
  void get(steps::Reference& value) { get(value.name); }
  void get(steps::Object& value) { get(value.text); }
  void get(steps::Path& value) { get(value.text); }
  void get(steps::HostPath& value) { get(value.text); }
  void get(steps::Size& value) { get(value.bytes); }
  void get(steps::Mode& value) { get(value.bits); }
  template <class T>
  void get(std::vector<T>& list) {
    const auto size = get<std::size_t>();
    // Each takes a byte at least, so that a wrong number asks for no memory.
    if (size > left_.size()) return refuse();
    list.resize(size);
    for (T& value : list) get(value);
  }
  template <class T>
  void get(std::optional<T>& value) {
    if (get<std::uint8_t>() != 0) get(value.emplace());
  }
  void get(steps::Step& step) { get_step<0>(get<std::uint8_t>(), step); }
  template <class... T>
  void get_all(T&... values) {
    (get(values), ...);
  }
  template <class T>
  T get() {
    T value{};
    get(value);
    return value;
  }

 private:
  void refuse() {
    is_whole_ = false;
    left_ = {};
  }
  std::string_view take(std::size_t size) {
    if (size > left_.size()) {
      refuse();
      return {};
    }
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  template <std::size_t index>
  void get_step(std::size_t wanted, steps::Step& step) {
    if constexpr (index < std::variant_size_v<steps::Step>) {
      if (wanted == index)
        get_members(step.emplace<index>());
      else
        get_step<index + 1>(wanted, step);
    } else {
      refuse();
    }
  }
  template <class S>
  void get_members(S& step) {
    std::apply([&](const auto&... field) { (get(step.*field.member), ...); }, steps::Shape<S>::fields);
  }

  std::string_view left_;
  bool is_whole_ = true;
};

}  // namespace slipway::plan
