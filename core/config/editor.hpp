// Finds and changes parts of a merged document by the words of a path ("rootfs.upper", "pseudo.0.binds"), and notes
// where each change was asked for. Knows nothing of options of the command line.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/collector.hpp"
#include "core/config/value.hpp"

namespace slipway::config {

/// "a.b" -> "a", "b"; one part more than there are separators.
std::vector<std::string> split(std::string_view text, char separator);

class Editor {
 public:
  /// `label`: how what asks for the changes was typed ("--set rootfs.upper"). Document and collector outlive it.
  Editor(Value& document, const std::string& label, Collector& collector);

  /// A part of the document, and its pointer.
  struct Spotted {
    nlohmann::json* node = nullptr;
    std::string pointer{};
  };

  void tell(std::string_view pointer, std::string_view message, std::string_view hint = {});
  void write(const Spotted& part, nlohmann::json value);

  /// Whether a path may begin so; tells if it may not.
  bool known_top(const std::string& word, bool stages_only);
  bool well_formed(const std::vector<std::string>& parts);

  /// The section that the path begins with; takes that part away.
  Spotted top_level(std::vector<std::string>& parts);
  /// The entry of a stage that the parts of a path name; takes those parts away. What a stage holds one of may be
  /// named like an entry of a list, so that a path stays right when a second one comes.
  std::optional<Spotted> entry(std::vector<std::string>& parts);
  /// Walks down to what the parts name, making objects on the way.
  std::optional<Spotted> descend(Spotted part, const std::vector<std::string>& parts);

  void put(const std::vector<std::string>& parts, nlohmann::json value);
  /// A list that is not there yet begins empty; one of another type is left for the schema to tell.
  void append(const std::vector<std::string>& parts, nlohmann::json value);

  [[nodiscard]] const Spot& spot() const { return spot_; }

 private:
  std::optional<Spotted> list_entry(const std::string& stage, const Spotted& list, std::vector<std::string>& parts);
  std::optional<Spotted> find(std::vector<std::string> parts);

  Value& document_;
  Collector& collector_;
  Spot spot_{};
};

}  // namespace slipway::config
