#include "core/unpack/merge.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "core/unpack/unpack_layer.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/tree.hpp"

using namespace slipway;
using namespace slipway::unpack;
using namespace slipway::tests;
using slipway::linux::Fd;

namespace {

Fd open_directory(const std::string& path) { return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

std::string merged(const std::vector<std::vector<TarEntry>>& layers) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "tree");
  for (const auto& entries : layers) {
    const std::string tar = make_tar(entries);
    write_file(directory / "layer.tar", tar);
    std::filesystem::create_directory(directory / "layer");
    std::filesystem::permissions(directory / "layer", std::filesystem::perms(0755));
    const Fd source(::open((directory / "layer.tar").c_str(), O_RDONLY | O_CLOEXEC));
    TreeWriter writer(open_directory(directory / "layer"), {}, OpaqueMark::memory);
    REQUIRE(unpack_layer(source, {digest(tar), store::Compression::none, {0, 0, tar.size()}}, writer));
    const auto result = merge_layer(writer.root(), open_directory(directory / "tree"), writer.opaque_inodes());
    INFO((result ? "" : sentence(result.error())));
    REQUIRE(result);
    std::filesystem::remove_all(directory / "layer");
  }
  return to_text(describe_tree(directory / "tree"));
}

}  // namespace

TEST_CASE("upper layers replace, delete and hide what lies below") {
  CHECK(merged({{directory("d/"), file("d/kept", "k"), file("d/gone", "g"), file("d/changed", "1"), directory("o/"),
                 file("o/hidden", "h"), directory("tree/"), file("tree/in", "i")},
                {directory("d/", 0700), file("d/.wh.gone"), file("d/changed", "2"), directory("o/"),
                 file("o/.wh..wh..opq"), file("o/new", "n"), file(".wh.tree"), file(".wh.never")}}) ==
        ": d 0755 0:0\nd: d 0700 0:0\nd/changed: f 0644 0:0 =2\nd/kept: f 0644 0:0 =k\n"
        "o: d 0755 0:0\no/new: f 0644 0:0 =n\n");
}

TEST_CASE("a top that is opaque hides all below it, but for what is none of the tree's") {
  CHECK(merged({{directory("d/"), file("d/x"), file("f")}, {file(".wh..wh..opq"), file("new", "n")}}) ==
        ": d 0755 0:0\nnew: f 0644 0:0 =n\n");
}

TEST_CASE("a directory in an upper layer replaces a link below and is not written through it") {
  CHECK(merged({{directory("usr/"), directory("usr/lib/"), soft_link("lib", "usr/lib")}, {file("lib/x", "x")}}) ==
        ": d 0755 0:0\nlib: d 0755 0:0\nlib/x: f 0644 0:0 =x\nusr: d 0755 0:0\nusr/lib: d 0755 0:0\n");
}

TEST_CASE("a link in an upper layer replaces a whole directory below") {
  CHECK(merged({{directory("d/"), file("d/f")}, {soft_link("d", "/elsewhere")}}) ==
        ": d 0755 0:0\nd: l 0:0 ->/elsewhere\n");
}

TEST_CASE("a directory deleted and made anew shows nothing of the old one") {
  CHECK(merged({{directory("d/"), file("d/old")}, {file(".wh.d"), directory("d/"), file("d/new", "n")}}) ==
        ": d 0755 0:0\nd: d 0755 0:0\nd/new: f 0644 0:0 =n\n");
}

TEST_CASE("hard links of one layer stay together") {
  CHECK(merged({{file("a", "x"), directory("d/"), hard_link("d/b", "a")}, {file("c")}}) ==
        ": d 0755 0:0\na: f 0644 0:0 =x\nc: f 0644 0:0 =\nd: d 0755 0:0\nd/b: h a\n");
}

TEST_CASE("merged directories have the topmost layer's times") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "tree/d");
  std::filesystem::create_directories(directory / "layer/d");
  write_file(directory / "layer/d/f", "x");
  const std::array<timespec, 2> times = {timespec{5, 6}, timespec{7, 8}};
  REQUIRE(::utimensat(AT_FDCWD, (directory / "layer/d").c_str(), times.data(), 0) == 0);
  REQUIRE(merge_layer(open_directory(directory / "layer"), open_directory(directory / "tree"), {}));
  struct stat status {};
  REQUIRE(::stat((directory / "tree/d").c_str(), &status) == 0);
  CHECK(status.st_mtim.tv_sec == 7);
  CHECK(status.st_mtim.tv_nsec == 8);
}
