#include "core/unpack/source_index.hpp"

#include <fcntl.h>

#include <catch2/catch.hpp>

#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::unpack;
using namespace slipway::tests;

namespace {

Result<SourceIndex> index_of(const std::string& bytes) {
  const TemporaryDirectory directory;
  write_file(directory / "source", bytes);
  return SourceIndex::read(linux::Fd(::open((directory / "source").c_str(), O_RDONLY | O_CLOEXEC)));
}

}  // namespace

TEST_CASE("every entry of an archive is found where its data lies") {
  TarEntry extended = file("./" + std::string(150, 'n'), "behind a pax header");
  const std::string large(1 << 20, 'L');
  const std::string tar =
      make_tar({directory("d/"), file("d/one", "1"), file("empty"), extended, file("large", large),
                soft_link("link", "../d/one"), hard_link("hard", "d/one"), file("last", "the last one")});
  const auto index = index_of(tar);
  REQUIRE(index);
  CHECK(index->entries().size() == 8);
  for (const auto& [name, content] : {std::pair<std::string, std::string>{"d/one", "1"},
                                      {"empty", ""},
                                      {std::string(150, 'n'), "behind a pax header"},
                                      {"large", large},
                                      {"./last", "the last one"}}) {
    CAPTURE(name);
    const SourceEntry* entry = index->find(name);
    REQUIRE(entry != nullptr);
    CHECK(entry->type == 'f');
    CHECK(entry->size == content.size());
    CHECK(tar.substr(entry->offset, entry->size) == content);
  }
  CHECK(index->find("link")->type == 'l');
  CHECK(index->find("link")->link == "../d/one");
  CHECK(index->find("hard")->type == 'h');
  CHECK(index->find("nothing") == nullptr);
}

TEST_CASE("the last entry of a name counts") {
  const auto index = index_of(make_tar({file("a", "first"), file("./a", "2")}));
  REQUIRE(index);
  CHECK(index->find("a")->size == 1);
}

TEST_CASE("what is no whole archive is refused by what it is") {
  const std::string tar = make_tar({file("first", "x"), file("second", std::string(5000, 'y'))});
  struct Row {
    const char* what;
    std::string bytes, expected, hint;
  };
  const std::vector<Row> rows = {
      {"empty", "", "it is empty", "docker save"},
      {"text", "hello, this is no archive\n", "it is not an archive that slipway can read", "docker save"},
      {"long text", std::string(10000, 'x'), "it is not an archive that slipway can read", "docker save"},
      {"a pipeline", R"({"image": {}})", "it is not an archive, but may be a pipeline", "a file that is named"},
      {"gzip", pack(tar, Packing::gzip), "it is compressed twice, the second time with gzip", "once"},
      {"zstd", pack(tar, Packing::zstd), "it is compressed twice, the second time with zstd", "once"},
      {"cut between entries", make_tar({file("first", "x")}, false), "it is truncated: the mark", "anew"},
      {"cut in the data", tar.substr(0, 3000), "it is truncated: 'second' goes to byte 6536, the file ends at 3000",
       "anew"},
      {"cut in a header", tar.substr(0, 1100), "it is damaged or truncated after 'first'", "anew"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto index = index_of(row.bytes);
    REQUIRE_FALSE(index);
    CHECK_THAT(sentence(index.error()), Catch::Contains(row.expected));
    CHECK_THAT(index.error().hint, Catch::Contains(row.hint));
  }
}

TEST_CASE("a file that is stored in pieces has no one place, and what stands behind it is found") {
  TarEntry sparse = file("sparse", "ab");
  sparse.pieces = {{0, 1}, {4096, 1}};
  sparse.sparse_size = 8192;
  const std::string tar = make_tar({file("before", "b"), sparse, file("behind", "last")});
  const auto index = index_of(tar);
  REQUIRE(index);
  CHECK(index->find("sparse")->type == 'o');
  const SourceEntry* behind = index->find("behind");
  CHECK(tar.substr(behind->offset, behind->size) == "last");
}

TEST_CASE("a directory is no archive") {
  const auto index = SourceIndex::read(linux::Fd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  REQUIRE_FALSE(index);
  CHECK(index.error().subject == "it is no file");
}
