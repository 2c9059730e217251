// Words for a text that is not JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::config {

/// What stood in the text up to the last token that was right.
enum class Before { start, open_object, key, object_member, open_list, list_entry, end };

struct SyntaxError {
  std::size_t offset = 0;
  std::string message{};
  std::string hint{};
};

/// The offset behind blanks and comments; where a comment has no end, the comment's own offset.
std::size_t skip_blank(std::string_view text, std::size_t from);

/// What is wrong in a text whose tokens are right up to `from`. `opened` is the offset of the innermost open bracket.
SyntaxError explain_syntax(std::string_view text, std::size_t from, Before before, std::size_t opened);

}  // namespace slipway::config
