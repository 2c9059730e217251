// The two forms between the tables and what is shown: one JSON document, and pages of sections.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::reference {

using Json = nlohmann::ordered_json;

/// A topic is a member, a list of objects with a "name" and a "meaning" each.
const Json& document();
Json steps_json();
Json common_json();
Json phases_json();
Json facts_json();
Json stages_json();
Json abilities_json();

struct Table {
  std::string title{};
  std::vector<std::string> heads{};
  std::vector<std::vector<std::string>> rows{};  ///< the first cell is a word of the interface
};

struct Property {
  std::string name{};
  std::string text{};
};

struct Section {
  std::string name{};
  std::string meaning{};
  std::string details{};
  std::vector<Property> properties{};
  std::vector<Table> tables{};
};

struct Page {
  std::string topic{};
  std::string title{};
  std::vector<std::string> opening{};  ///< paragraphs
  std::vector<Table> tables{};
  std::vector<Section> sections{};
};

Page page_of(std::string_view topic);

/// "a, b or c".
std::string either(const std::vector<std::string>& words);
/// "mounts a file" as "Mounts a file."
std::string as_sentence(std::string text);

}  // namespace slipway::reference
