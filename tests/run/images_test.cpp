// Image archives in the forms that there are, and which image of one is taken.
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

const std::string kLook = "cat /etc/hello; ls -A /etc /opt/cache /home/app | tr '\\n' ' '; stat -c %a /home/app";
const std::string kSeen =
    "hello from the image\n"
    "/etc: group hello hello.again hostname hosts passwd resolv.conf  /home/app: notes  /opt/cache: new 750\n";

TEST_CASE("A1: every layout and compression of an archive gives the same container") {
  struct Row {
    const char* name;
    Layout layout;
    Packing packing;
  };
  const std::vector<Row> rows = {
      {"legacy", Layout::legacy, Packing::plain},           {"legacy, gzip", Layout::legacy, Packing::gzip},
      {"Docker 25", Layout::docker25, Packing::plain},      {"Docker 25, gzip", Layout::docker25, Packing::gzip},
      {"Docker 25, zstd", Layout::docker25, Packing::zstd},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        const Runner runner(caller);
        const ImageSpec spec = standard_image(row.packing, Files::of_root);
        const std::string image = runner.put("image.tar", docker_save({spec}, row.layout));
        Outcome outcome = runner.run({image, "sh", "-c", kLook});
        CHECK(outcome.shell_status() == 0);
        CHECK(outcome.output == kSeen);
        CHECK(outcome.errors == "");
        outcome = runner.run({image, "sh", "-c", kLook});
        CHECK(outcome.output == kSeen);
        CHECK(outcome.errors == "");
      }
    }
  }
}

// Two images that share their lower layers, so that the second one's are links to the first one's.
std::vector<ImageSpec> family() {
  ImageSpec first = box_image();
  first.tags = {"family/first:1", "family/first:latest"};
  first.command = {"echo", "first"};
  ImageSpec second = box_image();
  second.tags = {"family/second:2"};
  second.command = {"cat", "/etc/second"};
  second.layers.push_back({make_tar({file("etc/second", "second\n")})});
  return {first, second};
}

TEST_CASE("A1: an image is chosen by its tag, and layers that an archive holds as links are found") {
  struct Row {
    const char* name;
    std::string chosen, output;
  };
  const std::vector<Row> rows = {
      {"a tag", "family/first:1", "first\n"},
      {"latest goes without saying", "family/first", "first\n"},
      {"the one whose layers are links", "family/second:2", "second\n"},
      {"the begin of its id", id_of(family()[1]).substr(0, std::string("sha256:").size() + 12), "second\n"},
  };
  for (const Caller& caller : callers()) {
    for (const auto& [layout, layout_name] : {std::pair{Layout::linked, "links"}, std::pair{Layout::hard, "hard links"},
                                              std::pair{Layout::docker25, "blobs"}}) {
      DYNAMIC_SECTION(caller.name << ": " << layout_name) {
        Runner& runner = shared(caller);
        const std::string archive = runner.put(std::string(layout_name) + ".tar", docker_save(family(), layout));
        for (const Row& row : rows) {
          INFO(row.name);
          const Outcome outcome = runner.run({"--set", "image.image=" + row.chosen, archive});
          CHECK(outcome.output == row.output);
          CHECK(outcome.errors == "");
        }
      }
    }
  }
}

TEST_CASE("A1: an archive of several images is refused with their tags, until one that it holds is chosen") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string archive = runner.put("family.tar", docker_save(family(), Layout::legacy));
      Outcome outcome = runner.run({archive});
      CHECK(outcome.shell_status() == 125);
      CHECK(outcome.output == "");
      CHECK_THAT(outcome.errors, Catch::Contains("holds 2 images") && Catch::Contains("family/first:1") &&
                                     Catch::Contains("family/second:2") && Catch::Contains("--set image.image=TAG"));
      outcome = runner.run({"--set", "image.image=third", archive});
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors, Catch::Contains("no image \"third\"") && Catch::Contains("family/second:2"));
    }
  }
}

TEST_CASE("two new runs of one image at the same time unpack it once") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const Command command = runner.command({"run", runner.box(), "cat", "/etc/hello"});
      // Whoever makes a layer writes it in staging/ and renames it, so one directory an inode, made once.
      Program first(command), second(command), third(command);
      for (Program* program : {&first, &second, &third}) {
        const Outcome outcome = program->wait();
        INFO(to_text(outcome));
        CHECK(outcome.output == "hello from the image\n");
        CHECK(outcome.shell_status() == 0);
      }
      CHECK(runner.leftovers() == "");
      const Words list = {"sh", "-c",
                          "ls " + runner.store() + "/layers; stat -c '%i %Z' " + runner.store() + "/layers/*"};
      const Outcome layers = run(runner.plain(list));
      CHECK(layers.shell_status() == 0);
      CHECK(lines_of(layers.output).size() == 2 * box_image().layers.size());
      CHECK(runner.run({runner.box(), "true"}).errors == "");
      CHECK(run(runner.plain(list)).output == layers.output);
    }
  }
}

}  // namespace
}  // namespace slipway::tests
