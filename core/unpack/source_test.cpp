#include "core/unpack/source.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::unpack;
using namespace slipway::tests;

TEST_CASE("a directory shows its files by relative name, and nothing outside of it") {
  namespace fs = std::filesystem;
  const TemporaryDirectory place;
  const std::string top = place / "top";
  fs::create_directories(top + "/blobs/sha256");
  write_file(top + "/index.json", "{}");
  write_file(top + "/blobs/sha256/a", "content");
  write_file(place / "outside", "secret");
  fs::create_symlink("blobs/sha256/a", top + "/inner");
  fs::create_symlink("../outside", top + "/outer");
  REQUIRE(::mkfifo((top + "/fifo").c_str(), 0600) == 0);
  const linux::Fd root(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DirectorySource source(root);

  struct Row {
    const char* name;
    char type;
  };
  for (const Row& row : {Row{"index.json", 'f'}, Row{"./blobs/sha256/a", 'f'}, Row{"blobs", 'd'}, Row{"blobs/", 'd'},
                         Row{"inner", 'f'}, Row{"outer", 'l'}, Row{"fifo", 'o'}}) {
    CAPTURE(row.name);
    const SourceEntry* entry = source.find(row.name);
    REQUIRE(entry != nullptr);
    CHECK(entry->type == row.type);
  }
  for (const char* name : {"", "nothing", "../outside", "blobs/../../outside", "index.json/", "/etc/passwd"}) {
    CAPTURE(name);
    CHECK(source.find(name) == nullptr);
  }
  CHECK_FALSE(open_file_below(root, "outer"));
  CHECK_FALSE(open_file_below(root, "fifo"));

  const SourceEntry* blob = source.find("blobs/sha256/a");
  std::string text(static_cast<std::size_t>(blob->size), ' ');
  REQUIRE(source.read(blob->source, blob->offset, text.data(), text.size()));
  CHECK(text == "content");
  CHECK_FALSE(source.read(blob->source, 1, text.data(), text.size()));
  CHECK_FALSE(source.read(99, 0, text.data(), 1));

  std::set<std::string> names;
  for (std::uint64_t i = 0; source.entry(i) != nullptr; ++i) names.insert(source.entry(i)->name);
  CHECK(names ==
        std::set<std::string>{"blobs", "blobs/sha256", "blobs/sha256/a", "fifo", "index.json", "inner", "outer"});
}
