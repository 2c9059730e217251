#include "core/store/copy_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/archive.hpp"
#include "tests/support/tree.hpp"

using namespace slipway;
using namespace slipway::store;
using slipway::tests::describe_tree;
using slipway::tests::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

/// Layers, the lowest first, and the tree that they make.
class Stack {
 public:
  explicit Stack(std::size_t layers) {
    for (std::size_t i = 0; i < layers; ++i) fs::create_directory(layer(i));
    fs::create_directory(tree());
  }
  [[nodiscard]] std::string layer(std::size_t number) const { return directory_ / std::to_string(number); }
  [[nodiscard]] std::string tree() const { return directory_ / "tree"; }
  // Whoever may make anything may make this one; mknod(2).
  void remove(std::size_t number, const std::string& name) const {
    REQUIRE(::mknod((layer(number) + "/" + name).c_str(), S_IFCHR, 0) == 0);
  }
  void write(std::size_t number, const std::string& name, const std::string& text) const {
    const std::string path = layer(number) + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    tests::write_file(path, text);
  }
  [[nodiscard]] Result<Losses> copy(unsigned threads = 3) const {
    std::vector<linux::Fd> opened;
    for (std::size_t i = 0; fs::exists(layer(i)); ++i)
      opened.emplace_back(::open(layer(i).c_str(), O_PATH | O_CLOEXEC));
    std::vector<const linux::Fd*> top_first;
    for (const linux::Fd& one : opened) top_first.insert(top_first.begin(), &one);
    auto layers = open_layers(top_first);
    if (!layers) return tl::unexpected(layers.error());
    linux::Fd into(::open(tree().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return copy_tree(std::move(*layers), std::move(into), threads);
  }
  // Names below the tree; a directory's ends in a slash.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(tree())) {
      const std::string name = entry.path().string().substr(tree().size() + 1);
      names.push_back(entry.is_directory() && !entry.is_symlink() ? name + "/" : name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  TemporaryDirectory directory_{};
};

struct stat look_at(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a copy has what the layers add, and not what the higher ones delete or hide") {
  const Stack stack(3);
  for (const char* name : {"both/low", "gone/deep/x", "opaque/low", "again/low", "file/x", "link/low"})
    stack.write(0, name, "0");
  stack.write(0, "was-file", "0");
  fs::create_symlink("both", stack.layer(0) + "/was-link");
  stack.write(1, "both/high", "1");
  stack.remove(1, "gone");
  stack.remove(1, "again");
  stack.remove(1, "never-was");
  stack.write(1, "opaque/high", "1");
  if (::setxattr((stack.layer(1) + "/opaque").c_str(), "user.overlay.opaque", "y", 1, 0) != 0)
    stack.remove(1, "opaque/low");  // this file system has no attributes
  stack.write(1, "file", "1");
  fs::create_symlink("both", stack.layer(1) + "/link");
  stack.write(1, "was-file/x", "1");
  stack.write(1, "was-link/x", "1");
  stack.write(2, "again/high", "2");
  stack.write(2, "link/x", "2");
  stack.write(2, "both/top", "2");
  stack.remove(2, "both/high");
  REQUIRE(stack.copy());
  CHECK(stack.names() == Names{"again/", "again/high", "both/", "both/low", "both/top", "file", "link/", "link/x",
                               "opaque/", "opaque/high", "was-file/", "was-file/x", "was-link/", "was-link/x"});
  for (const auto& [name, what] : describe_tree(stack.tree())) CHECK(what.find("overlay") == std::string::npos);
}

TEST_CASE("names of one file are names of one file in its copy, across directories, and no layer's file") {
  const Stack stack(2);
  stack.write(0, "a/one", "same");
  stack.write(0, "b/c/x", "x");
  fs::create_hard_link(stack.layer(0) + "/a/one", stack.layer(0) + "/b/two");
  fs::create_hard_link(stack.layer(0) + "/a/one", stack.layer(0) + "/b/c/three");
  stack.write(0, "alone", "its other name is deleted");
  fs::create_hard_link(stack.layer(0) + "/alone", stack.layer(0) + "/deleted");
  stack.remove(1, "deleted");
  const struct stat before = look_at(stack.layer(0) + "/b/c");
  REQUIRE(stack.copy());
  const ino_t inode = look_at(stack.tree() + "/a/one").st_ino;
  CHECK(look_at(stack.tree() + "/b/two").st_ino == inode);
  CHECK(look_at(stack.tree() + "/b/c/three").st_ino == inode);
  CHECK(look_at(stack.tree() + "/a/one").st_nlink == 3);
  CHECK(look_at(stack.tree() + "/alone").st_nlink == 1);
  CHECK(inode != look_at(stack.layer(0) + "/a/one").st_ino);
  // Links are made last, which leaves no trace.
  CHECK(look_at(stack.tree() + "/b/c").st_mtim.tv_nsec == before.st_mtim.tv_nsec);
  tests::write_file(stack.tree() + "/a/one", "changed");
  CHECK(tests::read_file(stack.layer(0) + "/a/one") == "same");
}

TEST_CASE("types, modes, times, attributes and holes are those of the layer") {
  const Stack stack(1);
  const std::string top = stack.layer(0);
  stack.write(0, "directory/file", "f");
  REQUIRE(::mkfifo((top + "/fifo").c_str(), 0) == 0);
  REQUIRE(::mknod((top + "/socket").c_str(), S_IFSOCK | 0600, 0) == 0);
  fs::create_symlink("/nowhere/at/all", top + "/link");
  stack.write(0, "special", "s");
  const linux::Fd sparse(::open((top + "/sparse").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  constexpr off_t kHole = 8 << 20;
  REQUIRE(::pwrite(sparse.get(), "begin", 5, 0) == 5);
  REQUIRE(::pwrite(sparse.get(), "middle", 6, kHole) == 6);
  REQUIRE(::ftruncate(sparse.get(), 2 * kHole) == 0);
  const bool has_attributes = ::setxattr((top + "/special").c_str(), "user.colour", "blue", 4, 0) == 0;
  for (const auto& [name, mode] :
       {std::pair{"fifo", 0604U}, std::pair{"special", 06751U}, std::pair{"directory", 01710U}})
    REQUIRE(::chmod((top + "/" + name).c_str(), mode) == 0);
  for (const char* name : {"fifo", "socket", "link", "special", "sparse", "directory", "."}) {
    const std::array times = {timespec{1'000'000'000, 1}, timespec{-1000, 123'456'789}};
    REQUIRE(::utimensat(AT_FDCWD, (top + "/" + name).c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0);
  }
  const auto losses = stack.copy();
  REQUIRE(losses);
  CHECK_FALSE(losses->any());
  for (const char* name : {"fifo", "socket", "link", "special", "sparse", "directory", "directory/file", "."}) {
    INFO(name);
    const struct stat wanted = look_at(top + "/" + name), found = look_at(stack.tree() + "/" + name);
    CHECK(found.st_mode == wanted.st_mode);
    CHECK(found.st_uid == wanted.st_uid);
    CHECK(found.st_gid == wanted.st_gid);
    CHECK(found.st_mtim.tv_sec == wanted.st_mtim.tv_sec);
    CHECK(found.st_mtim.tv_nsec == wanted.st_mtim.tv_nsec);
    if (!S_ISDIR(wanted.st_mode)) CHECK(found.st_size == wanted.st_size);
  }
  CHECK(fs::read_symlink(stack.tree() + "/link") == "/nowhere/at/all");
  CHECK(tests::read_file(stack.tree() + "/sparse") == tests::read_file(top + "/sparse"));
  CHECK(look_at(stack.tree() + "/sparse").st_blocks <= look_at(top + "/sparse").st_blocks);
  std::array<char, 8> value{};
  const bool is_copied =
      ::getxattr((stack.tree() + "/special").c_str(), "user.colour", value.data(), value.size()) == 4;
  CHECK(is_copied == has_attributes);
}

TEST_CASE("however many threads copy, the tree is the same") {
  const Stack stack(1);
  for (int i = 0; i < 700; ++i) {
    const std::string number = std::to_string(i);
    stack.write(0, "wide/" + number, std::string(static_cast<std::size_t>(i), 'w'));
    stack.write(0, "many/" + number + "/file", number);
  }
  std::string deep = "deep";
  for (int i = 0; i < 60; ++i) deep += "/d";
  stack.write(0, deep + "/file", "deep");
  const auto wanted = tests::to_text(describe_tree(stack.layer(0)));
  for (const unsigned threads : {1U, 2U, 8U}) {
    INFO(threads);
    REQUIRE(stack.copy(threads));
    CHECK(tests::to_text(describe_tree(stack.tree())) == wanted);
    fs::remove_all(stack.tree());
    fs::create_directory(stack.tree());
  }
}

TEST_CASE("a copy that fails says where, and ends with all its threads") {
  const Stack stack(1);
  for (int i = 0; i < 300; ++i) stack.write(0, "a/" + std::to_string(i), "x");
  fs::create_directory(stack.tree() + "/a");  // in the way
  const auto copied = stack.copy(4);
  REQUIRE_FALSE(copied);
  CHECK(sentence(copied.error()) == "make directory: a: File exists");
}
