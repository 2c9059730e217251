// What an image's source is and holds, told without importing it.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"
#include "tests/support/oci_layout.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;
using nlohmann::json;

json inspected(const Runner& runner, const std::string& source, const Words& options = {}) {
  Words words = {"inspect", "--json"};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(source);
  const Outcome outcome = runner.slipway(words);
  INFO(to_text(outcome));
  REQUIRE(outcome.shell_status() == 0);
  CHECK(outcome.errors == "");
  return json::parse(outcome.output);
}

}  // namespace

TEST_CASE("inspect tells an image's kind, settings, layers, sizes and tags, and imports nothing") {
  ImageSpec image = box_image();
  image.tags = {"box:1", "box:latest"};
  image.user = "app";
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string bytes = docker_save({image}, Layout::docker25);
      const std::string packed = pack(bytes, Packing::gzip);
      const json found = inspected(runner, runner.put("box.tar.gz", packed));
      CHECK(found["kind"] == "docker-save archive");
      CHECK(found["id"] == id_of(image));
      CHECK(found["name"] == "box:1");
      CHECK(found["tags"] == json({"box:1", "box:latest"}));
      CHECK(found["source"]["compression"] == "gzip");
      CHECK(found["source"]["size"] == packed.size());
      CHECK(found["source"]["unfolded"] == bytes.size());
      CHECK(found["settings"]["user"] == "app");
      CHECK(found["settings"]["cmd"] == json(image.command));
      REQUIRE(found["layers"].size() == image.layers.size());
      CHECK(found["layers"][0]["diff_id"] == digest(image.layers[0].tar));
      CHECK(found["layers"][0]["size"] == image.layers[0].tar.size());
      CHECK(found["oddities"].empty());

      const std::string layout = runner.own("layout");
      write_oci_directory(layout, oci_layout({{image, "one", ""}, {box_image(), "two", ""}}));
      const json chosen = inspected(runner, layout, {"--set", "image.image=two"});
      CHECK(chosen["kind"] == "OCI layout");
      CHECK(chosen["tags"] == json({"one", "two"}));
      CHECK(inspected(runner, runner.own("layout/blobs"))["kind"] == "directory");

      const Outcome table = run_with_input(runner, {"inspect", "-"}, bytes);
      CHECK_THAT(table.output, Catch::Contains("kind         docker-save archive\n") &&
                                   Catch::Contains("tag          box:latest\n") &&
                                   Catch::Contains("layer        " + digest(image.layers[0].tar)));
      for (const char* folder : {"/layers", "/images", "/staging", "/starts"})
        CHECK(std::filesystem::is_empty(runner.store() + folder));
    }
  }
}

TEST_CASE("inspect tells what is odd about a flat tar") {
  const std::string tar = make_tar({directory("etc/"), file("etc/a", "1"), file("./etc/a", "2"), file("etc/.wh.b"),
                                    file("usr/bin/x"), file("lib/y\n")});
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::string source = runner.put("odd.tar", tar);
    const json found = inspected(runner, source);
    CHECK(found["kind"] == "flat tar");
    CHECK(found["id"] == digest(tar));
    CHECK(found["layers"][0]["diff_id"] == digest(tar));
    REQUIRE(found["oddities"].size() == 3);
    CHECK_THAT(found["oddities"][0].get<std::string>(),
               Catch::Contains("1 names of deletions") && Catch::Contains("etc/.wh.b"));
    CHECK_THAT(found["oddities"][1].get<std::string>(),
               Catch::Contains("1 names stand there more than once") && Catch::Contains("etc/a"));
    CHECK_THAT(found["oddities"][2].get<std::string>(),
               Catch::Contains("2 names stand there before their directory") && Catch::Contains("usr/bin/x"));
    CHECK_THAT(runner.slipway({"inspect", source}).output, Catch::Contains("odd          "));
  }
}

TEST_CASE("plan and -v tell what kind of source an image came from") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::string tar = make_tar({directory("etc/"), file("etc/a", "1")});
    const std::string source = runner.put("kind.tar", tar);
    CHECK_THAT(runner.slipway({"plan", source}).output,
               Catch::StartsWith("image: flat tar, 1 layer, " + digest(tar).substr(0, 19) + "\n"));
    CHECK_THAT(runner.run({"-v", runner.box(), "true"}).errors,
               Catch::Contains("the image is: docker-save archive, box:latest, "));
  }
}

TEST_CASE("what inspect cannot read is one clear error") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const auto& [bytes, part] :
         {std::pair<std::string, std::string>{"a letter\n", "it is not an archive"},
          {docker_save({box_image()}, Layout::legacy).substr(0, 9000), "it is truncated"}}) {
      const Outcome outcome = runner.slipway({"inspect", runner.put("bad", bytes)});
      CHECK(outcome.shell_status() == 1);
      CHECK(outcome.output == "");
      CHECK_THAT(outcome.errors, Catch::Contains(part));
      CHECK(lines_of(outcome.errors).size() == 2);
    }
  }
}

}  // namespace slipway::tests
