// The plugin as slipway enters it, over archives in memory.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <slipway/testing.hpp>

#include "tests/support/archive.hpp"

using namespace slipway::tests;
using nlohmann::json;
using slipway::testing::Source;

namespace {

Source source_of(const std::vector<TarEntry>& entries) {
  Source source;
  for (const TarEntry& entry : entries) {
    switch (entry.type) {
      case TarType::file:
        source.file(entry.name, entry.content);
        break;
      case TarType::symlink:
        source.symlink(entry.name, entry.link);
        break;
      case TarType::hard_link:
        source.hard_link(entry.name, entry.link);
        break;
      default:
        source.directory(entry.name);
        break;
    }
  }
  return source;
}

// What a part of the fact points to.
std::string at(const Source& source, const json& range) { return source.bytes(range.at("offset"), range.at("size")); }

struct Resolved {
  json fact{};
  std::vector<slipway::testing::Report> reports{};
};

Resolved resolve(const std::vector<TarEntry>& entries, const std::string& image = "") {
  static const auto plugin = slipway::testing::Plugin::load(SLIPWAY_PLUGIN);
  const json options = {{"source", "image.tar"}, {"image", image}};
  auto outcome = plugin.resolve(options.dump(), source_of(entries));
  REQUIRE(outcome.ok == (outcome.facts.size() == 1));
  return {outcome.ok ? json::parse(outcome.facts.at("image")) : json(), std::move(outcome.reports)};
}

void check_error(const std::vector<TarEntry>& entries, const std::string& at, const std::string& message,
                 const std::string& hint = "", const std::string& image = "") {
  const Resolved outcome = resolve(entries, image);
  REQUIRE(outcome.reports.size() == 1);
  CHECK(outcome.reports[0].at == at);
  CHECK_THAT(outcome.reports[0].message, Catch::Contains(message));
  CHECK_THAT(outcome.reports[0].hint, Catch::Contains(hint));
  CHECK_FALSE(outcome.reports[0].hint.empty());
}

ImageSpec small_image(const std::string& tag, const std::string& content) {
  ImageSpec image;
  image.tags = {tag};
  image.layers = {{make_tar({file("common", "the same in all")}), Packing::plain},
                  {make_tar({file("own", content)}), Packing::plain}};
  return image;
}

std::vector<TarEntry> spoiled(const std::function<void(std::vector<TarEntry>&)>& spoil,
                              Layout layout = Layout::docker25) {
  auto entries = docker_save_entries({small_image("a:1", "a")}, layout);
  spoil(entries);
  return entries;
}

}  // namespace

TEST_CASE("every layout yields the same image") {
  ImageSpec image = small_image("box:latest", "x");
  image.entrypoint = {"/entry"};
  image.command = {"-c", "x"};
  image.environment = {"A=b"};
  image.user = "app:staff";
  image.workdir = "/srv";
  image.stop_signal = "SIGINT";
  image.labels = {{"k", "v"}};
  for (const Layout layout : {Layout::legacy, Layout::linked, Layout::hard, Layout::docker25}) {
    const auto entries = docker_save_entries({image}, layout);
    const Resolved outcome = resolve(entries);
    REQUIRE(outcome.reports.empty());
    const json& fact = outcome.fact;
    CHECK(fact["id"] == id_of(image));
    CHECK(fact["name"] == "box:latest");
    CHECK(fact["settings"] == json({{"entrypoint", {"/entry"}},
                                    {"cmd", {"-c", "x"}},
                                    {"env", {"A=b"}},
                                    {"user", "app:staff"},
                                    {"workdir", "/srv"},
                                    {"stop_signal", "SIGINT"},
                                    {"labels", {{"k", "v"}}}}));
    const Source source = source_of(entries);
    CHECK(at(source, fact["config"]) == config_of(image));
    REQUIRE(fact["layers"].size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(fact["layers"][i]["diff_id"] == digest(image.layers[i].tar));
      CHECK(fact["layers"][i]["compression"] == "none");
      CHECK(at(source, fact["layers"][i]) == image.layers[i].tar);
    }
  }
}

TEST_CASE("how a layer is compressed is known by its first bytes") {
  for (const auto& [first, second] :
       {std::pair{Packing::gzip, Packing::zstd}, std::pair{Packing::xz, Packing::bzip2}}) {
    ImageSpec image = small_image("a:1", "a");
    image.layers[0].packing = first;
    image.layers[1].packing = second;
    const Resolved outcome = resolve(docker_save_entries({image}, Layout::docker25));
    CHECK(outcome.fact["layers"][0]["compression"] == (first == Packing::gzip ? "gzip" : "xz"));
    CHECK(outcome.fact["layers"][1]["compression"] == (first == Packing::gzip ? "zstd" : "bzip2"));
  }
}

TEST_CASE("a layer that several images share is found through its link") {
  const std::vector<ImageSpec> images = {small_image("a:1", "a"), small_image("b:1", "b")};
  for (const Layout layout : {Layout::linked, Layout::hard}) {
    const auto entries = docker_save_entries(images, layout);
    const Resolved outcome = resolve(entries, "b:1");
    REQUIRE(outcome.reports.empty());
    const Source source = source_of(entries);
    CHECK(at(source, outcome.fact["layers"][0]) == images[1].layers[0].tar);
    CHECK(at(source, outcome.fact["layers"][1]) == images[1].layers[1].tar);
  }
}

TEST_CASE("one of several images is chosen by tag or id, and else they are listed") {
  const std::vector<ImageSpec> images = {small_image("a:1", "a"), small_image("b:latest", "b")};
  const auto entries = docker_save_entries(images, Layout::docker25);
  CHECK(resolve(entries, "a:1").fact["id"] == id_of(images[0]));
  CHECK(resolve(entries, "b").fact["name"] == "b:latest");
  CHECK(resolve(entries, id_of(images[1])).fact["id"] == id_of(images[1]));
  CHECK(resolve(entries, id_of(images[1]).substr(7, 12)).fact["name"] == "b:latest");
  check_error(entries, "/options/image", "holds 2 images and none is chosen", "a:1, b:latest");
  check_error(entries, "/options/image", "holds no image \"c\"", "it holds: a:1, b:latest", "c");
  check_error(entries, "/options/image", "holds no image", "it holds", id_of(images[1]).substr(7, 11));
}

TEST_CASE("an image without settings or tags has none") {
  ImageSpec image;
  image.layers = {{make_tar({}), Packing::plain}};
  const Resolved outcome = resolve(docker_save_entries({image}, Layout::legacy));
  REQUIRE(outcome.reports.empty());
  CHECK(outcome.fact["settings"].empty());
  CHECK(outcome.fact["name"] == "");
}

TEST_CASE("what is wrong with an archive is one clear error") {
  const std::string source = "/options/source";
  const auto manifest = [](const std::string& text) {
    return spoiled([&](auto& entries) { entry_named(entries, "manifest.json").content = text; });
  };
  check_error(spoiled([](auto& entries) { drop_entry(entries, "manifest.json"); }), source, "has no manifest.json",
              "docker save");
  check_error(manifest("{ not json"), source, "manifest.json is not JSON");
  check_error(manifest(std::string(100'000, '[')), source, "manifest.json is not JSON");
  check_error(manifest("{}"), source, "manifest.json is no list of images");
  check_error(manifest("[]"), source, "manifest.json lists no image");
  check_error(manifest("[1]"), source, "manifest.json lists something that is no image");
  check_error(manifest(R"([{"Layers":[]}])"), source, "names no \"Config\"");
  check_error(manifest(R"([{"Config":"x.json","Layers":[7]}])"), source, "\"Layers\" with something that is no text");
  check_error(manifest(R"([{"Config":"x.json","RepoTags":["a:1"],"Layers":[]}])"), source,
              "the archive has no x.json, which its manifest.json names as the configuration of a:1");
  check_error(manifest(R"([{"Config":"blobs/sha256/","Layers":[]}])"), source, "is no file");

  const ImageSpec image = small_image("a:1", "a");
  const std::string layer = "blobs/sha256/" + digest_hex(image.layers[1].tar);
  check_error(spoiled([&](auto& entries) { drop_entry(entries, layer); }), source,
              "the archive has no " + layer + ", which its manifest.json names as layer 2 of a:1");
  const std::string config = "blobs/sha256/" + digest_hex(config_of(image));
  const auto configured = [&](const std::string& text) {
    return spoiled([&](auto& entries) { entry_named(entries, config).content = text; });
  };
  check_error(configured("no"), source, "the image's configuration " + config + " is not JSON");
  check_error(configured("[]"), source, "is no object");
  check_error(configured(R"({"rootfs":{}})"), source, "has no list of diff_ids");
  check_error(configured(R"({"rootfs":{"diff_ids":["x"]}})"), source, "names 1 layers, manifest.json 2");
  check_error(configured(R"({"config":{"Env":"A=b"},"rootfs":{"diff_ids":["x","y"]}})"), source,
              "has a \"Env\" that is no list of texts");
  check_error(configured(R"({"os":"windows","rootfs":{"diff_ids":["x","y"]}})"), source, "another system than linux");
  check_error(spoiled([&](auto& entries) { entry_named(entries, layer) = soft_link(layer, "missing"); }), source,
              "the archive has no blobs/sha256/missing (through the link");
  check_error(
      spoiled([&](auto& entries) { entry_named(entries, layer) = soft_link(layer, digest_hex(image.layers[1].tar)); }),
      source, "is a link that leads in a circle");
}
