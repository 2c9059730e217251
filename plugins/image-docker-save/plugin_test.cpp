// The plugin as slipway enters it, over archives in memory.
#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "sdk/host/session.hpp"
#include "tests/support/archive.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

// The archive's entries behind one another; `slipway.source.1` shows them as the worker would.
class Source {
 public:
  explicit Source(const std::vector<TarEntry>& entries) : entries_(entries) {
    for (const TarEntry& entry : entries_) {
      offsets_.push_back(bytes_.size());
      bytes_ += entry.content;
    }
    current = this;
  }
  ~Source() { current = nullptr; }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  [[nodiscard]] std::string at(const json& range) const { return bytes_.substr(range.at("offset"), range.at("size")); }
  static const slipway_source* abi() {
    static constexpr slipway_source kAbi = {sizeof(slipway_source), 0, &Source::entry, &Source::find, &Source::read};
    return &kAbi;
  }

 private:
  static char type_of(TarType type) {
    switch (type) {
      case TarType::file:
        return 'f';
      case TarType::directory:
        return 'd';
      case TarType::symlink:
        return 'l';
      case TarType::hard_link:
        return 'h';
      default:
        return 'o';
    }
  }
  static int32_t entry(const slipway_host*, uint64_t index, slipway_entry* out) {
    if (index >= current->entries_.size()) return 1;
    const TarEntry& found = current->entries_[index];
    *out = {{found.name.data(), found.name.size()},
            {found.link.data(), found.link.size()},
            current->offsets_[index],
            found.content.size(),
            type_of(found.type),
            0};
    return 0;
  }
  static int32_t find(const slipway_host* host, slipway_text name, slipway_entry* out) {
    for (uint64_t i = current->entries_.size(); i-- > 0;) {
      if (current->entries_[i].name == std::string_view(name.data, name.size)) return entry(host, i, out);
    }
    return 1;
  }
  static int32_t read(const slipway_host*, uint32_t, uint64_t offset, void* to, uint64_t size) {
    if (offset + size > current->bytes_.size()) return 1;
    current->bytes_.copy(static_cast<char*>(to), size, offset);
    return 0;
  }

  static inline const Source* current = nullptr;
  const std::vector<TarEntry>& entries_;
  std::vector<std::uint64_t> offsets_{};
  std::string bytes_{};
};

struct Outcome {
  json fact{};
  std::vector<slipway::host::Report> reports{};
};

Outcome resolve(const std::vector<TarEntry>& entries, const std::string& image = "") {
  static void* const library = ::dlopen(SLIPWAY_PLUGIN, RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library != nullptr);
  const auto* plugin = static_cast<const slipway_plugin*>(::dlsym(library, "slipway_plugin_1"));
  REQUIRE(plugin != nullptr);
  const Source source(entries);
  const json document = {{"options", {{"source", "image.tar"}, {"image", image}}}};
  slipway::host::Session session(document, slipway::host::Session::Entry::resolve);
  session.ability = [](std::string_view name) -> const void* {
    return name == "slipway.source.1" ? Source::abi() : nullptr;
  };
  const bool well = session.finish(plugin->resolve(session.abi()));
  REQUIRE(well == (session.facts.size() == 1));
  return {well ? session.facts[0].second : json(), session.reports};
}

void check_error(const std::vector<TarEntry>& entries, const std::string& at, const std::string& message,
                 const std::string& hint = "", const std::string& image = "") {
  const Outcome outcome = resolve(entries, image);
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
    const Outcome outcome = resolve(entries);
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
    const Source source(entries);
    CHECK(source.at(fact["config"]) == config_of(image));
    REQUIRE(fact["layers"].size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(fact["layers"][i]["diff_id"] == digest(image.layers[i].tar));
      CHECK(fact["layers"][i]["compression"] == "none");
      CHECK(source.at(fact["layers"][i]) == image.layers[i].tar);
    }
  }
}

TEST_CASE("how a layer is compressed is known by its first bytes") {
  for (const auto& [first, second] :
       {std::pair{Packing::gzip, Packing::zstd}, std::pair{Packing::xz, Packing::bzip2}}) {
    ImageSpec image = small_image("a:1", "a");
    image.layers[0].packing = first;
    image.layers[1].packing = second;
    const Outcome outcome = resolve(docker_save_entries({image}, Layout::docker25));
    CHECK(outcome.fact["layers"][0]["compression"] == (first == Packing::gzip ? "gzip" : "xz"));
    CHECK(outcome.fact["layers"][1]["compression"] == (first == Packing::gzip ? "zstd" : "bzip2"));
  }
}

TEST_CASE("a layer that several images share is found through its link") {
  const std::vector<ImageSpec> images = {small_image("a:1", "a"), small_image("b:1", "b")};
  for (const Layout layout : {Layout::linked, Layout::hard}) {
    const auto entries = docker_save_entries(images, layout);
    const Outcome outcome = resolve(entries, "b:1");
    REQUIRE(outcome.reports.empty());
    const Source source(entries);
    CHECK(source.at(outcome.fact["layers"][0]) == images[1].layers[0].tar);
    CHECK(source.at(outcome.fact["layers"][1]) == images[1].layers[1].tar);
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
  const Outcome outcome = resolve(docker_save_entries({image}, Layout::legacy));
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
