// slipway clean where it cannot do what it was asked for: each is an error with its reason.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

TEST_CASE("what clean cannot remove is an error with the reason, and the rest goes all the same") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.file("image.tar", standard_archive());
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  const std::string runs = setting.store() + "/runs";
  fs::create_directories(runs + "/0123456789ab/upper");
  fs::create_directories(setting.store() + "/staging/form.01");
  if (run({.arguments = {"chattr", "+a", runs}}).shell_status() != 0)
    SLIPWAY_SKIP("this file system has no attributes");
  const Outcome outcome = setting.slipway("clean", {});
  REQUIRE(run({.arguments = {"chattr", "-a", runs}}).shell_status() == 0);
  CHECK(outcome.shell_status() == 1);
  CHECK(outcome.output == "removed half-made layers, " + setting.store() + "/staging/form.01\n");
  CHECK(outcome.errors == "slipway: error: remove: " + runs + "/0123456789ab: Operation not permitted\n");
  CHECK(setting.slipway("clean", {}).shell_status() == 0);
}

TEST_CASE("clean that is called the wrong way says how it is called") {
  struct Row {
    Words words;
    const char* says;
  };
  const auto row = GENERATE(values<Row>({{{"clean", "image.tar"}, "clean has too many words: image.tar"},
                                         {{"clean", "--dry"}, "did you mean --dry-run?"},
                                         {{"clean", "--store"}, "--store"},
                                         {{"clean", "--store", ""}, "the store's path is empty"}}));
  SLIPWAY_SETTING(Who::root);
  const Outcome outcome = setting.plain(row.words);
  CHECK(outcome.shell_status() == 2);
  CHECK(outcome.output == "");
  CHECK_THAT(outcome.errors, Catch::StartsWith("slipway: error: ") && Catch::Contains(row.says));
}

TEST_CASE("a directory that is no store is none to clean") {
  SLIPWAY_SETTING(Who::root);
  fs::create_directories(setting.own("other/runs/0123456789ab"));
  setting.file("home/other/letter", "dear");
  const Outcome outcome = setting.plain({"clean", "--store", setting.own("other")});
  CHECK(outcome.shell_status() == 1);
  CHECK_THAT(outcome.errors, Catch::Contains("holds other things"));
  CHECK(fs::exists(setting.own("other/runs/0123456789ab")));
}
