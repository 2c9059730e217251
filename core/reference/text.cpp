// Pages for terminals.
#include <algorithm>
#include <sstream>

#include "core/reference/document.hpp"
#include "core/reference/reference.hpp"

namespace slipway::reference {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kColumn = 18;

// Letters as a terminal counts them: continuation bytes of UTF-8 are none.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

// Words filled into lines: `first` begins the first of them, and the others begin as far to the right as `margin` says.
std::string filled(const std::string& first, std::size_t margin, const std::string& words) {
  std::string text = first;
  std::size_t used = width_of(first);
  if (used > margin) {
    text += "\n";
    used = 0;
  }
  text.append(margin - used, ' ');
  std::size_t column = margin;
  std::istringstream stream(words);
  for (std::string word; stream >> word;) {
    const std::size_t width = width_of(word);
    if (column > margin && column + 1 + width > kWidth) {
      text += "\n" + std::string(margin, ' ');
      column = margin;
    }
    if (column > margin) text += " ";
    text += word;
    column += width + (column > margin ? 1 : 0);
  }
  return text + "\n";
}

std::string paragraph(const std::string& words) { return words.empty() ? "" : "\n" + filled("", 0, words); }

// What a row's middle cells say: a type as it is, others with their column's name.
std::string qualities_of(const Table& table, const std::vector<std::string>& row) {
  std::string words;
  for (std::size_t i = 1; i + 1 < row.size(); ++i) {
    if (row[i].empty()) continue;
    const bool is_named = table.heads[i] != "type" && row[i] != "required";
    words += (words.empty() ? "" : "; ") + (is_named ? table.heads[i] + " " : std::string()) + row[i];
  }
  return words;
}

// The first cell is a word of its own, the last says what it means, and those between are what it is like.
std::string text_of(const Table& table) {
  constexpr std::size_t kMargin = kColumn + 2;
  std::string text = "\n" + table.title + ":\n";
  for (const std::vector<std::string>& row : table.rows) {
    const std::string qualities = qualities_of(table, row);
    text += filled("  " + row.front(), kMargin, qualities.empty() ? row.back() : qualities);
    if (!qualities.empty()) text += filled("", kMargin, row.back());
  }
  return text;
}

std::string text_of(const Section& section) {
  std::string text = filled("", 0, section.name + ": " + section.meaning) + paragraph(section.details);
  if (!section.properties.empty()) text += "\n";
  for (const Property& one : section.properties) text += filled("", 0, one.name + ": " + one.text);
  for (const Table& table : section.tables) text += text_of(table);
  return text;
}

std::string text_of(const Page& page) {
  std::string text;
  for (const std::string& words : page.opening) text += (text.empty() ? "" : "\n") + filled("", 0, words);
  for (const Table& table : page.tables) text += text_of(table);
  text += "\n";
  for (const Section& section : page.sections) text += filled("  " + section.name, kColumn + 2, section.meaning);
  return text + "\nslipway reference " + page.topic + " NAME tells all of one.\n";
}

std::string overview() {
  std::string text = "What plugins are written with:\n";
  for (const std::string_view topic : kTopics) {
    std::string names;
    for (const std::string& name : names_of(topic)) names += (names.empty() ? "" : ", ") + name;
    text += "\n" + filled("  " + std::string(topic), 14, names);
  }
  return text + "\nslipway reference TOPIC lists one of them, slipway reference TOPIC NAME tells all of one name.\n";
}

}  // namespace

std::vector<std::string> names_of(std::string_view topic) {
  std::vector<std::string> names;
  if (std::find(kTopics.begin(), kTopics.end(), topic) == kTopics.end()) return names;
  for (const Json& object : document()[std::string(topic)]) names.push_back(object["name"].get<std::string>());
  return names;
}

std::string to_text(std::string_view topic, std::string_view name) {
  if (topic.empty()) return overview();
  const Page page = page_of(topic);
  if (name.empty()) return text_of(page);
  const auto found = std::find_if(page.sections.begin(), page.sections.end(),
                                  [&](const Section& section) { return section.name == name; });
  return found == page.sections.end() ? std::string() : text_of(*found);
}

std::string to_json(std::string_view topic, std::string_view name) {
  const Json& all = document();
  const Json* shown = topic.empty() ? &all : &all[std::string(topic)];
  if (!name.empty()) {
    const auto found = std::find_if(shown->begin(), shown->end(), [&](const Json& one) { return one["name"] == name; });
    if (found == shown->end()) return {};
    shown = &*found;
  }
  return shown->dump(2) + "\n";
}

}  // namespace slipway::reference
