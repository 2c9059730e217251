#include "core/config/syntax.hpp"

#include <array>
#include <cctype>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kLongestQuote = 40;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+' || c == '.';
}

std::string quoted(std::string_view text) { return "\"" + printable(text, kLongestQuote) + "\""; }

std::string_view word_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(at, end - at);
}

// Length of the UTF-8 sequence that begins here by its first byte, and whether printable() leaves it as it is.
bool well_formed_at(std::string_view text, std::size_t at, std::size_t& length) {
  const auto first = static_cast<unsigned char>(text[at]);
  length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const std::string_view sequence = text.substr(at, length);
  if (length == 1) return true;
  // C1 controls are well formed, though printable() hides them from terminals.
  if (length == 2 && sequence.size() == 2 && first == 0xC2)
    return (static_cast<unsigned char>(sequence[1]) & 0xC0U) == 0x80U;
  return sequence.size() == length && printable(sequence) == sequence;
}

std::size_t hex_digits(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (count < 4 && at + count < text.size() && std::isxdigit(static_cast<unsigned char>(text[at + count])) != 0)
    ++count;
  return count;
}

SyntaxError bad_escape(std::string_view text, std::size_t at) {
  const char escaped = at + 1 < text.size() ? text[at + 1] : ' ';
  if (escaped != 'u') {
    return {at, "unknown escape " + quoted(text.substr(at, 2)) + " in a string",
            "a backslash itself is written \"\\\\\""};
  }
  if (hex_digits(text, at + 2) < 4) return {at, "\"\\u\" wants four hexadecimal digits", {}};
  return {at, "half of a surrogate pair: " + quoted(text.substr(at, 6)), "write the character itself, in UTF-8"};
}

bool is_surrogate(std::string_view text, std::size_t at) {
  return at + 3 < text.size() && (text[at + 2] == 'd' || text[at + 2] == 'D') && text[at + 3] >= '8';
}

// The string that begins at `start` is not one; finds out why.
SyntaxError explain_string(std::string_view text, std::size_t start) {
  std::size_t at = start + 1;
  while (at < text.size() && text[at] != '"') {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == '\n' || byte == '\r') {
      return {start, "this string has no end in its line", "a line break inside a string is written \"\\n\""};
    }
    if (byte < 0x20) {
      return {at, "a control character (" + printable(text.substr(at, 1)) + ") in a string",
              byte == '\t' ? "a tab is written \"\\t\"" : ""};
    }
    if (byte == '\\') {
      const char escaped = at + 1 < text.size() ? text[at + 1] : '\0';
      const bool simple = std::string_view("\"\\/bfnrt").find(escaped) != std::string_view::npos;
      if (escaped == '\0') break;
      if (!simple && (escaped != 'u' || hex_digits(text, at + 2) < 4)) return bad_escape(text, at);
      if (!simple && is_surrogate(text, at)) {
        const bool high = text[at + 3] <= '9' || text[at + 3] == 'a' || text[at + 3] == 'b' || text[at + 3] == 'A' ||
                          text[at + 3] == 'B';
        const bool pair =
            high && text.substr(at + 6, 2) == "\\u" && hex_digits(text, at + 8) == 4 && is_surrogate(text, at + 6);
        if (!pair) return bad_escape(text, at);
        at += 6;
      }
      at += simple ? 2 : 6;
      continue;
    }
    std::size_t length = 1;
    if (!well_formed_at(text, at, length)) {
      return {at, "this byte (" + printable(text.substr(at, 1)) + ") is not UTF-8", "save the file as UTF-8"};
    }
    at += length;
  }
  return {start, "this string has no end", {}};
}

std::string expected_after(Before before, bool comma, bool colon) {
  switch (before) {
    case Before::start:
      return "an object in braces";
    case Before::open_object:
      return "a key in double quotes or \"}\"";
    case Before::key:
      return colon ? "a value" : "\":\" behind the key";
    case Before::object_member:
      return comma ? "a key in double quotes" : "\",\" or \"}\"";
    case Before::open_list:
      return "a value or \"]\"";
    case Before::list_entry:
      return comma ? "a value" : "\",\" or \"]\"";
    case Before::end:
      return "the end of the text";
  }
  return "a value";
}

bool wants_value(Before before, bool comma, bool colon) {
  return before == Before::start || (before == Before::key && colon) || before == Before::open_list ||
         (before == Before::list_entry && comma);
}

bool wants_key(Before before, bool comma) {
  return before == Before::open_object || (before == Before::object_member && comma);
}

SyntaxError explain_value(std::string_view text, std::size_t at, const std::string& expected) {
  const std::string_view word = word_at(text, at);
  const char first = text[at];
  if (is_digit(first) || first == '-' || first == '+' || first == '.') {
    const bool plain = word.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
    if (plain && is_digit(word.back()) && word.find_first_of("eE") != std::string_view::npos) {
      return {at, "the number " + printable(word, kLongestQuote) + " is out of range", {}};
    }
    return {at, quoted(word) + " is not a number",
            "numbers are written like 8, -1 or 0.5; a text stands in double quotes"};
  }
  static const std::vector<std::string> kWords = {"true", "false", "null"};
  std::string lower;
  for (const char c : word) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto meant = nearest_word(lower, kWords);
  std::string hint = "a text stands in double quotes";
  if (meant) hint = "did you mean " + *meant + "? a text stands in double quotes";
  return {at, "expected " + expected + ", found " + quoted(word), hint};
}

SyntaxError explain_found(std::string_view text, std::size_t at, Before before, bool comma, bool colon) {
  const std::string expected = expected_after(before, comma, colon);
  const char first = text[at];
  const bool value = wants_value(before, comma, colon);
  const bool key = wants_key(before, comma);
  if (first == '"' && (value || key)) return explain_string(text, at);
  if (first == '\'') return {at, "expected " + expected + ", found \"'\"", "strings and keys stand in double quotes"};
  if (first == '#') return {at, "expected " + expected + ", found \"#\"", "a comment begins with \"//\""};
  if (first == '/') {
    if (text.substr(at, 2) == "/*") return {at, "this comment has no end", "it ends with \"*/\""};
    return {at, "expected " + expected + ", found \"/\"", "a comment begins with \"//\" or \"/*\""};
  }
  if (value && is_word(first)) return explain_value(text, at, expected);
  if (key && is_word(first))
    return {at, "expected " + expected + ", found " + quoted(word_at(text, at)), "keys stand in double quotes"};
  std::string hint;
  if (before == Before::key && first == '=') hint = "a key and its value are written \"key\": value";
  if (before == Before::end) hint = "one text holds one object";
  if (at > 0 && is_digit(first) && text[at - 1] == '0') hint = "a number does not begin with 0";
  std::size_t length = 1;
  if (!well_formed_at(text, at, length)) {
    hint = "save the file as UTF-8";
    length = 1;
  }
  if (is_word(first)) return {at, "expected " + expected + ", found " + quoted(word_at(text, at)), hint};
  if (first == '"') return {at, "expected " + expected + ", found a string", hint};
  return {at, "expected " + expected + ", found " + quoted(text.substr(at, length)), hint};
}

std::string line_of(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  for (const char c : text.substr(0, offset)) line += c == '\n' ? 1 : 0;
  return std::to_string(line);
}

}  // namespace

std::size_t skip_blank(std::string_view text, std::size_t from) {
  std::size_t at = from;
  if (at == 0 && text.starts_with(kByteOrderMark)) at = kByteOrderMark.size();
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
    } else if (text.substr(at, 2) == "//") {
      const std::size_t end = text.find_first_of("\r\n", at);
      at = end == std::string_view::npos ? text.size() : end;
    } else if (text.substr(at, 2) == "/*") {
      const std::size_t end = text.find("*/", at + 2);
      if (end == std::string_view::npos) return at;
      at = end + 2;
    } else {
      break;
    }
  }
  return at;
}

SyntaxError explain_syntax(std::string_view text, std::size_t from, Before before, std::size_t opened) {
  std::size_t at = skip_blank(text, from);
  const std::size_t behind_last = at;
  const auto follows = [&](char c) { return at < text.size() && text[at] == c; };
  const bool colon = before == Before::key && follows(':');
  const bool comma = (before == Before::object_member || before == Before::list_entry) && follows(',');
  if (colon || comma) at = skip_blank(text, at + 1);
  if (at < text.size()) {
    if (comma && (text[at] == '}' || text[at] == ']')) {
      return {behind_last, std::string("a comma in front of \"") + text[at] + "\"",
              "take it away: behind the last one there is none"};
    }
    return explain_found(text, at, before, comma, colon);
  }
  if (before == Before::start) return {0, "the text is empty; expected an object in braces", {}};
  const bool object = before == Before::open_object || before == Before::object_member || before == Before::key;
  return {text.size(), "the text ends too early: expected " + expected_after(before, comma, colon),
          std::string(object ? "the object" : "the list") + " that is opened in line " + line_of(text, opened) +
              " has no end"};
}

}  // namespace slipway::config
