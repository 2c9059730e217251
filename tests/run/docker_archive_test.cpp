// Archives as skopeo writes them, and podman and buildah with the same library: docker-archive with layers by their
// digests and links between them, and OCI layouts.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

// Makes two images in a storage of its own, the second of which deletes a file of the first, and has both tools write
// them. What buildah mounts it does in a mount namespace that goes with the script; /run is a place of podman's there.
constexpr const char* kMakeArchives = R"(
set -e
mount -t tmpfs run /run
mkdir tree tree/bin tree/etc home
cp /bin/busybox tree/bin
for applet in sh echo ls; do ln -s busybox tree/bin/$applet; done
echo deleted > tree/etc/gone
echo '{"default":[{"type":"insecureAcceptAnything"}]}' > policy.json
: > registries.conf
export HOME=$PWD/home
storage="--root $PWD/storage --runroot $PWD/run --storage-driver vfs"
build() { command=$1; shift; buildah $storage --registries-conf $PWD/registries.conf $command "$@"; }
first=$(build from scratch)
build add $first tree /
build config --cmd '["/bin/echo","of the first"]' --env PATH=/bin --workingdir /etc $first
build commit --signature-policy policy.json $first first:latest
second=$(build from --pull-never --signature-policy policy.json first:latest)
rm $(build mount $second)/etc/gone
build config --cmd '["/bin/sh","-c","echo of the second; ls"]' $second
build commit --signature-policy policy.json $second second:latest
build push --signature-policy policy.json second:latest docker-archive:$PWD/buildah.tar:second:latest
build push --signature-policy policy.json second:latest oci-archive:$PWD/buildah-oci.tar:second
podman="podman $storage --tmpdir $PWD/podman"
$podman save --format docker-archive -o podman.tar second:latest
$podman save --format docker-archive --multi-image-archive -o several.tar first:latest second:latest
$podman save --format oci-archive -o podman-oci.tar second:latest
chmod 0644 *.tar
)";

}  // namespace

TEST_CASE("A1: what buildah and podman write is read: docker-archives of one image and of several, and OCI archives") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to have buildah and podman make images");
  const Scratch scratch;
  const PrivateMounts mounts;
  const Outcome made = run({.arguments = {"sh", "-c", kMakeArchives}, .directory = scratch.path(), .mounts = &mounts});
  INFO(to_text(made));
  REQUIRE(made.shell_status() == 0);
  for (const Caller& caller : callers()) {
    const Runner runner(caller);
    for (const char* archive : {"buildah.tar", "podman.tar", "buildah-oci.tar", "podman-oci.tar"}) {
      INFO(archive << " as " << caller.name);
      const std::string source = scratch / archive;
      const Outcome outcome = runner.run({source});
      CHECK(outcome.output == "of the second\nhostname\nhosts\nresolv.conf\n");
      CHECK(outcome.errors == "");
      CHECK(run_with_input(runner, {"run", "-"}, read_file(source)).output == outcome.output);
    }
    const Outcome first = runner.run({"--set", "image.image=localhost/first:latest", scratch / "several.tar"});
    INFO(to_text(first));
    CHECK(first.output == "of the first\n");
    CHECK(runner.run({"--set", "image.image=localhost/second:latest", scratch / "several.tar", "/bin/ls", "/etc"})
              .output == "hostname\nhosts\nresolv.conf\n");
    // All the same layers, whoever wrote them.
    CHECK(lines_of(layers_of(runner)).size() == 2);
  }
}

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
