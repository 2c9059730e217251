#include "core/check/images.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/check/subject.hpp"
#include "core/store/image_fact.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;
using testing::Source;

// What no plugin looks into: the worker alone reads layers and proves digests.
const std::string kLower(2048, 'l');
const std::string kUpper(1024, 'u');

std::string hex(char digit) { return std::string(64, digit); }
std::string digest(char digit) { return "sha256:" + hex(digit); }

std::string config() {
  return json({{"architecture", "amd64"},
               {"os", "linux"},
               {"config", {{"Cmd", {"/bin/reference"}}, {"Env", {"PATH=/bin"}}, {"WorkingDir", "/home"}}},
               {"rootfs", {{"type", "layers"}, {"diff_ids", {digest('1'), digest('2')}}}}})
      .dump();
}

ReferenceImage docker_archive() {
  const json manifest = json::array({{{"Config", hex('c') + ".json"},
                                      {"RepoTags", {"reference:latest"}},
                                      {"Layers", {hex('1') + "/layer.tar", hex('2') + "/layer.tar"}}}});
  ReferenceImage image{"docker save", Source(Source::Kind::archive), {kLower, kUpper}, config()};
  image.source.file(hex('1') + "/layer.tar", kLower)
      .file(hex('2') + "/layer.tar", kUpper)
      .file(hex('c') + ".json", config())
      .file("manifest.json", manifest.dump());
  return image;
}

ReferenceImage oci_layout(Source::Kind kind) {
  const auto descriptor = [](const char* type, char digit, std::size_t size) {
    return json{
        {"mediaType", std::string("application/vnd.oci.image.") + type}, {"digest", digest(digit)}, {"size", size}};
  };
  const json manifest = {
      {"schemaVersion", 2},
      {"config", descriptor("config.v1+json", 'c', config().size())},
      {"layers", {descriptor("layer.v1.tar", '1', kLower.size()), descriptor("layer.v1.tar", '2', kUpper.size())}}};
  const json index = {{"schemaVersion", 2},
                      {"manifests", json::array({descriptor("manifest.v1+json", 'a', manifest.dump().size())})}};
  ReferenceImage image{
      kind == Source::Kind::archive ? "OCI layout in a tar" : "OCI layout", Source(kind), {kLower, kUpper}, config()};
  image.source.directory("blobs")
      .directory("blobs/sha256")
      .file("oci-layout", R"({"imageLayoutVersion":"1.0.0"})")
      .file("index.json", index.dump())
      .file("blobs/sha256/" + hex('a'), manifest.dump())
      .file("blobs/sha256/" + hex('c'), config())
      .file("blobs/sha256/" + hex('1'), kLower)
      .file("blobs/sha256/" + hex('2'), kUpper);
  return image;
}

ReferenceImage no_image(std::string name, Source source) { return {std::move(name), std::move(source), {}, {}}; }

std::string bytes_of(const ReferenceImage& image, const store::LayerSource& layer) {
  std::uint32_t file = layer.bytes.source;
  if (!layer.file.empty()) {
    for (const Source::Entry& entry : image.source.entries()) {
      if (entry.name == layer.file) file = entry.source;
    }
  }
  return image.source.bytes(layer.bytes.offset, layer.bytes.size, file);
}

// As the worker completes a fact: how long the source's files are is not the plugin's to say.
Result<store::ImageFact> fact_of(const ReferenceImage& image, json fact) {
  std::vector<std::uint64_t> sizes;
  if (image.source.kind() == Source::Kind::archive) {
    for (const std::string& file : image.source.files()) sizes.push_back(file.size());
  } else if (fact.is_object()) {
    fact["files"] = json::array();
    for (const Source::Entry& entry : image.source.entries()) {
      if (entry.type == 'f') fact["files"].push_back({{"name", entry.name}, {"size", entry.size}});
    }
  }
  return store::parse_image_fact(fact.dump(-1, ' ', true, json::error_handler_t::replace), sizes,
                                 store::Digests::may_be_missing);
}

// What is wrong with a fact; empty where nothing is.
std::string wrong_with(const ReferenceImage& image, const json& given) {
  const auto fact = fact_of(image, given);
  if (!fact) return sentence(fact.error());
  // A tree of files is an image to one plugin and none to another; that a fact is sound is all that can be asked.
  if (image.layers.empty() || fact->layers.size() == 1) return {};
  if (fact->layers.size() != image.layers.size())
    return "has " + std::to_string(fact->layers.size()) + " layers instead of " + std::to_string(image.layers.size());
  try {
    for (std::size_t i = 0; i < image.layers.size(); ++i) {
      if (bytes_of(image, fact->layers[i]) != image.layers[i])
        return "layer " + std::to_string(i) + " is not where the fact says (the lowest is the first)";
    }
  } catch (const testing::Error& problem) {
    return problem.what();
  }
  if (fact->settings.cmd != std::vector<std::string>{"/bin/reference"})
    return "the settings lack the configuration's Cmd";
  return {};
}

json image_fact_in(const std::string& outcome) {
  const json all = json::parse(outcome, nullptr, false);
  if (!all.is_object() || !all.value("ok", false)) return nullptr;
  for (const json& fact : all["facts"]) {
    if (fact.contains("image")) return fact["image"];
  }
  return json::object();  // it went well, but there is none
}

}  // namespace

const std::vector<ReferenceImage>& reference_images() {
  static const std::vector<ReferenceImage> kAll = [] {
    std::vector<ReferenceImage> all{docker_archive(), oci_layout(Source::Kind::archive),
                                    oci_layout(Source::Kind::directory)};
    const auto tree = [](Source::Kind kind) {
      return Source(kind).directory("bin").file("bin/sh", "#!").directory("etc").file("etc/passwd", "root:x:0:0::/:\n");
    };
    all.push_back(no_image("root file system in a tar", tree(Source::Kind::archive)));
    all.push_back(no_image("root file system", tree(Source::Kind::directory)));
    all.push_back(no_image("empty tar", Source(Source::Kind::archive)));
    all.push_back(no_image("empty directory", Source(Source::Kind::directory)));
    Source broken(Source::Kind::archive);
    broken.file("manifest.json", R"([{"Config":"gone.json","Layers":["../x"]}])")
        .file("index.json", "{")
        .file("oci-layout", "");
    all.push_back(no_image("damaged archive", broken));
    return all;
  }();
  return kAll;
}

void add_image_facts(const std::map<std::string, std::string>& outcomes, Report& report) {
  std::vector<std::string> wrong;
  std::vector<std::string> right;
  for (const ReferenceImage& image : reference_images()) {
    const auto outcome = std::find_if(outcomes.begin(), outcomes.end(),
                                      [&](const auto& one) { return one.first.starts_with(image.name + ", "); });
    const json fact = outcome == outcomes.end() ? json() : image_fact_in(outcome->second);
    if (fact.is_null()) continue;
    const std::string problem = fact.empty() ? "resolve went well without a fact \"image\"" : wrong_with(image, fact);
    (problem.empty() ? right : wrong).push_back(image.name + (problem.empty() ? "" : ": " + problem));
  }
  if (!wrong.empty())
    return report.add(Layer::contract, "image-facts", Verdict::failed, listed(wrong, 3),
                      "offsets and sizes are bytes of the decompressed source; the lowest layer is the first");
  if (right.empty())
    return report.add(Layer::contract, "image-facts", Verdict::not_applicable,
                      "it takes none of the reference sources");
  report.add(Layer::contract, "image-facts", Verdict::ok, "right for: " + listed(right));
}

}  // namespace slipway::check
