// Pieces of HTML. Whatever comes from an outcome goes through escaped(), which is the only way from text to HTML.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::compare::html {

/// As text between tags or in quotes: nothing in it begins a tag, an entity or ends a quote; what is no UTF-8 or steers
/// terminals is shown as \xNN; marks that turn the direction of writing round are shown as such.
std::string escaped(std::string_view text);

/// The same of several lines, with their line breaks.
std::string escaped_lines(std::string_view text);

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

/// <name a="…">content</name>; attributes are escaped, the content is HTML.
std::string element(std::string_view name, const Attributes& attributes, const std::string& content);
std::string element(std::string_view name, const std::string& content);

/// A name from an outcome, kept apart from what stands around it whatever its letters' direction.
std::string name(std::string_view text);

/// A table with a caption, in a box that scrolls by itself where it is too wide. Cells are HTML; the first of a row is
/// its head. Columns from `first_figure` on are figures, up to `words_from`.
struct Columns {
  std::vector<std::string> heads{};
  std::size_t first_figure = 1;
  std::size_t words_from = 1000;
};
std::string table(const std::string& caption, const Columns& columns,
                  const std::vector<std::vector<std::string>>& rows);

/// <section> with a heading of that level and something to link to.
std::string section(std::string_view id, int level, const std::string& title, const std::string& content);

std::string list_of(const std::vector<std::string>& items);

}  // namespace slipway::compare::html
