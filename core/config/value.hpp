// A JSON document of which every key and every value knows where it was written.
// Knows nothing of pipelines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/report/report.hpp"

namespace slipway::config {

/// A spot in one of the sources that a document was merged from.
struct Spot {
  std::uint32_t source = 0;
  std::uint32_t offset = 0;  ///< in bytes; counted into a line and a column only when somebody asks
};

/// Where a member was written: its value, and the key in front of it (in a list and at the top: the value again).
struct Origin {
  Spot value{};
  std::uint32_t key_offset = 0;
};

/// Something that values come from: the built-in defaults, a file, an option of the command line.
struct Source {
  Place::Source kind = Place::Source::builtin;
  std::string name{};
  std::string text{};  ///< files only
};

/// JSON pointer (RFC 6901) -> origin, and the sources that origins lead to.
class Places {
 public:
  using Map = std::map<std::string, Origin, std::less<>>;

  /// Source 0 is there from the start: what is built in.
  Places();

  std::uint32_t add(Source source);
  /// Returned text stays where it is as long as the places do.
  std::string_view set_text(std::uint32_t number, std::string text);
  [[nodiscard]] const Source& source(std::uint32_t number) const { return sources_.at(number); }

  [[nodiscard]] const Origin* find(std::string_view pointer) const;
  /// The origin of the pointer or, where nothing was written there, of what encloses it.
  [[nodiscard]] Origin nearest(std::string_view pointer) const;
  void put(std::string pointer, Origin origin) { origins_.insert_or_assign(std::move(pointer), origin); }
  /// Forgets a pointer and all below it.
  void forget(std::string_view pointer);
  /// Copies of what is known of a pointer and all below it, by the rest of the pointer.
  [[nodiscard]] Map below(std::string_view pointer) const;
  /// Takes over origins; they win over those that are there.
  void take(Map&& origins);

  [[nodiscard]] Place place(Spot spot) const;
  [[nodiscard]] Place of_value(std::string_view pointer) const { return place(nearest(pointer).value); }

 private:
  std::deque<Source> sources_;
  Map origins_;
};

struct Value {
  nlohmann::json value{};
  Places places{};
};

/// `key` as one more part of a JSON pointer.
std::string member(std::string_view pointer, std::string_view key);
std::string member(std::string_view pointer, std::size_t index);
/// The pointer without its last part; empty for a top-level one.
std::string_view parent(std::string_view pointer);

}  // namespace slipway::config
