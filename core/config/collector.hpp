// Gathers everything there is to say about a pipeline, to be told in the order of the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/value.hpp"

namespace slipway::config {

class Collector {
 public:
  void at(Spot spot, std::string pointer, std::string message, std::string hint = {});
  /// At the value, or at what encloses it.
  void at_value(const Places& places, std::string_view pointer, std::string message, std::string hint = {});
  void at_key(const Places& places, std::string_view pointer, std::string message, std::string hint = {});
  /// About something that should stand below `pointer` and does not: points at the innermost thing that the user wrote.
  void missing(const Places& places, std::string_view pointer, std::string message, std::string hint = {});

  [[nodiscard]] bool empty() const { return items_.empty(); }
  /// Files first, each from its top to its end; then the command line as it was typed; then what is built in.
  [[nodiscard]] Findings findings(const Places& places) &&;

 private:
  struct Item {
    Spot spot{};
    Finding finding{};
  };
  std::vector<Item> items_;
};

}  // namespace slipway::config
