#include "docker_save.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "../image-oci/configuration.hpp"
#include "archive.hpp"
#include "selection.hpp"

namespace docker_save {
namespace {

using nlohmann::json;

json layers(const slipway::Resolve& archive, const Listed& image, const std::vector<std::string>& diff_ids,
            const std::string& of) {
  if (diff_ids.size() != image.layers.size()) {
    throw slipway::Failure(kSource,
                           "the image's configuration names " + std::to_string(diff_ids.size()) +
                               " layers, manifest.json " + std::to_string(image.layers.size()),
                           kAnew);
  }
  json list = json::array();
  for (std::size_t i = 0; i < diff_ids.size(); ++i) {
    const slipway::Entry entry = find_file(archive, image.layers[i], "layer " + std::to_string(i + 1) + of);
    json layer = oci::range_of(entry);
    layer["diff_id"] = diff_ids[i];
    layer["compression"] = oci::compression_of(archive, entry);
    list.push_back(std::move(layer));
  }
  return list;
}

}  // namespace

void resolve(slipway::Resolve& archive, const std::string& wanted) {
  const auto manifest = archive.find("manifest.json");
  if (!manifest || manifest->type != 'f') {
    throw slipway::Failure(kSource, "the archive has no manifest.json",
                           "it is truncated, or not what docker save writes");
  }
  const auto images = read_manifest(oci::read_json(archive, *manifest, "manifest.json", kAnew));
  const Choice choice = choose(images, wanted);
  const std::string of = choice.name.empty() ? "" : " of " + choice.name;
  const slipway::Entry entry = find_file(archive, choice.image->config, "the configuration" + of);
  const oci::Configuration config = oci::read_configuration(archive, entry, kAnew);

  json tags = json::array();
  for (const Listed& image : images) {
    for (const std::string& tag : image.tags) tags.push_back(tag);
  }
  json fact = {{"kind", "docker-save archive"},
               {"tags", std::move(tags)},
               {"name", choice.name},
               {"settings", config.settings},
               {"layers", layers(archive, *choice.image, config.diff_ids, of)}};
  // With its digest known, slipway checks that the configuration is the one that the id names.
  fact["id"] = choice.image->digits.empty() ? choice.image->config : "sha256:" + choice.image->digits;
  if (!choice.image->digits.empty()) fact["config"] = oci::range_of(entry);
  archive.fact("image", fact.dump());
}

}  // namespace docker_save
