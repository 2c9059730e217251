#include "layout.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "configuration.hpp"
#include "selection.hpp"

namespace oci {
namespace {

using nlohmann::json;

constexpr const char* kAnew = "the layout is damaged; make or get it anew";
constexpr int kDeepestIndex = 8;  // an index of platforms in an index of tags is all that is in use

[[noreturn]] void wrong(const std::string& what) { throw slipway::Failure(kSource, what, kAnew); }

// Takes a layout apart, and notes what slipway has to digest: every file that says what to take.
class Reader {
 public:
  explicit Reader(const slipway::Resolve& source) : source_(source) {}

  json index() {
    const auto layout = source_.find("oci-layout");
    if (!layout || layout->type != 'f') {
      if (!source_.find("manifest.json")) wrong("the source has no oci-layout");
      throw slipway::Failure(kSource, "the source has no oci-layout, but the manifest.json of docker save",
                             "use image-docker-save, or name no plugin");
    }
    const json said = read_json(source_, *layout, "oci-layout", kAnew);
    const auto version = said.is_object() ? said.find("imageLayoutVersion") : said.end();
    if (!said.is_object() || version == said.end() || !version->is_string() ||
        !version->get<std::string>().starts_with("1."))
      wrong("oci-layout is of no version 1");
    const auto index = source_.find("index.json");
    if (!index || index->type != 'f') wrong("the layout has no index.json");
    return read_json(source_, *index, "index.json", kAnew);
  }

  [[nodiscard]] slipway::Entry find(const Descriptor& wanted, const std::string& as) const {
    const std::string path = "blobs/sha256/" + wanted.digest.substr(std::string("sha256:").size());
    const auto entry = source_.find(path);
    if (!entry || entry->type != 'f') wrong("the layout has no file " + path + ", which is " + as);
    if (entry->size != wanted.size) {
      wrong(as + " is " + std::to_string(entry->size) + " bytes long, and is said to be " +
            std::to_string(wanted.size) + ": " + path);
    }
    return *entry;
  }

  json read(const Descriptor& wanted, const std::string& as) {
    const slipway::Entry entry = find(wanted, as);
    json digested = range_of(entry);
    digested["digest"] = wanted.digest;
    digested_.push_back(std::move(digested));
    return read_json(source_, entry, as + " " + entry.name, kAnew);
  }

  [[nodiscard]] const json& digested() const { return digested_; }

 private:
  const slipway::Resolve& source_;
  json digested_ = json::array();
};

json layers_of(const slipway::Resolve& source, const Reader& reader, const json& manifest,
               const std::vector<std::string>& diff_ids) {
  const auto layers = manifest.find("layers");
  if (layers == manifest.end() || !layers->is_array()) wrong("the manifest has no list of layers");
  if (layers->size() != diff_ids.size()) {
    wrong("the image's configuration names " + std::to_string(diff_ids.size()) + " layers, the manifest " +
          std::to_string(layers->size()));
  }
  json list = json::array();
  for (std::size_t i = 0; i < diff_ids.size(); ++i) {
    const std::string as = "layer " + std::to_string(i + 1);
    const Descriptor descriptor = read_descriptor(layers->at(i), "the manifest");
    if (descriptor.media_type.ends_with("+encrypted")) {
      throw slipway::Failure(kSource, as + " is encrypted", "decrypt it with the tool that encrypted it");
    }
    const slipway::Entry entry = reader.find(descriptor, as);
    json layer = range_of(entry);
    layer["diff_id"] = diff_ids[i];
    layer["compression"] = compression_of(source, entry);
    list.push_back(std::move(layer));
  }
  return list;
}

}  // namespace

void resolve(slipway::Resolve& source, const std::string& wanted, const std::string& platform) {
  Reader reader(source);
  const std::vector<Descriptor> all = read_index(reader.index(), "index.json");
  json tags = json::array();
  for (const Descriptor& one : all) {
    if (!one.name.empty()) tags.push_back(one.name);
  }
  Descriptor chosen = choose_image(all, wanted, platform);
  const std::string name = chosen.name;
  for (int depth = 0; chosen.is_index(); ++depth) {
    if (depth == kDeepestIndex) wrong("the layout's indexes stand in each other without an end");
    chosen = choose_platform(read_index(reader.read(chosen, "the index"), "the index"), platform);
  }
  if (!platform.empty() && !chosen.platform.empty()) choose_platform({chosen}, platform);
  const json manifest = reader.read(chosen, "the manifest");
  if (!manifest.is_object() || !manifest.contains("config")) wrong("the manifest names no configuration");
  const Descriptor config = read_descriptor(manifest["config"], "the manifest");
  const slipway::Entry entry = reader.find(config, "the configuration");
  const Configuration configuration = read_configuration(source, entry, kAnew);
  const json fact = {{"kind", "OCI layout"},
                     {"tags", tags},
                     {"id", config.digest},
                     {"name", name},
                     {"settings", configuration.settings},
                     {"config", range_of(entry)},
                     {"digested", reader.digested()},
                     {"layers", layers_of(source, reader, manifest, configuration.diff_ids)}};
  source.fact("image", fact.dump());
}

}  // namespace oci
