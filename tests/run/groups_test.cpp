// The program's user with its groups, and the working directory that it finds.
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("a user has the groups that the image's file gives to it, and those that are asked for") {
  struct Row {
    const char* name;
    Words options;
    std::string ids;  ///< uid:gid:all groups
  };
  const std::vector<Row> rows = {
      {"a name", {"-u", "app"}, "1000:1000:1000,50"},
      {"its number", {"-u", "1000"}, "1000:1000:1000,50"},
      {"a number that the image does not know", {"-u", "77"}, "77:0:0"},
      {"a number and a group's number", {"-u", "77:88"}, "77:88:88"},
      {"a name and a group", {"-u", "app:staff"}, "1000:50:50"},
      {"a name and a group's number", {"-u", "app:88"}, "1000:88:88"},
      {"a further group by name", {"-u", "77:88", "--group-add", "staff"}, "77:88:88,50"},
      {"further ones by number", {"-u", "app", "--group-add", "7", "--group-add", "9"}, "1000:1000:1000,7,9,50"},
      {"one that it has already", {"-u", "app", "--group-add", "staff"}, "1000:1000:1000,50"},
      {"of root", {"--group-add", "7"}, "0:0:0,7"},
      {"in the pipeline", {"--set", R"(exec.user="77")", "--set", R"(exec.groups=["staff","9"])"}, "77:0:0,9,50"},
  };
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;
    Runner& runner = shared(caller);
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        CHECK(runner.inside("echo $(id -u):$(id -g):$(id -G | tr ' ' ,)", row.options) == row.ids + "\n");
      }
    }
  }
}

TEST_CASE("with one id further groups are refused, and those of the image's file left out") {
  for (const Caller& caller : callers()) {
    if (!caller.is_single()) continue;
    Runner& runner = shared(caller);
    for (const char* group : {"staff", "7", "0"}) {
      const Outcome outcome = runner.run({"--group-add", group, runner.box(), "true"});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors, Catch::Contains("give the program further groups: ") && Catch::Contains("one id"));
      CHECK(lines_of(outcome.errors).size() == 2);
    }
  }
}

TEST_CASE(
    "a working directory that is missing is made, root's and open to all, and within the root whatever links say") {
  struct Row {
    const char* name;
    std::string directory, where;
  };
  const std::vector<Row> rows = {
      {"one", "/made", "/made"},
      {"several", "/made/by/slipway", "/made/by/slipway"},
      {"behind a link that leads up and out", "/out/made", "/made"},
      {"behind an absolute link", "/away/made", "/var/made"},
  };
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    ImageSpec image = box_image();
    image.layers.push_back({make_tar({directory("var/"), soft_link("out", "../../../.."), soft_link("away", "/var")})});
    const std::string archive = runner.put("links.tar", docker_save({image}, Layout::docker25));
    for (const char* user : {"root", "app", "77:88"}) {
      if (caller.is_single() && user != std::string("root")) continue;
      for (const Row& row : rows) {
        DYNAMIC_SECTION(caller.name << ", " << user << ": " << row.name) {
          const Outcome outcome =
              runner.run({"-u", user, "-w", row.directory, archive, "sh", "-c",
                          "stat -c '%u:%g %a' .; cd " + row.where + " && pwd -P; readlink /proc/self/cwd"});
          CHECK(outcome.errors == "");
          CHECK(outcome.output == "0:0 755\n" + row.where + "\n" + row.where + "\n");
        }
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
