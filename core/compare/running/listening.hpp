// What a program prints while it is measured: when the first byte came, when it said that it is ready, and the figures
// that it tells itself. Knows nothing of processes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::compare {

/// What is asked of an output.
struct Listen {
  bool first = false;   ///< when the first byte came
  std::string ready{};  ///< a text, and when it was there; empty: nobody asks
  bool values = false;  ///< lines name=value
  bool keep = false;    ///< the output itself
  [[nodiscard]] bool to_anything() const { return first || !ready.empty() || values || keep; }
};

class Listening {
 public:
  explicit Listening(const Listen& wanted) : wanted_(wanted) {}

  /// Bytes that came at that moment, by the monotonic clock.
  void hear(std::string_view bytes, std::uint64_t now_ns);
  /// Nothing more will come.
  void end();

  [[nodiscard]] const std::optional<std::uint64_t>& first_ns() const { return first_ns_; }
  [[nodiscard]] const std::optional<std::uint64_t>& ready_ns() const { return ready_ns_; }
  /// By name, the last one of each.
  [[nodiscard]] const std::map<std::string, double, std::less<>>& values() const { return values_; }
  /// Its beginning, up to kMostKept bytes.
  [[nodiscard]] const std::string& kept() const { return kept_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Of the whole output: 64-bit FNV-1a, which tells two outputs apart that nobody made to look alike.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

  static constexpr std::size_t kMostKept = std::size_t{8} << 20U;

 private:
  void look_for_ready(std::string_view bytes, std::uint64_t now_ns);
  void read_values(std::string_view bytes);
  void read_line();

  Listen wanted_;
  std::optional<std::uint64_t> first_ns_{}, ready_ns_{};
  std::string tail_{};  ///< of the output, as long as the text looked for may have begun there
  std::string line_{};
  std::map<std::string, double, std::less<>> values_{};
  std::string kept_{};
  std::uint64_t size_ = 0;
  std::uint64_t digest_ = 0xcbf29ce484222325U;
};

}  // namespace slipway::compare
