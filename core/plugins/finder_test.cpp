#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>

#include "core/plugins/owners.hpp"
#include "core/plugins/support_test.hpp"

using namespace slipway;
using namespace slipway::plugins;
using namespace slipway::plugins::test;

TEST_CASE("a plugin is found by its name, with its manifest and what a cache knows it by") {
  auto found = finder(kFixtures).find("fixture-c", "harden");
  INFO(told(found));
  REQUIRE(found);
  CHECK(found->manifest.name == "fixture-c");
  CHECK(found->path == kFixtures + "/fixture-c.so");
  CHECK(found->file);
  CHECK(std::count(found->identity.begin(), found->identity.end(), ':') == 4);
}

TEST_CASE("a plugin that is missing: what was looked for, where, and the nearest name") {
  Finder several({{kFixtures, true}, {"/nowhere/plugins", false}});
  CHECK(told(several.find("fixture-cc", "harden")) == "find plugin fixture-cc: there is no fixture-cc.so in " +
                                                          kFixtures +
                                                          " (built-in), /nowhere/plugins (No such file or directory) "
                                                          "(did you mean \"fixture-c\"? one of your own is found in a "
                                                          "directory that --plugin-dir or the pipeline's "
                                                          "\"plugin_dirs\" names; slipway plugin explain fixture-cc "
                                                          "tells where it is looked for, slipway plugin list which "
                                                          "there are)");
}

TEST_CASE("the first directory that has a plugin of that name gives it") {
  const TempDir dir;
  dir.fixture("fixture-c", "fixture-c");
  Finder both({{dir.path(), false}, {kFixtures, false}}, {}, Ownership::off);
  CHECK(both.find("fixture-c")->path == dir.path() + "/fixture-c.so");
}

TEST_CASE("a name that could lead out of the directory is refused") {
  for (const char* name : {"", "../fixture-c", "a/b", "fixture-c.so", "."}) {
    CAPTURE(name);
    CHECK(told(finder(kFixtures).find(name, "harden")) == "find plugin \"" + std::string(name) +
                                                              "\": a plugin is named without a slash and without a dot "
                                                              "(name it alone, \"fs-overlay\", and its directory in "
                                                              "\"plugin_dirs\" or with --plugin-dir)");
  }
}

TEST_CASE("each thing that keeps a library from being loaded is told before any of its code runs") {
  const TempDir dir;
  dir.write("text.so", "hello\n");
  dir.write("cut.so", bytes_of(kFixtures + "/fixture-c.so").substr(0, 3000));
  dir.fixture("fixture-c", "renamed");
  dir.fixture("fixture-c", "fixture-c", R"("abi": "1.0")", R"("abi": "2.7")");
  dir.fixture("fixture-cpp", "fixture-cpp", "step:unpack", "step:unpakc");
  dir.fixture("fixture-image", "fixture-image", "ability:slipway.source.1", "ability:slipway.source.9");
  dir.fixture("fixture-throws", "fixture-throws", R"("needs": [])", R"("needs": 77)");
  dir.fixture("fixture-escapes", "fixture-escapes", "libc.so.6", "li/c.so.6");
  const std::string at = dir.path() + "/";
  struct Row {
    const char* name;
    std::string told;
  };
  const Row rows[] = {
      {"text",
       "use plugin text: " + at +
           "text.so: is a text file, not a shared object (a plugin is a shared object made by slipway_add_plugin)"},
      {"cut", "use plugin cut: " + at +
                  "cut.so: is damaged: it is shorter than its program headers say (build or copy it again)"},
      {"renamed",
       "use plugin renamed: " + at +
           "renamed.so: its manifest says that it is \"fixture-c\" (a plugin's file is named like the plugin: "
           "rename it to fixture-c.so)"},
      {"fixture-c",
       "use plugin fixture-c: " + at +
           "fixture-c.so: is built for plugin ABI 2.7; this slipway has 1.0 (build it with this slipway's SDK, or "
           "use a slipway with plugin ABI 2)"},
      {"fixture-cpp",
       "use plugin fixture-cpp: " + at +
           "fixture-cpp.so: needs the step type \"unpakc\", which this slipway does not have (did you mean "
           "\"unpack\"?)"},
      {"fixture-image",
       "use plugin fixture-image: " + at +
           "fixture-image.so: needs the ability \"slipway.source.9\", which this slipway does not have (did "
           "you mean \"slipway.source.1\"?)"},
      {"fixture-escapes", "use plugin fixture-escapes: " + at +
                              "fixture-escapes.so: needs the library \"li/c.so.6\" by a path from whatever directory "
                              "slipway is called in (link that library with -Wl,-soname,NAME, or statically)"},
      {"fixture-throws", "use plugin fixture-throws: " + at +
                             "fixture-throws.so: its manifest: /needs is the number 77; expected a list"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(told(finder(dir.path()).find(row.name)) == row.told);
  }
}

TEST_CASE("a plugin of another stage is refused with both stages") {
  CHECK(told(finder(kFixtures).find("fixture-c", "rootfs")) ==
        "use plugin fixture-c: " + kFixtures +
            "/fixture-c.so: serves the stage \"harden\", but is asked to serve \"rootfs\" (name it in \"harden\")");
}

TEST_CASE("a link that leads nowhere and a directory are told as such") {
  const TempDir dir;
  std::filesystem::create_symlink("nowhere.so", dir.path() + "/link.so");
  std::filesystem::create_directory(dir.path() + "/folder.so");
  ::mkfifo((dir.path() + "/fifo.so").c_str(), 0600);
  CHECK(told(finder(dir.path()).find("link")) ==
        "use plugin link: " + dir.path() + "/link.so: No such file or directory");
  CHECK(told(finder(dir.path()).find("folder")) == "use plugin folder: " + dir.path() + "/folder.so: is a directory");
  CHECK(told(finder(dir.path()).find("fifo")) == "use plugin fifo: " + dir.path() + "/fifo.so: is not a regular file");
}

TEST_CASE("a list has every library, with its manifest or the reason why it can't be used") {
  const TempDir dir;
  dir.write("text.so", "hello\n");
  dir.write("notes.txt", "hello\n");
  dir.fixture("fixture-c", "fixture-c");
  Finder both({{kFixtures, true}, {dir.path(), false}}, host::Vocabulary{{"image"}, {"slipway.source.1"}},
              Ownership::off);
  const auto all = both.list();
  CHECK(std::is_sorted(all.begin(), all.end(), [](const Listed& a, const Listed& b) { return a.name < b.name; }));
  const auto named = [&](const std::string& name, const std::string& directory) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Listed& each) {
      return each.name == name && each.path.starts_with(directory);
    });
    REQUIRE(found != all.end());
    return found;
  };
  CHECK(named("fixture-c", kFixtures)->manifest->stage == "harden");
  CHECK(named("fixture-c", kFixtures)->builtin);
  CHECK_FALSE(named("fixture-c", kFixtures)->hidden);
  CHECK(named("fixture-c", dir.path())->hidden);
  CHECK(named("text", dir.path())->problem->subject.find("is a text file") != std::string::npos);
  CHECK(std::none_of(all.begin(), all.end(), [](const Listed& each) { return each.name == "notes"; }));
}

TEST_CASE("the built-in directory lies beside the running program") {
  const auto directory = builtin_directory();
  REQUIRE(directory);
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  CHECK(directory->path == program.parent_path().parent_path().string() + "/lib/slipway/plugins");
  CHECK(directory->builtin);
}

TEST_CASE("as root, a plugin that another could change is refused with what mends it") {
  if (::geteuid() != 0) {
    WARN("SKIPPED: changing owners needs root");
    return;
  }
  const TempDir dir;
  const std::string file = dir.fixture("fixture-c", "fixture-c");
  ::chmod(file.c_str(), 0755);
  const auto find = [&] { return told(finder(dir.path(), Ownership::automatic).find("fixture-c")); };
  const std::string start = "use plugin fixture-c: ";
  CHECK(find() == "went well");  // /tmp is sticky and root's

  ::chmod(file.c_str(), 0775);
  CHECK(find() == start + file +
                      " can be written by its group; as root, slipway loads only what nobody else can change (chmod "
                      "go-w " +
                      file + ")");
  ::chmod(file.c_str(), 0755);
  ::chmod(dir.path().c_str(), 0777);
  CHECK(find() == start + dir.path() +
                      " can be written by everybody; as root, slipway loads only what nobody else can change "
                      "(chmod go-w " +
                      dir.path() + ")");
  ::chmod(dir.path().c_str(), 01777);
  CHECK(find() == "went well");
  ::chmod(dir.path().c_str(), 0755);

  const std::string copy =
      "copy the plugin to a directory of root's, and name that one: install -D -m 0644 -t "
      "/usr/local/lib/slipway-plugins ";
  REQUIRE(::chown(file.c_str(), 4711, 0) == 0);
  CHECK(find() ==
        start + file + " belongs to user id 4711; as root, slipway loads only what root owns (" + copy + file + ")");
  REQUIRE(::chown(file.c_str(), 0, 0) == 0);
  REQUIRE(::chown(dir.path().c_str(), 4711, 0) == 0);
  CHECK(find() == start + dir.path() + " belongs to user id 4711; as root, slipway loads only what root owns (" + copy +
                      file + ")");
  CHECK(told(finder(dir.path(), Ownership::off).find("fixture-c")) == "went well");
}

TEST_CASE("a link on the way is held against the same rule as what it leads to") {
  if (::geteuid() != 0) {
    WARN("SKIPPED: changing owners needs root");
    return;
  }
  const TempDir dir;
  std::filesystem::create_directory(dir.path() + "/open");
  std::filesystem::create_directory(dir.path() + "/real");
  ::chmod((dir.path() + "/open").c_str(), 0777);
  dir.write("real/x.so", "x");
  std::filesystem::create_symlink("../real", dir.path() + "/open/link");
  std::filesystem::create_symlink("open/link/x.so", dir.path() + "/x.so");
  std::set<std::string> safe;
  CHECK(check_owners_along(dir.path() + "/real/x.so", {}, safe));
  const auto refused = check_owners_along(dir.path() + "/x.so", {}, safe);
  CHECK(told(refused).find(dir.path() + "/open can be written by everybody") != std::string::npos);
  ::chmod((dir.path() + "/open").c_str(), 0755);
  CHECK(told(check_owners_along(dir.path() + "/x.so", {}, safe)) == "went well");
  REQUIRE(::lchown((dir.path() + "/open/link").c_str(), 4711, 0) == 0);
  CHECK(told(check_owners_along(dir.path() + "/x.so", {}, safe)).find("/open/link belongs to user id 4711") !=
        std::string::npos);
}

TEST_CASE("where / belongs to nobody, the host's root looks at owners all the same") {
  if (::geteuid() != 0) {
    WARN("SKIPPED: a root directory of another owner needs root");
    return;
  }
  const TempDir dir;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const bool is_made = ::unshare(CLONE_NEWNS) == 0 &&
                         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         ::mount("tmpfs", dir.path().c_str(), "tmpfs", 0, "uid=65534,mode=0755") == 0 &&
                         ::chroot(dir.path().c_str()) == 0 && ::chdir("/") == 0;
    if (!is_made) ::_exit(2);
    ::close(::open("/x.so", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    std::set<std::string> safe;
    const std::string said = told(check_owners_along("/x.so", {}, safe));
    ::_exit(said.find("/ belongs to user id 65534; as root") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("what was opened is refused when its path leads elsewhere by now, or when it is another's itself") {
  const TempDir dir;
  const std::string file = dir.write("x.so", "x"), other = dir.write("y.so", "y");
  ::chmod(file.c_str(), 0644);
  const std::vector<uid_t> trusted{::geteuid()};
  std::set<std::string> safe;
  struct stat opened {};
  REQUIRE(::stat(file.c_str(), &opened) == 0);
  CHECK(told(check_owners_along(file, trusted, safe, &opened)) == "went well");
  struct stat writable = opened;
  writable.st_mode |= S_IWOTH;
  CHECK(told(check_owners_along(file, trusted, safe, &writable)).find("can be written by everybody") !=
        std::string::npos);
  std::filesystem::rename(other, file);
  ::chmod(file.c_str(), 0644);
  CHECK(told(check_owners_along(file, trusted, safe, &opened)).find("was replaced while it was being looked at") !=
        std::string::npos);
}

TEST_CASE("another build that is copied over a plugin is another, though size and time of its content are the same") {
  const TempDir dir;
  const std::string file = dir.fixture("fixture-c", "fixture-c");
  const auto identity = [&] { return finder(dir.path()).find("fixture-c")->identity; };
  const std::string before = identity();
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  const auto coarse_tick = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  while (std::chrono::steady_clock::now() < coarse_tick) {
  }
  std::string bytes = bytes_of(file);
  bytes.back() = static_cast<char>(~bytes.back());
  dir.write("fixture-c.so", bytes);
  const struct timespec times[2] = {status.st_atim, status.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
  CHECK(identity() != before);
}

TEST_CASE("the program's owner may own the built-in directory, and no other") {
  if (::geteuid() != 0) {
    WARN("SKIPPED: changing owners needs root");
    return;
  }
  const TempDir dir;
  REQUIRE(::chown(dir.path().c_str(), 4711, 0) == 0);
  const std::string file = dir.write("x.so", "x");
  REQUIRE(::chown(file.c_str(), 4711, 0) == 0);
  std::set<std::string> safe;
  CHECK(check_owners_along(file, {4711}, safe));
  std::set<std::string> none;
  CHECK_FALSE(check_owners_along(file, {4712}, none));
}
