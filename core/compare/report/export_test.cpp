#include "core/compare/report/export.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "core/compare/outcome/outcome_json.hpp"
#include "core/compare/outcome/test_outcomes.hpp"
#include "tests/support/scratch.hpp"

using namespace slipway;
using namespace slipway::compare;

namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("a result is written whole, over what was there, with its permissions, and nothing is left beside") {
  const tests::Scratch scratch;
  const fs::path file = fs::path(scratch.path()) / "result.json";
  REQUIRE(check_export(file));
  REQUIRE(entries(scratch.path()) == 0);
  REQUIRE(export_as(Format::json, small_outcome(), file));
  CHECK(content(file) == to_json(small_outcome()));
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  REQUIRE(export_as(Format::csv, small_outcome(), file));
  CHECK(content(file) == to_csv(small_outcome()));
  CHECK(fs::status(file).permissions() == static_cast<fs::perms>(0640));
  CHECK(entries(scratch.path()) == 1);
}

TEST_CASE("a link stays a link, and what it leads to is written") {
  const tests::Scratch scratch;
  const fs::path folder(scratch.path());
  std::ofstream(folder / "real") << "before";
  fs::create_symlink("real", folder / "link");
  REQUIRE(export_as(Format::markdown, small_outcome(), folder / "link"));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(content(folder / "real") == to_markdown(small_outcome()));
}

TEST_CASE("a device is written to and not replaced; one that is full is an error") {
  REQUIRE(export_as(Format::json, small_outcome(), "/dev/null"));
  CHECK(fs::is_character_file("/dev/null"));
  const auto full = export_as(Format::json, small_outcome(), "/dev/full");
  REQUIRE(!full);
  CHECK(sentence(full.error()) == "write the result: /dev/full: No space left on device");
}

TEST_CASE("a file that cannot be written to its end leaves what was there, and nothing beside it") {
  const tests::Scratch scratch;
  const std::string file = scratch.write("result.json", "before");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  // As on a full disk: the kernel takes no more bytes. Without a handler the signal would end the tests.
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit few{.rlim_cur = 100, .rlim_max = before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &few) == 0);
  const auto written = export_as(Format::json, small_outcome(), file);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  (void)std::signal(SIGXFSZ, handler);
  REQUIRE(!written);
  CHECK(sentence(written.error()) == "write the result: " + file + ": File too large");
  CHECK(content(file) == "before");
  CHECK(entries(scratch.path()) == 1);
}

TEST_CASE("a place that cannot be written to is told before anything was measured") {
  const tests::Scratch scratch;
  const std::string folder = scratch.path();
  struct Row {
    std::string path;
    std::string told;
  };
  for (const Row& row :
       {Row{folder + "/not/there.json", "No such file or directory"}, Row{folder, "Is a directory"},
        Row{"/proc/nothing.json", "No such file or directory"}, Row{"", "No such file or directory"}}) {
    CAPTURE(row.path);
    for (const auto& answer : {check_export(row.path), export_as(Format::json, small_outcome(), row.path)}) {
      REQUIRE(!answer);
      CHECK_THAT(sentence(answer.error()), Catch::StartsWith("write the result") && Catch::EndsWith(row.told));
      CHECK(!answer.error().hint.empty());
    }
  }
  CHECK(entries(folder) == 0);
}
