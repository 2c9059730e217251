// An image out of an archive that `docker save` wrote: in the legacy layout (<id>/layer.tar) or in that of Docker 25
// and later (blobs/sha256 beside an OCI index). Both have a manifest.json, and it alone is followed.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <slipway/plugin.hpp>

#include "archive.hpp"
#include "options.hpp"
#include "selection.hpp"

namespace {

using docker_save::kAnew;
using docker_save::kSource;
using nlohmann::json;

// The configuration's words for the fact's; "OCI Image Configuration" of the OCI image specification.
struct Setting {
  const char *from, *to;
};
constexpr std::array kLists = {Setting{"Entrypoint", "entrypoint"}, Setting{"Cmd", "cmd"}, Setting{"Env", "env"}};
constexpr std::array kTexts = {Setting{"User", "user"}, Setting{"WorkingDir", "workdir"},
                               Setting{"StopSignal", "stop_signal"}};

[[noreturn]] void wrong(const std::string& what) {
  throw slipway::Failure(kSource, "the image's configuration " + what, kAnew);
}

bool is_list_of_texts(const json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
}

json settings_of(const json& config) {
  json settings = json::object();
  const auto inner = config.find("config");
  if (inner == config.end() || inner->is_null()) return settings;
  if (!inner->is_object()) wrong("has a \"config\" that is no object");
  const auto take = [&](const Setting& setting, auto fits, const char* expected) {
    const auto found = inner->find(setting.from);
    if (found == inner->end() || found->is_null()) return;
    if (!fits(*found)) wrong(std::string("has a \"") + setting.from + "\" that is no " + expected);
    settings[setting.to] = *found;
  };
  for (const Setting& setting : kLists) take(setting, is_list_of_texts, "list of texts");
  for (const Setting& setting : kTexts)
    take(
        setting, [](const json& value) { return value.is_string(); }, "text");
  take(
      {"Labels", "labels"},
      [](const json& value) {
        return value.is_object() &&
               std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
      },
      "object of texts");
  return settings;
}

std::vector<std::string> diff_ids_of(const json& config) {
  const auto rootfs = config.find("rootfs");
  if (rootfs == config.end() || !rootfs->is_object() || !rootfs->contains("diff_ids") ||
      !is_list_of_texts(rootfs->at("diff_ids"))) {
    wrong("has no list of diff_ids in its \"rootfs\"");
  }
  return rootfs->at("diff_ids").get<std::vector<std::string>>();
}

struct ImageDockerSave {
  Options options;

  void resolve(slipway::Resolve& archive) const {
    const auto manifest = archive.find("manifest.json");
    if (!manifest || manifest->type != 'f') {
      return archive.error(kSource, "the archive has no manifest.json",
                           "it is truncated, or not what docker save writes");
    }
    const auto images = docker_save::read_manifest(docker_save::read_json(archive, *manifest, "manifest.json"));
    const docker_save::Choice choice = docker_save::choose(images, options.image);

    const std::string of = choice.name.empty() ? "" : " of " + choice.name;
    const slipway::Entry entry = docker_save::find_file(archive, choice.image->config, "the configuration" + of);
    const json config = docker_save::read_json(archive, entry, "the image's configuration " + entry.name);
    if (!config.is_object()) wrong("is no object");
    if (const auto os = config.find("os"); os != config.end() && *os != "linux")
      wrong("is of another system than linux");

    json fact = {{"name", choice.name},
                 {"settings", settings_of(config)},
                 {"layers", layers(archive, *choice.image, config, of)}};
    // With its digest known, slipway checks that the configuration is the one that the id names.
    fact["id"] = choice.image->digits.empty() ? choice.image->config : "sha256:" + choice.image->digits;
    if (!choice.image->digits.empty()) {
      fact["config"] = {{"source", entry.source}, {"offset", entry.offset}, {"size", entry.size}};
    }
    archive.fact("image", fact.dump());
  }

 private:
  static json layers(const slipway::Resolve& archive, const docker_save::Listed& image, const json& config,
                     const std::string& of) {
    const std::vector<std::string> diff_ids = diff_ids_of(config);
    if (diff_ids.size() != image.layers.size()) {
      wrong("names " + std::to_string(diff_ids.size()) + " layers, manifest.json " +
            std::to_string(image.layers.size()));
    }
    json list = json::array();
    for (std::size_t i = 0; i < diff_ids.size(); ++i) {
      const slipway::Entry entry =
          docker_save::find_file(archive, image.layers[i], "layer " + std::to_string(i + 1) + of);
      list.push_back({{"diff_id", diff_ids[i]},
                      {"compression", docker_save::compression_of(archive, entry)},
                      {"source", entry.source},
                      {"offset", entry.offset},
                      {"size", entry.size}});
    }
    return list;
  }
};

}  // namespace

SLIPWAY_PLUGIN(ImageDockerSave)
