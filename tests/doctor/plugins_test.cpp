// Directories of plugins, and plugins that cannot be used.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/doctor/host.hpp"

namespace slipway::tests {
namespace {

constexpr std::array kBoth{Who::root, Who::range};

// One folder a plugin.
std::ptrdiff_t builtin_plugins() {
  namespace fs = std::filesystem;
  const fs::directory_iterator folders(SLIPWAY_TEST_SOURCES "/plugins");
  return std::count_if(begin(folders), end(folders), [](const auto& entry) { return entry.is_directory(); });
}

}  // namespace

TEST_CASE("each directory of plugins has a line with the number of those that can be used") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    const std::string more = host.scratch().directory("more", 0, 0);
    host.root({"cp", SLIPWAY_FIXTURES "/fixture-c.so", more});
    const Report report = host.doctor({"--plugin-dir", more, "--plugin-dir", "/no/such/place"});
    std::vector<Line> lines;
    for (const Line& line : report.lines) {
      if (line.name == "plugins") lines.push_back(line);
    }
    REQUIRE(lines.size() == 3);
    CHECK_THAT(lines[0].detail, Catch::EndsWith(": " + std::to_string(builtin_plugins()) + " plugins can be used"));
    CHECK(lines[1].detail == more + ": 1 plugin can be used");
    CHECK(lines[2].state == "degraded");
    CHECK(lines[2].detail == "/no/such/place: No such file or directory");
    CHECK(report.works);
  }
}

TEST_CASE("a plugin that cannot be used is named with its reason, and hinders no other") {
  struct Row {
    const char* what;
    const char* script;  // $1: the directory; its only plugin is fixture-c
    std::string detail, remedy;
  };
  const Row rows[] = {
      {"no plugin", "echo text > $1/fixture-c.so", "is a text file, not a shared object", ""},
      {"renamed", "mv $1/fixture-c.so $1/other.so", "its manifest says that it is \"fixture-c\"", "rename it"},
      {"cut off", "truncate -s 2000 $1/fixture-c.so", "fixture-c.so: ", ""},
      {"in need of a word that is none", "sed -i 's/step:mask/step:mosk/' $1/fixture-c.so", "mosk", ""},
  };
  for (const Row& row : rows) {
    for (const Who who : kBoth) {
      INFO(row.what << " as " << to_text(who));
      Host host(who);
      const std::string more = host.scratch().directory("more", 0, 0);
      host.root({"sh", "-c", "cp " SLIPWAY_FIXTURES "/fixture-c.so $1; " + std::string(row.script), "sh", more});
      const Report report = host.doctor({"--plugin-dir", more});
      const Line last = report.lines.back();
      INFO(report.text);
      CHECK_THAT(last.name, Catch::StartsWith("plugin "));
      CHECK(last.state == "degraded");
      CHECK_THAT(last.detail, Catch::Contains(row.detail));
      CHECK_THAT(last.remedy, Catch::Contains(row.remedy));
      CHECK(report.works);
    }
  }
}

TEST_CASE("as root, a plugin that others could change is named with what mends it") {
  struct Row {
    const char* script;
    std::string detail, remedy;
  };
  const Row rows[] = {
      {"chmod g+w $1", " can be written by its group", "chmod go-w "},
      {"chmod o+w $1/fixture-c.so", " can be written by everybody", "chmod go-w "},
      {"chown 4711 $1/fixture-c.so", " belongs to user id 4711", "copy the plugin to a directory of root's"},
      {"chown 4711 $1", " belongs to user id 4711", "copy the plugin to a directory of root's"},
  };
  for (const Row& row : rows) {
    INFO(row.script);
    for (const Who who : kBoth) {
      Host host(who);
      const std::string more = host.scratch().directory("more", 0, 0);
      host.root({"sh", "-c", "cp " SLIPWAY_FIXTURES "/fixture-c.so $1; " + std::string(row.script), "sh", more});
      const Line line = host.doctor({"--plugin-dir", more}).line("plugin fixture-c");
      if (who == Who::range) {
        CHECK(line.name == "");  // a user's slipway has no more power than that user
        continue;
      }
      CHECK(line.state == "degraded");
      CHECK_THAT(line.detail, Catch::Contains(row.detail));
      CHECK_THAT(line.remedy, Catch::StartsWith(row.remedy));
      CHECK(line.detail.find("use plugin") == std::string::npos);  // the line's name says it
    }
  }
}

TEST_CASE("a plugin of the default run that is not there, or not to be trusted, is missing") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    const std::string plugins = host.use_copy() + "/lib/slipway/plugins";
    CHECK(host.doctor().works);
    host.root({"rm", plugins + "/fs-overlay.so"});
    const Report report = host.doctor();
    CHECK(report.line("plugin fs-overlay").state == "missing");
    CHECK(report.status == 1);
    const Outcome run = host.run();
    CHECK(run.shell_status() == 125);
    CHECK_THAT(run.errors, Catch::Contains("find plugin fs-overlay"));
    host.root({"rm", "-r", plugins});
    CHECK(host.doctor().line("plugins").state == "missing");
  }
  Host host(Who::root);
  host.root({"chmod", "o+w", host.use_copy() + "/lib/slipway/plugins/fs-overlay.so"});
  CHECK(faults_of(host, {"plugin fs-overlay", "missing", {"can be written by everybody", "chmod go-w "}}) == "");
}

}  // namespace slipway::tests
