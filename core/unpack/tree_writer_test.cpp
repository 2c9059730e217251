#include "core/unpack/tree_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

// Unpacks entries, through a real archive, into a new directory beside which nothing may appear.
class Unpacking {
 public:
  explicit Unpacking(const std::vector<TarEntry>& entries, linux::IdMap map = {}, OpaqueMark mark = OpaqueMark::xattr,
                     store::Owners owners = store::Owners::squashed) {
    std::filesystem::create_directory(root());
    std::filesystem::permissions(root(), std::filesystem::perms(0755));
    const std::string tar = make_tar(entries);
    write_file(directory_ / "layer.tar", tar);
    const Fd source(::open((directory_ / "layer.tar").c_str(), O_RDONLY | O_CLOEXEC));
    writer_ =
        std::make_unique<TreeWriter>(Fd(::open(root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), map, mark, owners);
    result_ = unpack_layer(source, {digest(tar), store::Compression::none, {0, 0, tar.size()}}, *writer_);
    std::filesystem::remove(directory_ / "layer.tar");
    REQUIRE(std::distance(std::filesystem::directory_iterator(directory_.path()), {}) == 1);
  }

  [[nodiscard]] std::string root() const { return directory_ / "tree"; }
  [[nodiscard]] const Result<void>& result() const { return result_; }
  [[nodiscard]] const TreeWriter& writer() const { return *writer_; }
  [[nodiscard]] std::string text() const { return to_text(describe_tree(root())); }

 private:
  TemporaryDirectory directory_{};
  std::unique_ptr<TreeWriter> writer_{};
  Result<void> result_{};
};

void check_tree(const std::vector<TarEntry>& entries, const std::string& expected) {
  const Unpacking unpacking(entries);
  INFO((unpacking.result() ? "" : sentence(unpacking.result().error())));
  REQUIRE(unpacking.result());
  CHECK(unpacking.text() == expected);
}

void check_refusal(const std::vector<TarEntry>& entries, const std::string& expected) {
  const Unpacking unpacking(entries);
  REQUIRE_FALSE(unpacking.result());
  CHECK_THAT(sentence(unpacking.result().error()), Catch::Contains(expected));
  CHECK_FALSE(unpacking.result().error().hint.empty());
}

TarEntry owned(TarEntry entry, std::uint64_t uid, std::uint64_t gid) {
  entry.uid = uid;
  entry.gid = gid;
  return entry;
}

bool is_root() {
  if (::geteuid() == 0) return true;
  WARN("skipped: only root may give files away and make devices");
  return false;
}

}  // namespace

TEST_CASE("what a layer has is written with all its metadata") {
  if (!is_root()) return;
  TarEntry marked = file("etc/marked", "m");
  marked.xattrs = {{"user.note", "seen"}};
  check_tree({directory("./", 0750), directory("etc/", 01777), owned(file("etc/su", "x", 04755), 3, 4),
              owned(soft_link("etc/link", "/nowhere/at all"), 5, 6), hard_link("etc/again", "./etc/su"), marked,
              character_device("null", 1, 3)},
             ": d 0750 0:0\n"
             "etc: d 1777 0:0\n"
             "etc/again: f 4755 3:4 =x\n"
             "etc/link: l 5:6 ->/nowhere/at all\n"
             "etc/marked: f 0644 0:0 =m user.note=seen\n"
             "etc/su: h etc/again\n"
             "null: c 0644 0:0 1:3\n");
}

TEST_CASE("times are kept to the nanosecond, those of directories too") {
  TarEntry inner = directory("d/");
  inner.mtime = 1'234'567'890;
  inner.mtime_ns = 123'456'789;
  TarEntry leaf = file("d/f", "x");
  leaf.mtime_ns = 5;
  TarEntry old = soft_link("d/l", "f");
  old.mtime = 7;
  const Unpacking unpacking({inner, leaf, old, file("made/for/it", "")});
  REQUIRE(unpacking.result());
  const auto times = [&](const char* name) {
    struct stat status {};
    REQUIRE(::lstat((unpacking.root() + "/" + name).c_str(), &status) == 0);
    return std::pair<std::int64_t, std::int64_t>(status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  };
  CHECK(times("d") == std::pair<std::int64_t, std::int64_t>(1'234'567'890, 123'456'789));
  CHECK(times("d/f") == std::pair<std::int64_t, std::int64_t>(1'700'000'000, 5));
  CHECK(times("d/l") == std::pair<std::int64_t, std::int64_t>(7, 0));
  // What no entry gives a time has the same one at each unpacking.
  CHECK(times("made/for") == std::pair<std::int64_t, std::int64_t>(0, 0));
  CHECK(times("") == std::pair<std::int64_t, std::int64_t>(0, 0));
}

TEST_CASE("missing parents are made for root and are 0755") {
  ::umask(0077);
  check_tree({file("a/b/c", "x")}, ": d 0755 0:0\na: d 0755 0:0\na/b: d 0755 0:0\na/b/c: f 0644 0:0 =x\n");
  ::umask(0022);
}

TEST_CASE("a later entry replaces an earlier one, and directories take new metadata") {
  check_tree({file("a", "1"), file("a", "2", 0600), directory("d/", 0755), file("d/in", "kept"), directory("d/", 0700),
              directory("gone/"), file("gone/in"), soft_link("gone", "d"), soft_link("s", "d"), file("s", "now a file"),
              file("f"), directory("f/")},
             ": d 0755 0:0\na: f 0600 0:0 =2\nd: d 0700 0:0\nd/in: f 0644 0:0 =kept\nf: d 0755 0:0\n"
             "gone: l 0:0 ->d\ns: f 0644 0:0 =now a file\n");
}

TEST_CASE("a parent that is a link is followed inside the layer only") {
  check_tree({directory("usr/"), directory("usr/lib/"), soft_link("lib", "usr/lib"), soft_link("abs", "/usr/lib"),
              soft_link("up", "../../../usr/lib"), file("lib/one", "1"), file("abs/two", "2"), file("up/three", "3")},
             ": d 0755 0:0\nabs: l 0:0 ->/usr/lib\nlib: l 0:0 ->usr/lib\nup: l 0:0 ->../../../usr/lib\n"
             "usr: d 0755 0:0\nusr/lib: d 0755 0:0\nusr/lib/one: f 0644 0:0 =1\nusr/lib/three: f 0644 0:0 =3\n"
             "usr/lib/two: f 0644 0:0 =2\n");
}

TEST_CASE("entries that would land elsewhere or nowhere are refused by name") {
  struct Row {
    const char* what;
    std::vector<TarEntry> entries;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {"dots", {file("../evil")}, "entry '../evil' has '..' in its name"},
      {"inner dots", {directory("a/"), file("a/../../evil")}, "entry 'a/../../evil' has '..' in its name"},
      {"a link out",
       {soft_link("out", "/tmp"), file("out/evil")},
       "entry 'out/evil' lies behind the link 'out', which leads nowhere in the layer"},
      {"a link up",
       {soft_link("out", "../../.."), soft_link("o", "out/tmp"), file("o/evil")},
       "lies behind the link 'o', which leads nowhere"},
      {"a circle",
       {soft_link("a", "b"), soft_link("b", "a"), file("a/evil")},
       "lies behind the link 'a', which leads nowhere"},
      {"a file for a parent", {file("a"), file("a/b")}, "entry 'a/b' lies in 'a', which is no directory"},
      {"a hard link out", {hard_link("h", "../../etc/passwd")}, "'../../etc/passwd', which lies outside"},
      {"a hard link to nothing", {hard_link("h", "/etc/passwd")}, "'/etc/passwd', which the layer does not have"},
      {"a hard link behind a link",
       {soft_link("e", "/etc"), hard_link("h", "e/passwd")},
       "which the layer does not have"},
      {"a hard link to a directory", {directory("d/"), hard_link("h", "d")}, "is a hard link to a directory"},
      {"a hard link to a deletion", {file(".wh.x"), hard_link("h", "x")}, "which the layer does not have"},
      {"an overlay deletion", {character_device("x", 0, 0)}, "is a device 0:0"},
      {"a deletion of nothing", {file("a/.wh.")}, "entry 'a/.wh.' marks a deletion of nothing"},
      {"a deletion of the parent", {file("a/.wh...")}, "marks a deletion of nothing"},
      {"the root as a link", {soft_link("./", "/etc")}, "would replace the root directory"},
      {"an owner beyond ids", {owned(file("f"), 0xFFFFFFFF, 0)}, "has an owner that no system knows"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    check_refusal(row.entries, row.expected);
  }
}

TEST_CASE("a hard link to a link is a second name of the link itself") {
  check_tree({soft_link("l", "/etc/passwd"), hard_link("h", "l")}, ": d 0755 0:0\nh: l 0:0 ->/etc/passwd\nl: h h\n");
}

TEST_CASE("deletions and opaque directories are written as overlay reads them") {
  check_tree({directory("d/"), file("d/.wh.gone"), directory("o/"), file("o/.wh..wh..opq"), file("o/new", "n"),
              file(".wh..wh.plnk"), file(".wh..wh.aufs/12")},
             ": d 0755 0:0\nd: d 0755 0:0\nd/gone: c 0000 0:0 0:0\no: d 0755 0:0 user.overlay.opaque=y\n"
             "o/new: f 0644 0:0 =n\n");
}

TEST_CASE("a deletion concerns the layers below and not what its own layer brings") {
  check_tree({file("f", "mine"), file(".wh.f"), directory("d/"), file("d/in", "mine"), file(".wh.d"), file(".wh.late"),
              directory("late/"), file(".wh.deep"), file("deep/in", "x"), file(".wh.file"), file("file", "back")},
             ": d 0755 0:0\nd: d 0755 0:0 user.overlay.opaque=y\nd/in: f 0644 0:0 =mine\n"
             "deep: d 0755 0:0 user.overlay.opaque=y\ndeep/in: f 0644 0:0 =x\nf: f 0644 0:0 =mine\n"
             "file: f 0644 0:0 =back\nlate: d 0755 0:0 user.overlay.opaque=y\n");
}

TEST_CASE("attributes that overlay or the host would obey are dropped and counted") {
  TarEntry entry = directory("d/");
  entry.xattrs = {{"user.overlay.opaque", "y"},
                  {"trusted.overlay.redirect", "/etc"},
                  {"security.selinux", "x"},
                  {"user.kept", "k"}};
  const Unpacking unpacking({entry});
  REQUIRE(unpacking.result());
  CHECK(unpacking.text() == ": d 0755 0:0\nd: d 0755 0:0 user.kept=k\n");
  CHECK(unpacking.writer().losses().xattrs_dropped == 3);
}

TEST_CASE("file capabilities survive the change of the owner") {
  if (!is_root()) return;
  TarEntry entry = owned(file("ping", "x", 0755), 7, 7);
  // VFS_CAP_REVISION_2, effective, cap_net_raw; linux/capability.h
  const std::string value("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20);
  entry.xattrs = {{"security.capability", value}};
  const Unpacking unpacking({entry});
  REQUIRE(unpacking.result());
  CHECK(describe_tree(unpacking.root()).at("ping") == "f 0755 7:7 =x security.capability=" + value);
}

TEST_CASE("sparse files stay sparse") {
  TarEntry sparse = file("sparse", "headtail");
  sparse.pieces = {{0, 4}, {1U << 20U, 4}};
  sparse.sparse_size = std::uint64_t{4} << 20U;
  const Unpacking unpacking({sparse});
  REQUIRE(unpacking.result());
  struct stat status {};
  REQUIRE(::stat((unpacking.root() + "/sparse").c_str(), &status) == 0);
  CHECK(status.st_size == 4 << 20);
  CHECK(status.st_blocks * 512 < 1 << 20);
  CHECK(read_file(unpacking.root() + "/sparse").substr(1U << 20U, 4) == "tail");
}

TEST_CASE("names are bytes, whatever they are") {
  const std::string latin = "caf\xe9", greek = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", spaces = "a\nb\tc ";
  const std::string longest = std::string(200, 'n') + "/" + std::string(200, '\xe9');
  const Unpacking unpacking(
      {file(latin, "1"), file(greek, "2"), file(spaces, "3"), file(longest, "4"), soft_link("l", latin)});
  REQUIRE(unpacking.result());
  const auto tree = describe_tree(unpacking.root());
  for (const std::string& name : {latin, greek, spaces, longest}) CHECK(tree.count(name) == 1);
  CHECK(tree.at("l") == "l 0:0 ->" + latin);
}

TEST_CASE("with one mapped id all owners are that one, and devices are left out") {
  const Unpacking unpacking(
      {owned(file("f"), 1000, 1000), owned(directory("d/"), 0, 4), file("z"), character_device("null", 1, 3)},
      {{{0, ::geteuid(), 1}}, {{0, ::getegid(), 1}}});
  REQUIRE(unpacking.result());
  CHECK(unpacking.text() == ": d 0755 0:0\nd: d 0755 0:0\nf: f 0644 0:0 =\nz: f 0644 0:0 =\n");
  CHECK(unpacking.writer().losses().owners_lost == 2);
  CHECK(unpacking.writer().losses().devices_skipped == 1);
}

TEST_CASE("an owner beyond the range becomes root, without what its set-id bits would give, and is told") {
  if (!is_root()) return;
  const linux::IdMap map{{{0, 0, 500}}, {{0, 0, 500}}};
  const Unpacking unpacking({owned(file("both", "", 06755), 70000, 501), owned(file("user", "", 06755), 500, 8),
                             owned(file("kept", "", 06755), 7, 8), owned(file("group", "", 02755), 7, 60000)},
                            map);
  REQUIRE(unpacking.result());
  CHECK(unpacking.text() ==
        ": d 0755 0:0\nboth: f 0755 0:0 =\ngroup: f 0755 7:0 =\nkept: f 6755 7:8 =\nuser: f 2755 0:8 =\n");
  store::Losses lost;
  lost.lose_owner({"/both", 70000, 501}, true, true);
  lost.lose_owner({"/user", 500, 8}, true, false);
  lost.lose_owner({"/group", 7, 60000}, false, true);
  CHECK(unpacking.writer().losses() == lost);
}

TEST_CASE("where owners must be exact, nothing is written behind the first that cannot be, and all are counted") {
  const linux::IdMap single{{{0, ::geteuid(), 1}}, {{0, ::getegid(), 1}}};
  const Unpacking unpacking(
      {file("before"), owned(file("f"), 1000, 1000), file("after"), owned(directory("d/"), 0, 4),
       owned(hard_link("h", "f"), 5, 5), owned(character_device("null", 1, 3), 5, 5), file(".wh.gone")},
      single, OpaqueMark::xattr, store::Owners::exact);
  REQUIRE(unpacking.result());
  CHECK(unpacking.writer().gave_up());
  CHECK(unpacking.text().find("after") == std::string::npos);
  CHECK(unpacking.writer().losses().owners_lost == 2);
  CHECK(unpacking.writer().losses().highest_gid == 1000);
}

TEST_CASE("opaque directories can be remembered instead of marked") {
  const Unpacking unpacking({directory("o/"), file("o/.wh..wh..opq")}, {}, OpaqueMark::memory);
  REQUIRE(unpacking.result());
  CHECK(unpacking.text() == ": d 0755 0:0\no: d 0755 0:0\n");
  struct stat status {};
  REQUIRE(::stat((unpacking.root() + "/o").c_str(), &status) == 0);
  CHECK(unpacking.writer().opaque_inodes().count(status.st_ino) == 1);
}
