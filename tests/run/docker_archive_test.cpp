// Archives as skopeo writes them, and podman and buildah with the same library: docker-archive with layers by their
// digests and links between them, and OCI layouts.
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("A1: what skopeo writes is read: docker-archive, OCI layouts and their tars") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string box = runner.box();
      struct Row {
        const char* name;
        std::string to;
        std::string source;
        Words options{};
      };
      const std::vector<Row> rows = {
          {"docker-archive", "docker-archive:" + runner.own("d.tar") + ":box:latest", runner.own("d.tar")},
          {"oci", "oci:" + runner.own("o") + ":box", runner.own("o")},
          {"oci with gzip",
           "oci:" + runner.own("z") + ":box",
           runner.own("z"),
           {"--dest-compress", "--dest-compress-format", "gzip"}},
          {"oci with zstd",
           "oci:" + runner.own("s") + ":box",
           runner.own("s"),
           {"--dest-compress", "--dest-compress-format", "zstd"}},
          {"oci-archive", "oci-archive:" + runner.own("o.tar") + ":box", runner.own("o.tar")},
      };
      for (const Row& row : rows) {
        INFO(row.name);
        Words words = {"skopeo", "--insecure-policy", "--tmpdir", runner.own(""), "copy", "--quiet"};
        words.insert(words.end(), row.options.begin(), row.options.end());
        words.insert(words.end(), {"docker-archive:" + box, row.to});
        const Outcome copied = run(runner.plain(words));
        INFO(to_text(copied));
        REQUIRE(copied.shell_status() == 0);
        for (int round = 0; round < 2; ++round) {
          const Outcome outcome = runner.run({row.source});
          CHECK(outcome.output == "the image's own command\n");
          CHECK(outcome.errors == "");
        }
        if (row.source.ends_with(".tar")) {
          CHECK(run_with_input(runner, {"run", "-"}, read_file(row.source)).output == "the image's own command\n");
        }
      }
    }
  }
}

TEST_CASE("A1: manifest.json may come first or last, and layers may be compressed in any way") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const auto& [name, packing] : {std::pair{"xz", Packing::xz}, std::pair{"bzip2", Packing::bzip2}}) {
      INFO(caller.name << ": " << name);
      ImageSpec image = box_image();
      for (ImageLayer& layer : image.layers) layer.packing = packing;
      auto entries = docker_save_entries({image}, Layout::legacy);
      const auto manifest = std::find_if(entries.begin(), entries.end(),
                                         [](const TarEntry& entry) { return entry.name == "manifest.json"; });
      REQUIRE(manifest != entries.end());
      std::rotate(entries.begin(), manifest, manifest + 1);
      CHECK(runner.run({runner.put("first.tar", make_tar(entries))}).output == "the image's own command\n");
    }
  }
}

}  // namespace slipway::tests
