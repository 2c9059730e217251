// The worker as it is: its program, its cage, the image plugin, the store.

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <functional>

#include "core/store/store.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tree.hpp"
#include "tests/support/users.hpp"
#include "tests/support/worker_setup.hpp"

using namespace slipway;
using namespace slipway::run;
using namespace slipway::tests;

TEST_CASE("a worker resolves an image and unpacks its layers into the store") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  for (const Packing packing : {Packing::plain, Packing::gzip, Packing::zstd}) {
    const std::string place = directory / std::to_string(static_cast<int>(packing));
    std::filesystem::create_directory(place);
    const ImageSpec image = standard_image(packing);
    Setup setup(docker_save({image}, Layout::docker25), place);
    Worker worker = expect(Worker::start(setup.context));
    const Resolution resolution = expect(worker.resolve(Setup::document()));
    CHECK(resolution.fact.id == id_of(image));
    CHECK(resolution.fact.name == "box:latest");
    CHECK(resolution.fact.settings.cmd == std::vector<std::string>{"/bin/sh"});
    const store::Unpacked unpacked = setup.unpack(std::move(worker), resolution.fact.layers);
    CHECK(unpacked.losses.empty());
    CHECK(unpacked.entries > 20);

    const auto base = describe_tree(setup.layer(digest(image.layers[0].tar)));
    CHECK(base.at("bin/sh") == "l 0:0 ->busybox");
    CHECK(base.at("home/app") == "d 0750 1000:1000");
    CHECK(base.at("tmp") == "d 1777 0:0");
    CHECK(to_text(describe_tree(setup.layer(digest(image.layers[1].tar)))) ==
          ": d 0755 0:0\netc: d 0755 0:0\netc/motd: c 0000 0:0 0:0\nopt: d 0755 0:0\n"
          "opt/cache: d 0755 0:0 user.overlay.opaque=y\nopt/cache/new: f 0644 0:0 =new\n\n");
    CHECK(entries_in(setup.store->path() + "/staging") == 0);
    for (const auto& layer : resolution.fact.layers) CHECK_FALSE(*setup.store->find_layer(layer.diff_id, setup.form));
  }
}

TEST_CASE("the store hands out what a worker has unpacked, and asks no second time") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  const ImageSpec image = standard_image();
  Setup setup(docker_save({image}, Layout::legacy), directory.path());
  const Resolution resolution = expect(setup.resolve());
  std::vector<std::string> diff_ids;
  for (const auto& layer : resolution.fact.layers) diff_ids.push_back(layer.diff_id);
  int asked = 0;
  const auto unpack = [&](std::span<const std::size_t> missing, const Fd& staging) -> Result<store::LayerLosses> {
    ++asked;
    std::vector<store::LayerSource> layers;
    for (const std::size_t i : missing) layers.push_back(resolution.fact.layers[i]);
    setup.context.staging = &staging;
    auto worker = expect(Worker::start(setup.context));
    return expect(worker.unpack(layers, setup.form)).losses;
  };
  for (int round = 0; round < 2; ++round) {
    const auto layers = setup.store->layers(diff_ids, setup.form, unpack);
    REQUIRE(layers);
    REQUIRE(layers->size() == 3);
    struct stat status {};
    CHECK(::fstatat((*layers)[0].tree.get(), "bin/busybox", &status, 0) == 0);
  }
  CHECK(asked == 1);
}

TEST_CASE("a merged tree shows what overlay would show") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const TemporaryDirectory directory;
  Setup setup(docker_save({standard_image()}, Layout::docker25), directory.path());
  std::filesystem::create_directory(directory / "tree");
  const Fd target = open_file(directory / "tree");
  setup.context.target = &target;
  setup.context.staging = nullptr;
  Worker worker = expect(Worker::start(setup.context));
  const Resolution resolution = expect(worker.resolve(Setup::document()));
  (void)expect(worker.merge(resolution.fact.layers));
  const auto tree = describe_tree(directory / "tree");
  CHECK(tree.count("etc/motd") == 0);
  CHECK(tree.count("opt/cache/old") == 0);
  CHECK(tree.at("opt/cache") == "d 0755 0:0");
  CHECK(tree.at("opt/cache/new") == "f 0644 0:0 =new\n");
  CHECK(tree.at("home/app/notes") == "f 0640 1000:1000 =of app\n");
  CHECK(tree.at("etc/hello.again") == "h etc/hello");

  const auto again = worker.merge(resolution.fact.layers);
  REQUIRE_FALSE(again);
  CHECK(words(again.error()) == "unpack: image.tar: the directory is not empty");
}

TEST_CASE("a bad archive is one clear error, and nothing of it is left") {
  if (!is_root()) SLIPWAY_SKIP("needs root");
  const ImageSpec image = standard_image();
  auto wrong_layer = docker_save_entries({image}, Layout::docker25);
  entry_named(wrong_layer, "blobs/sha256/" + digest_hex(image.layers[2].tar)).content =
      make_tar({file("etc/hello", "other")});
  auto wrong_config = docker_save_entries({image}, Layout::docker25);
  std::string& config = entry_named(wrong_config, "blobs/sha256/" + id_of(image).substr(7)).content;
  config.replace(config.find("amd64"), 5, "arm64");
  const std::string whole = docker_save({image}, Layout::docker25);
  struct Row {
    const char* what;
    std::string archive, expected;
  };
  const std::vector<Row> rows = {
      {"no archive", "hello", "read the image's archive: image.tar: it is not an archive that slipway can read"},
      {"truncated", whole.substr(0, whole.size() / 2), "image.tar: it is truncated: 'blobs/sha256/"},
      {"no manifest", make_tar({file("x")}), "| /options/source: the archive has no manifest.json"},
      {"a wrong layer", make_tar(wrong_layer),
       "the layer's content is not what the image names: its digest is sha256:"},
      {"a wrong config", make_tar(wrong_config),
       "read the image's configuration: image.tar: its content is not what the image names: its digest is sha256:"},
      {"dots", image_with_layer({file("../evil")}), "entry '../evil' has '..' in its name"},
      {"a link to nowhere", image_with_layer({soft_link("l", "/no/where"), file("l/evil")}),
       "entry 'l/evil' lies behind the link 'l', which leads nowhere in the layer"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const TemporaryDirectory directory;
    Setup setup(row.archive, directory.path());
    auto worker = Worker::start(setup.context);
    auto resolution = worker ? worker->resolve(Setup::document()) : tl::unexpected(worker.error());
    auto unpacked =
        resolution ? worker->unpack(resolution->fact.layers, setup.form) : tl::unexpected(resolution.error());
    REQUIRE_FALSE(unpacked);
    CHECK_THAT(words(unpacked.error()), Catch::Contains(row.expected));
    CHECK((!unpacked.error().error.hint.empty() || !unpacked.error().reports.at(0).hint.empty()));
    std::filesystem::create_directory(directory / "tree");
    const Fd target = open_file(directory / "tree");
    setup.context.target = &target;
    setup.context.staging = nullptr;
    if (resolution) {
      auto merger = expect(Worker::start(setup.context));
      const auto merged = merger.merge(resolution->fact.layers);
      REQUIRE_FALSE(merged);
      CHECK_THAT(words(merged.error()), Catch::Contains(row.expected));
    }
    CHECK(entries_in(directory / "tree") == 0);
    CHECK(entries_in(directory / "store/layers") == 0);
    CHECK(entries_in(directory / "store/staging/") == 1);
    for (const auto& staging : std::filesystem::directory_iterator(directory / "store/staging")) {
      CHECK(entries_in(staging.path()) == 0);
    }
  }
}
