#include "core/config/parse.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

// What a user reads about a text, as "line:column: error: …".
std::string told_of(std::string text) {
  Collector collector;
  Places places;
  const std::uint32_t source = places.add({Place::Source::file, "p", {}});
  parse(places.set_text(source, std::move(text)), source, collector);
  return told(std::move(collector).findings(places));
}

TEST_CASE("a text that is not JSON is answered with the place, what was expected and what was found") {
  struct Row {
    const char* name;
    std::string text;
    std::string told;
  };
  const std::vector<Row> rows = {
      {"nothing", "", "p: error: the text is empty; expected an object in braces\n"},
      {"blanks alone", " \n ", "p:1:1: error: the text is empty; expected an object in braces\n"},
      {"cut in an object", "{\n\"a\": 1",
       "p:2:7: error: the text ends too early: expected \",\" or \"}\" | the object that is opened in line 1 has no "
       "end\n"},
      {"cut in a list", "{\"a\":\n[1,",
       "p:2:4: error: the text ends too early: expected a value | the list that is opened in line 2 has no end\n"},
      {"cut behind a key", "{\"a\"",
       "p:1:5: error: the text ends too early: expected \":\" behind the key | the object that is opened in line 1 has "
       "no end\n"},
      {"cut behind a colon", "{\"a\":",
       "p:1:6: error: the text ends too early: expected a value | the object that is opened in line 1 has no end\n"},
      {"cut in a string", "{\"a\": \"x", "p:1:7: error: this string has no end\n"},
      {"cut in a comment", "{ /* \n}", "p:1:3: error: this comment has no end | it ends with \"*/\"\n"},
      {"comma in front of a brace", "{\"a\": 1,\n}",
       "p:1:8: error: a comma in front of \"}\" | take it away: behind the last one there is none\n"},
      {"comma in front of a bracket", "{\"a\": [1 , ]}",
       "p:1:10: error: a comma in front of \"]\" | take it away: behind the last one there is none\n"},
      {"no comma between members", "{\"a\": 1\n \"b\": 2}", "p:2:2: error: expected \",\" or \"}\", found a string\n"},
      {"no comma between entries", "{\"a\": [1 2]}", "p:1:10: error: expected \",\" or \"]\", found \"2\"\n"},
      {"no colon", "{\"a\" 1}", "p:1:6: error: expected \":\" behind the key, found \"1\"\n"},
      {"equals sign", "{\"a\" = 1}",
       "p:1:6: error: expected \":\" behind the key, found \"=\" | a key and its value are written \"key\": value\n"},
      {"bare key", "{a: 1}",
       "p:1:2: error: expected a key in double quotes or \"}\", found \"a\" | keys stand in double quotes\n"},
      {"bare value", "{\"a\": tmpfs}",
       "p:1:7: error: expected a value, found \"tmpfs\" | a text stands in double quotes\n"},
      {"word of another language", "{\"a\": True}",
       "p:1:7: error: expected a value, found \"True\" | did you mean true? a text stands in double quotes\n"},
      {"single quotes", "{'a': 1}",
       "p:1:2: error: expected a key in double quotes or \"}\", found \"'\" | strings and keys stand in double "
       "quotes\n"},
      {"leading zero", "{\"a\": 01}",
       "p:1:8: error: expected \",\" or \"}\", found \"1\" | a number does not begin with 0\n"},
      {"number without a fraction", "{\"a\": 1.}",
       "p:1:7: error: \"1.\" is not a number | numbers are written like 8, -1 or 0.5; a text stands in double "
       "quotes\n"},
      {"number too large", "{\"a\": 1e999}", "p:1:7: error: the number 1e999 is out of range\n"},
      {"line break in a string", "{\"a\": \"x\ny\"}",
       "p:1:7: error: this string has no end in its line | a line break inside a string is written \"\\n\"\n"},
      {"tab in a string", "{\"a\": \"x\ty\"}",
       "p:1:9: error: a control character (\\x09) in a string | a tab is written \"\\t\"\n"},
      {"unknown escape", "{\"a\": \"\\q\"}",
       "p:1:8: error: unknown escape \"\\q\" in a string | a backslash itself is written \"\\\\\"\n"},
      {"short escape", "{\"a\": \"\\u12\"}", "p:1:8: error: \"\\u\" wants four hexadecimal digits\n"},
      {"half a pair", "{\"a\": \"\\ud800\"}",
       "p:1:8: error: half of a surrogate pair: \"\\ud800\" | write the character itself, in UTF-8\n"},
      {"Latin-1 in a string", "{\"a\": \"caf\xE9\"}",
       "p:1:11: error: this byte (\\xe9) is not UTF-8 | save the file as UTF-8\n"},
      {"Latin-1 elsewhere", "{\"a\": \xE9}",
       "p:1:7: error: expected a value, found \"\\xe9\" | save the file as UTF-8\n"},
      {"hash for a comment", "# x\n{}",
       "p:1:1: error: expected an object in braces, found \"#\" | a comment begins with \"//\"\n"},
      {"more behind the end", "{}\n{}",
       "p:2:1: error: expected the end of the text, found \"{\" | one text holds one object\n"},
      {"NUL byte", std::string("{}\0{", 4), "p:1:3: error: a NUL byte | is this another kind of file?\n"},
      {"NUL character", "{\"a\": [\"x\\u0000\"]}", "p:1:8: error: a NUL character (\"\\u0000\") in a string\n"},
      {"too deep", "{\"a\":" + std::string(64, '['), "p:1:69: error: nested deeper than 64 levels\n"},
      {"too large", "{}" + std::string(kLargestText, ' '),
       "p:1:1: error: the text is larger than 1 MiB | a pipeline is a short text; is this another file?\n"},
      {"key twice", "{\"a\": 1,\n \"b\": 2,\n \"a\": {\"c\": [1]}}",
       "p:3:2: error: /a: the key \"a\" stands twice in one object | it is first written in line 1; keep one of the "
       "two\n"},
      {"key twice, spelled in another way", "{\"a\": 1, \"\\u0061\": 2}",
       "p:1:10: error: /a: the key \"a\" stands twice in one object | it is first written in line 1; keep one of the "
       "two\n"},
      {"key twice inside of a key that stands twice", "{\"a\": 1, \"a\": {\"b\": 1, \"b\": 2}, \"c\": 1, \"c\": 2}",
       "p:1:10: error: /a: the key \"a\" stands twice in one object | it is first written in line 1; keep one of the "
       "two\n"
       "p:1:24: error: /a/b: the key \"b\" stands twice in one object\n"
       "p:1:41: error: /c: the key \"c\" stands twice in one object | it is first written in line 1; keep one of the "
       "two\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(told_of(row.text) == row.told);
  }
}

TEST_CASE("texts that are JSON with comments are read without a word") {
  const std::vector<std::string> texts = {"{}",
                                          "// a\n{ /* b */ \"a\": [ /* c */ ], // d\n \"b\": /**/ 0 }//",
                                          "\xEF\xBB\xBF{\"a\": \"\xC3\xA9\xE2\x82\xAC\"}",
                                          "{\"a\": \"\\ud83d\\ude00 \\\" \\\\ // no comment\"}",
                                          "{\"a\":-0.5e-3,\"b\":true,\"c\":null}",
                                          "{\"a\":" + std::string(63, '[') + std::string(63, ']') + "}"};
  for (const std::string& text : texts) {
    INFO(text);
    CHECK(told_of(text).empty());
  }
}

TEST_CASE("of a key that stands twice the first value counts") {
  Collector collector;
  const Parsed parsed = parse(R"({"a": {"b": 1}, "a": {"c": 2}, "d": 3})", 0, collector);
  CHECK(parsed.complete);
  CHECK(parsed.value == nlohmann::json({{"a", {{"b", 1}}}, {"d", 3}}));
  CHECK(parsed.origins.count("/a/c") == 0);
  CHECK(parsed.origins.at("/d").value.offset == 36);
}

/// Writes random documents and notes where it wrote what.
class RandomDocument {
 public:
  explicit RandomDocument(std::uint32_t seed) : random_(seed) {
    blank();
    value("", 0, pick(2) == 0 ? 5 : 6, text.size());
    blank();
  }

  std::string text{};
  std::map<std::string, std::pair<std::size_t, std::size_t>> expected{};  // pointer -> key, value

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  void blank() {
    static const std::vector<std::string> kBlanks = {
        "", "", "", " ", "\n", "\t ", "\r\n", "/* , : \" { */", "// ] } \"\n", "/**/ "};
    for (std::size_t i = pick(3); i > 0; --i) text += kBlanks[pick(kBlanks.size())];
  }

  void value(const std::string& pointer, std::size_t depth, std::size_t kind, std::size_t key) {
    static const std::vector<std::string> kNumbers = {"0", "-7", "12.5", "1e3", "-0.25E-2", "18446744073709551615"};
    static const std::vector<std::string> kStrings = {"\"\"",   "\"x\"",         "\"\\\"\"",
                                                      "\"/*\"", "\"\\u00e9,:\"", "\"\xE2\x82\xAC\""};
    const bool own_key = key != text.size();
    expected[pointer] = {own_key ? key : text.size(), text.size()};
    switch (kind) {
      case 0:
        text += "null";
        return;
      case 1:
        text += "true";
        return;
      case 2:
        text += "false";
        return;
      case 3:
        text += kNumbers[pick(kNumbers.size())];
        return;
      case 4:
        text += kStrings[pick(kStrings.size())];
        return;
      default:
        break;
    }
    const bool object = kind == 5;
    text += object ? "{" : "[";
    const std::size_t count = pick(4);
    for (std::size_t i = 0; i < count; ++i) {
      blank();
      std::size_t key_offset = text.size();
      const std::string name = "k" + std::to_string(i) + (pick(3) == 0 ? "~/" : "");
      if (object) {
        text += "\"" + name + "\"";
        blank();
        text += ":";
        blank();
      } else {
        key_offset = text.size();
      }
      value(object ? member(pointer, name) : member(pointer, i), depth + 1, pick(depth < 4 ? 7 : 5), key_offset);
      blank();
      if (i + 1 < count) text += ",";
    }
    blank();
    text += object ? "}" : "]";
  }

  std::mt19937 random_;
};

TEST_CASE("every key and value of random documents is where it was written") {
  std::size_t places = 0;
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    const RandomDocument document(seed);
    Collector collector;
    const Parsed parsed = parse(document.text, 3, collector);
    INFO(seed << ": " << document.text);
    REQUIRE(parsed.complete);
    REQUIRE(parsed.value == nlohmann::json::parse(document.text, nullptr, true, true));
    REQUIRE(parsed.origins.size() == document.expected.size());
    for (const auto& [pointer, offsets] : document.expected) {
      INFO(pointer);
      const Origin& origin = parsed.origins.at(pointer);
      REQUIRE(origin.key_offset == offsets.first);
      REQUIRE(origin.value.offset == offsets.second);
      REQUIRE(origin.value.source == 3);
      ++places;
    }
  }
  CHECK(places > 2000);
}

TEST_CASE("a random document that is cut anywhere is told to be cut, and never crashes the reader") {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const RandomDocument document(seed);
    for (std::size_t size = 0; size < document.text.size(); ++size) {
      Collector collector;
      const std::string part = document.text.substr(0, size);
      const Parsed parsed = parse(part, 0, collector);
      INFO(part);
      REQUIRE(parsed.complete == nlohmann::json::accept(part, true));
      REQUIRE(parsed.complete == collector.empty());
    }
  }
}

TEST_CASE("lines and columns count from one, columns in bytes") {
  Places places;
  const std::uint32_t source = places.add({Place::Source::file, "p", {}});
  places.set_text(source, "{\n  \"\xC3\xA9\": 1\n}");
  CHECK(to_text(places.place({source, 0})) == "p:1:1");
  CHECK(to_text(places.place({source, 1})) == "p:1:2");
  CHECK(to_text(places.place({source, 2})) == "p:2:1");
  CHECK(to_text(places.place({source, 10})) == "p:2:9");
}

}  // namespace
}  // namespace slipway::config
