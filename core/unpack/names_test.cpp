#include "core/unpack/names.hpp"

#include <catch2/catch.hpp>

using namespace slipway;
using namespace slipway::unpack;

TEST_CASE("names are made relative and plain") {
  struct Row {
    const char *name, *clean;
  };
  for (const Row& row : {Row{"a", "a"}, Row{"./a/b", "a/b"}, Row{"/a//b/", "a/b"}, Row{"././", ""}, Row{"/", ""},
                         Row{"a/./b", "a/b"}, Row{"...", "..."}, Row{"a/..b", "a/..b"}}) {
    CAPTURE(row.name);
    CHECK(*clean_name(row.name) == row.clean);
  }
}

TEST_CASE("hostile names are refused by name") {
  struct Row {
    std::string name, why;
  };
  std::string deep;
  for (int i = 0; i < 257; ++i) deep += "d/";
  const std::string part(256, 'x');
  std::string long_name;
  while (long_name.size() < 4096) long_name += "abcdefghijklmno/";
  for (const Row& row : {Row{"", "has no name"}, Row{"..", "has '..' in its name"}, Row{"../x", "has '..' in its name"},
                         Row{"a/../../x", "has '..' in its name"}, Row{"/..", "has '..' in its name"},
                         Row{std::string("a\0b", 3), "has a NUL in its name"}, Row{part, "has a name that is too long"},
                         Row{long_name, "has a name that is too long"}, Row{deep, "lies too deep"}}) {
    CAPTURE(row.name);
    const auto clean = clean_name(row.name);
    REQUIRE_FALSE(clean);
    CHECK_THAT(clean.error().subject, Catch::EndsWith(row.why));
    CHECK_FALSE(clean.error().hint.empty());
  }
}

TEST_CASE("a layer's special names are told apart") {
  CHECK(meaning_of("a/b")->special == Special::none);
  CHECK(meaning_of("a/.whx")->special == Special::none);
  CHECK(meaning_of("a/.wh.b")->special == Special::whiteout);
  CHECK(meaning_of("a/.wh.b")->hidden == "b");
  CHECK(meaning_of(".wh..wh..opq")->special == Special::opaque);
  CHECK(meaning_of("a/.wh..wh.plnk")->special == Special::ignored);
  CHECK(meaning_of("a/.wh..wh.plnk/12")->special == Special::ignored);
  CHECK(meaning_of(".wh..hidden")->hidden == ".hidden");
  for (const char* name : {".wh.", "a/.wh..", ".wh...", ".wh.a/b"}) {
    CAPTURE(name);
    CHECK_FALSE(meaning_of(name));
  }
}
