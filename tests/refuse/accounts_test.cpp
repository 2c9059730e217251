// Users, groups and working directories that an image does not have, or has in a form that was made to do harm.
#include <catch2/catch.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

TarEntry fifo(std::string name) {
  TarEntry entry = file(std::move(name));
  entry.type = TarType::fifo;
  return entry;
}

std::string huge_passwd() {
  constexpr std::size_t kSize = std::size_t{100} << 20U;
  return "root:x:0:0::/root:/bin/sh\n" + std::string(kSize, 'x') + "\nlate:x:5:5::/:/bin/sh\n";
}

}  // namespace

TEST_CASE("a user or a group that the image does not have is refused by its name") {
  struct Row {
    std::string user;
    std::string part;
  };
  const std::vector<Row> rows = {
      {"nobody-there", "the image has no user: nobody-there"},
      {"nobody-there:0", "the image has no user: nobody-there"},
      {"app:no-group", "the image has no group: no-group"},
      {"0:no-group", "the image has no group: no-group"},
      {"4294967295", "the image has no user: 4294967295"},
      {"4294967296", "the image has no user: 4294967296"},
      {"-1", "the image has no user: -1"},
      {"0x0", "the image has no user: 0x0"},
      {"app:app:app", "the image has no group: app:app"},
      {"\xFF\x1b[31m", "the image has no user: \\xff\\x1b[31m"},
      {std::string(100'000, 'u'), "the image has no user: uuu"},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const Row& row : rows) {
      INFO(row.user.substr(0, 64) << " as " << to_text(who));
      CHECK(setting.refusal("run", {"-u", row.user, image, "true"}, {"slipway: -u: error: ", row.part, "hint: "}) ==
            "");
    }
    // A number needs no entry, neither for the user nor for the group, but an id in the container.
    const std::string number = who == Who::single ? "0" : "77:88";
    const Outcome outcome = setting.slipway("run", {"-u", number, image, "sh", "-c", "echo $(id -u):$(id -g)"});
    CHECK(outcome.errors == "");
    CHECK(outcome.output == (who == Who::single ? "0:0\n" : "77:88\n"));
  }
}

TEST_CASE("with one id, a user or a group other than root is refused with the range that would do") {
  SLIPWAY_SETTING(Who::single);
  const std::string image = setting.archive();
  for (const char* user : {"app", "77:88", "app:staff", "0:50", "1000"}) {
    INFO(user);
    CHECK(setting.refusal(
              "run", {"-u", user, image, "true"},
              {"slipway: -u: error: ", "the container has no id for: ", "\n  hint: as root: usermod --add-sub"}) == "");
  }
  CHECK(setting.refusal(
            "run", {"-u", "4294967294", image, "true"},
            {"slipway: -u: error: ", "the container has no id for: ", "no range of subordinate ids can hold"}) == "");
}

TEST_CASE("a passwd that cannot be read is named, is waited for by nobody, and needed by no number") {
  struct Row {
    const char* what;
    std::vector<TarEntry> entries;
    const char* part;
  };
  const std::vector<Row> rows = {
      {"one of 100 MB", {file("etc/passwd", huge_passwd())}, "the image's /etc/passwd is not read: it is larger"},
      {"a directory", {directory("etc/passwd/")}, "the image's /etc/passwd is no file"},
      {"a FIFO", {fifo("etc/passwd")}, "the image's /etc/passwd is no file"},
      {"a device", {soft_link("etc/passwd", "/dev/zero")}, "the image's /etc/passwd is no file"},
      {"a link to itself", {soft_link("etc/passwd", "passwd")}, "the image's /etc/passwd cannot be read: Too many"},
      {"a link out of the root by /proc", {soft_link("etc/passwd", "/proc/self/fd/0")}, "cannot be read"},
      {"a link out of the root by dots", {soft_link("etc/passwd", "../../../../../host-only")}, "no user: late"},
      {"lines that are none", {file("etc/passwd", std::string(1000, ':') + "\nlate\nlate:x\n")}, "no user: late"},
      {"ids that are none", {file("etc/passwd", "late:x:-1:99999999999::/:/bin/sh\n")}, "no user: late"},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    setting.file("host-only", "late:x:5:5::/:/bin/sh\n");
    for (const Row& row : rows) {
      if (who != Who::root && row.entries[0].content.size() > 1'000'000) continue;  // a store of it is enough
      INFO(row.what << " as " << to_text(who));
      const std::string image = setting.archive_with(row.entries);
      CHECK(setting.refusal("run", {"-u", "late", image, "true"}, {"the image has no user: late", row.part}) == "");
      const std::string number = who == Who::single ? "0:0" : "77:88";
      const Outcome outcome = setting.slipway("run", {"-u", number, image, "echo", "fine"});
      CHECK(outcome.errors == "");
      CHECK(outcome.output == "fine\n");
    }
  }
}

TEST_CASE("a working directory that is none, or leads out of the container, is refused") {
  const std::vector<TarEntry> entries = {
      file("plain", "x"),
      soft_link("loop", "loop"),
      soft_link("out", "/proc/1/root"),
      soft_link("self", "/proc/self/cwd"),
      fifo("fifo"),
      soft_link("to-file", "plain"),
  };
  struct Row {
    std::string directory;
    std::string part;
  };
  const std::vector<Row> rows = {
      {"/plain", "/plain"},
      {"/plain/below", "/plain"},
      {"/to-file", "/to-file"},
      {"/fifo", "/fifo"},
      {"/loop", "/loop"},
      {"/out/etc", "/out"},
      {"/self", "/self"},
      {"/proc/self/fd/3", "/proc/self/fd/3"},
      {"/dev/null", "/dev/null"},
      {"/proc/new", "/proc/new"},
      {"relative", "/exec/workdir"},
      {"/..", "/exec/workdir"},
      {"/etc/../plain", "a path inside the container has no \"..\""},
      {"/" + std::string(256, 'n'), "File name too long"},
      {"/" + std::string(5000, 'n'), "/exec/workdir"},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive_with(entries);
    for (const Row& row : rows) {
      INFO(row.directory.substr(0, 64) << " as " << to_text(who));
      CHECK(setting.refusal("run", {"-w", row.directory, image, "pwd"}, {"slipway: -w: error: ", row.part, "hint: "}) ==
            "");
    }
    const Outcome outcome = setting.slipway("run", {"-w", "//etc/", image, "sh", "-c", "pwd; ls passwd"});
    CHECK(outcome.errors == "");
    CHECK(outcome.output == "/etc\npasswd\n");
  }
}

TEST_CASE("a working directory of the image's own is held to the same") {
  ImageSpec image = standard_image();
  for (const std::string directory : {"/etc/passwd", "relative", "/proc/self/fd/3"}) {
    image.workdir = directory;
    SLIPWAY_SETTING(Who::root);
    const std::string archive = setting.file("image.tar", docker_save({image}, Layout::docker25));
    const Outcome outcome = setting.slipway("run", {archive, "pwd"});
    INFO(directory << "\n" << outcome.errors << outcome.output);
    if (directory == "relative") continue;  // of an image it begins at the root
    CHECK(outcome.status == 125);
    CHECK(outcome.errors.find("hint: ") != std::string::npos);
  }
}
