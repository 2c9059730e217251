#include "core/compare/report/html/text.hpp"

#include "core/report/report.hpp"

namespace slipway::compare::html {
namespace {

/// U+202A to U+202E and U+2066 to U+2069, which make what follows look as if it stood elsewhere (Unicode Technical
/// Report 36, section 2.5), as their last two digits; empty of all else.
std::string direction_mark(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xE2') return {};
  const auto second = static_cast<unsigned char>(text[1]), third = static_cast<unsigned char>(text[2]);
  if (second == 0x80 && third >= 0xAA && third <= 0xAE) return "\\u202" + std::string(1, "abcde"[third - 0xAA]);
  if (second == 0x81 && third >= 0xA6 && third <= 0xA9) return "\\u206" + std::string(1, "6789"[third - 0xA6]);
  return {};
}

}  // namespace

std::string escaped(std::string_view text) {
  const std::string shown = printable(text, std::string::npos);
  std::string safe;
  safe.reserve(shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string mark = direction_mark(std::string_view(shown).substr(i));
    if (!mark.empty()) {
      safe += mark;
      i += 2;
      continue;
    }
    switch (shown[i]) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += shown[i];
    }
  }
  return safe;
}

std::string escaped_lines(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    safe += escaped(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return safe;
}

std::string element(std::string_view name, const Attributes& attributes, const std::string& content) {
  std::string text = "<" + std::string(name);
  for (const auto& [attribute, value] : attributes)
    text.append(" ").append(attribute).append("=\"").append(escaped(value)).append("\"");
  return text.append(">").append(content).append("</").append(name).append(">");
}

std::string element(std::string_view name, const std::string& content) { return element(name, {}, content); }

std::string name(std::string_view text) { return element("bdi", escaped(text)); }

std::string table(const std::string& caption, const Columns& columns,
                  const std::vector<std::vector<std::string>>& rows) {
  const auto kind = [&](std::size_t column) {
    const bool is_figure = column >= columns.first_figure && column < columns.words_from;
    return is_figure ? Attributes{{"class", "figure"}} : Attributes{};
  };
  std::string head;
  for (std::size_t i = 0; i < columns.heads.size(); ++i) {
    Attributes attributes = kind(i);
    attributes.emplace_back("scope", "col");
    head += element("th", attributes, columns.heads[i]);
  }
  std::string body;
  for (const std::vector<std::string>& row : rows) {
    std::string cells;
    for (std::size_t i = 0; i < row.size(); ++i)
      cells += i == 0 ? element("th", {{"scope", "row"}}, row[i]) : element("td", kind(i), row[i]);
    body += element("tr", cells) + "\n";
  }
  const std::string whole = element("table", element("caption", caption) + element("thead", element("tr", head)) +
                                                 "\n" + element("tbody", "\n" + body));
  return element("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "a table"}},
                 whole) +
         "\n";
}

std::string section(std::string_view id, int level, const std::string& title, const std::string& content) {
  const std::string heading = "h" + std::to_string(level);
  return element("section", {{"id", std::string(id)}}, element(heading, title) + "\n" + content) + "\n";
}

std::string list_of(const std::vector<std::string>& items) {
  std::string all;
  for (const std::string& item : items) all += element("li", item) + "\n";
  return all.empty() ? "" : element("ul", "\n" + all) + "\n";
}

}  // namespace slipway::compare::html
