// Pages as Markdown.
#include "core/reference/document.hpp"
#include "core/reference/reference.hpp"

namespace slipway::reference {
namespace {

// Plain text as Markdown that shows the same.
std::string prose(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '\\' || letter == '`' || letter == '*' || letter == '|' || letter == '<') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += (cell.empty() ? "" : " " + cell) + " |";
  return text + "\n";
}

std::string markdown_of(const Table& table) {
  std::string text =
      "\n" + (table.title.empty() ? std::string() : prose(table.title) + ":\n\n") + row(table.heads) + "|";
  for (std::size_t i = 0; i < table.heads.size(); ++i) text += "---|";
  text += "\n";
  for (const std::vector<std::string>& cells : table.rows) {
    std::vector<std::string> shown;
    shown.reserve(cells.size());
    for (const std::string& cell : cells) shown.push_back(prose(cell));
    shown.front() = "`" + cells.front() + "`";
    text += row(shown);
  }
  return text;
}

std::string markdown_of(const Section& section, const std::string& level) {
  std::string text = "\n" + level + " `" + section.name + "`\n\n" + prose(as_sentence(section.meaning)) + "\n";
  if (!section.details.empty()) text += "\n" + prose(section.details) + "\n";
  if (!section.properties.empty()) text += "\n";
  for (const Property& one : section.properties) text += "- " + prose(one.name) + ": " + prose(one.text) + "\n";
  for (const Table& table : section.tables) text += markdown_of(table);
  return text;
}

std::string markdown_of(const Page& page, const std::string& level) {
  std::string text = level + " " + page.title + "\n";
  for (const std::string& words : page.opening) text += "\n" + prose(words) + "\n";
  for (const Table& table : page.tables) text += markdown_of(table);
  for (const Section& section : page.sections) text += markdown_of(section, level + "#");
  return text;
}

}  // namespace

std::string to_markdown(std::string_view topic) {
  if (!topic.empty()) return markdown_of(page_of(topic), "#");
  std::string text = "# Reference of what plugins are written with\n";
  for (const std::string_view each : kTopics) text += "\n" + markdown_of(page_of(each), "##");
  return text;
}

}  // namespace slipway::reference
