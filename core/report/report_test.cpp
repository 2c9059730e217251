#include "core/report/report.hpp"

#include <catch2/catch.hpp>
#include <cerrno>

using namespace slipway;

TEST_CASE("a sentence says what was done, to what, and why it failed") {
  CHECK(sentence({ENOSPC, "mount overlay", "/", ""}) == "mount overlay: /: No space left on device");
  CHECK(sentence({0, "read the manifest", "", ""}) == "read the manifest");
}

TEST_CASE("errno is known by name and by number") {
  CHECK(errno_name(ENOSPC) == "ENOSPC");
  CHECK(errno_of("ENOSPC") == ENOSPC);
  CHECK(errno_of("28") == ENOSPC);
  CHECK_FALSE(errno_of("ENOSUCH"));
  CHECK_FALSE(errno_of("0"));
}

TEST_CASE("a place reads like a compiler's") {
  CHECK(to_text(Place{Place::Source::file, "p.json", 2, 27}) == "p.json:2:27");
  CHECK(to_text(Place{Place::Source::command_line, "--set rootfs.upper", 0, 0}) == "--set rootfs.upper");
  CHECK(to_text(Place{Place::Source::builtin, "", 0, 0}) == "default");
}

TEST_CASE("a finding names place, severity, pointer, message and hint") {
  const Finding finding{
      Severity::error, {Place::Source::file, "p.json", 1, 3}, "/rootfs", "unknown key", "did you mean x?"};
  CHECK(to_text(finding) == "p.json:1:3: error: /rootfs: unknown key\n  hint: did you mean x?");
}

TEST_CASE("the nearest word mends a typing error and leaves strangers alone") {
  const std::vector<std::string> words = {"fs-overlay", "fs-copy", "upper", "source"};
  struct Row {
    const char* typed;
    const char* meant;
  };
  for (const Row& row : {Row{"fs-overly", "fs-overlay"}, Row{"uper", "upper"}, Row{"suorce", "source"},
                         Row{"fs-over", "fs-overlay"}, Row{"banana", nullptr}, Row{"", nullptr}}) {
    CAPTURE(row.typed);
    const auto found = nearest_word(row.typed, words);
    if (row.meant == nullptr) {
      CHECK_FALSE(found);
    } else {
      REQUIRE(found);
      CHECK(*found == row.meant);
    }
  }
}

TEST_CASE("text from an image cannot steer the terminal") {
  struct Row {
    std::string raw, shown;
  };
  for (const Row& row : {Row{"plain ä", "plain ä"}, Row{"\x1b[2J", "\\x1b[2J"}, Row{"a\nb", "a\\x0ab"},
                         Row{"\xff", "\\xff"}, Row{"\xc2\x9b", "\\xc2\\x9b"}, Row{"\xed\xa0\x80", "\\xed\\xa0\\x80"}}) {
    CHECK(printable(row.raw) == row.shown);
  }
  CHECK(printable(std::string(600, 'x')).size() < 520);
}
