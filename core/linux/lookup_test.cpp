#include "core/linux/lookup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>

using namespace slipway;
using namespace slipway::linux;
namespace fs = std::filesystem;

namespace {

// DIR/root is what an image filled, DIR/outside is the host's.
class Tree {
 public:
  Tree() {
    std::string name = "/tmp/slipway-lookup-test.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
    fs::create_directories(path_ + "/root/a/b");
    fs::create_directories(path_ + "/outside");
    std::ofstream(path_ + "/root/a/file") << "inside";
    std::ofstream(path_ + "/outside/file") << "outside";
    link("a", "relative");
    link("/a", "absolute");
    link("../../../../.." + path_ + "/outside", "climbing");
    link(path_ + "/outside", "out");
    link("nowhere", "dangling");
    link("ring", "ring");
    link("..", "a/up");
    link("/proc/self/fd/0", "magic");
    root_ = Fd(::open((path_ + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(root_);
  }
  ~Tree() { fs::remove_all(path_); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  [[nodiscard]] const Fd& root() const { return root_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string inside(const std::string& name) const { return path_ + "/root/" + name; }

 private:
  void link(const std::string& target, const std::string& name) const { fs::create_symlink(target, inside(name)); }
  std::string path_{};
  Fd root_{};
};

bool leads_to(const Result<Fd>& fd, const std::string& path) {
  struct stat found {};
  struct stat wanted {};
  return fd && ::fstat(fd->get(), &found) == 0 && ::stat(path.c_str(), &wanted) == 0 && found.st_dev == wanted.st_dev &&
         found.st_ino == wanted.st_ino;
}

}  // namespace

TEST_CASE("looking below a root follows no link, in no component") {
  const Tree tree;
  CHECK(leads_to(open_below(tree.root(), "/a/b", O_PATH), tree.inside("a/b")));
  CHECK(leads_to(open_below(tree.root(), "a/file", O_RDONLY), tree.inside("a/file")));
  CHECK(leads_to(open_below(tree.root(), "/", O_PATH), tree.path() + "/root"));
  for (const char* path : {"/relative", "/relative/b", "/absolute/b", "/climbing/file", "/out/file", "/a/up/a",
                           "/ring/x", "/dangling/x", "/magic/x"}) {
    INFO(path);
    const auto found = open_below(tree.root(), path, O_PATH);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ELOOP);
    CHECK(found.error().subject == path);
  }
  CHECK(open_below(tree.root(), "/nothing", O_PATH).error().code == ENOENT);
  CHECK(leads_to(open_below(tree.root(), "/../../a", O_PATH), tree.inside("a")));
}

TEST_CASE("looking inside a root follows links, and none leads out") {
  const Tree tree;
  for (const char* path : {"/relative/b", "/absolute/b", "/a/up/a/b", "/../absolute/../relative/b"}) {
    INFO(path);
    CHECK(leads_to(open_inside(tree.root(), path, O_PATH), tree.inside("a/b")));
  }
  for (const char* path : {"/climbing/file", "/out/file", "/dangling", "/magic"}) {
    INFO(path);
    CHECK(open_inside(tree.root(), path, O_PATH).error().code == ENOENT);
  }
  CHECK(open_inside(tree.root(), "/ring", O_PATH).error().code == ELOOP);
}

TEST_CASE("the links of /proc/self/fd are followed in no way") {
  const Tree tree;
  const Fd proc(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::string link = "/self/fd/" + std::to_string(tree.root().get());
  CHECK(open_inside(proc, link, O_PATH).error().code == ELOOP);
  CHECK(open_inside(proc, link + "/a", O_PATH).error().code == ELOOP);
  CHECK(open_below(proc, link + "/a", O_PATH).error().code == ELOOP);
}

TEST_CASE("a parent is found with the last component left as it is") {
  const Tree tree;
  for (const char* path : {"/a/new", "a/new", "/a/new/", "//a//new//"}) {
    INFO(path);
    const auto parent = open_parent_below(tree.root(), path);
    REQUIRE(parent);
    CHECK(parent->name == "new");
    struct stat found {};
    struct stat wanted {};
    ::fstat(parent->directory.get(), &found);
    ::stat(tree.inside("a").c_str(), &wanted);
    CHECK(found.st_ino == wanted.st_ino);
  }
  CHECK(open_parent_below(tree.root(), "/ring")->name == "ring");
  CHECK(open_parent_below(tree.root(), "/out/file").error().code == ELOOP);
  CHECK(open_parent_below(tree.root(), "/nothing/x").error().code == ENOENT);
  CHECK(open_parent_below(tree.root(), "/a/file/x").error().code == ENOTDIR);
  for (const char* none : {"", "/", "//"}) CHECK(open_parent_below(tree.root(), none).error().code == EINVAL);
}

TEST_CASE("a directory is made with exactly its mode, and one that is there stays as it is") {
  const Tree tree;
  const mode_t before = ::umask(077);
  CHECK(make_directory_at(tree.root(), "made", 01777).value());
  CHECK_FALSE(make_directory_at(tree.root(), "made", 0700).value());
  struct stat found {};
  REQUIRE(::stat(tree.inside("made").c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 01777);
  CHECK(make_directory_at(tree.root(), "out", 0755).error().code == ELOOP);
  CHECK(make_directory_at(tree.root(), "dangling", 0755).error().code == ELOOP);
  CHECK(make_directory_at(tree.root(), "a/file", 0755).error().code == ENOTDIR);
  ::umask(before);
}

TEST_CASE("directories are made inside of the root, also behind links") {
  const Tree tree;
  struct Row {
    const char* path;
    const char* made;
  };
  for (const Row& row : std::initializer_list<Row>{{"/x/y/z", "x/y/z"},
                                                   {"/relative/new", "a/new"},
                                                   {"/absolute/new/er", "a/new/er"},
                                                   {"/a/up/beside", "beside"},
                                                   {"//twice//over/", "twice/over"}}) {
    INFO(row.path);
    CHECK(make_directories_inside(tree.root(), row.path, 0711));
    struct stat found {};
    REQUIRE(::lstat(tree.inside(row.made).c_str(), &found) == 0);
    CHECK(found.st_mode == (S_IFDIR | 0711));
  }
  struct stat above {};
  REQUIRE(::stat(tree.inside("x/y").c_str(), &above) == 0);
  CHECK((above.st_mode & 07777) == 0755);
  CHECK(make_directories_inside(tree.root(), "/", 0700));
  CHECK(make_directories_inside(tree.root(), "/relative", 0700));
}

TEST_CASE("no directory is made behind a link that leads nowhere inside, or in a file's place") {
  const Tree tree;
  struct Row {
    const char* path;
    int code;
  };
  for (const Row& row : std::initializer_list<Row>{{"/out/new", ELOOP},
                                                   {"/climbing/new", ELOOP},
                                                   {"/dangling", ELOOP},
                                                   {"/dangling/new", ELOOP},
                                                   {"/ring/new", ELOOP},
                                                   {"/magic/new", ELOOP},
                                                   {"/a/file", ENOTDIR},
                                                   {"/a/file/new", ENOTDIR}}) {
    INFO(row.path);
    const auto made = make_directories_inside(tree.root(), row.path, 0755);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == row.code);
    CHECK(made.error().subject == row.path);
  }
  std::vector<std::string> outside;
  for (const auto& entry : fs::directory_iterator(tree.path() + "/outside")) outside.push_back(entry.path().filename());
  CHECK(outside == std::vector<std::string>{"file"});
}

TEST_CASE("a directory is opened again by its path, and only while that leads to it") {
  const Tree tree;
  const Fd directory(::open(tree.inside("a").c_str(), O_PATH | O_CLOEXEC));
  CHECK(leads_to(open_again_here(directory), tree.inside("a")));
  fs::rename(tree.inside("a"), tree.inside("moved"));
  CHECK(leads_to(open_again_here(directory), tree.inside("moved")));
  fs::remove_all(tree.inside("moved"));
  CHECK_FALSE(open_again_here(directory));
}
