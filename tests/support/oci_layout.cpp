#include "tests/support/oci_layout.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace slipway::tests {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kIndexType = "application/vnd.oci.image.index.v1+json";
constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";

Json add_blob(OciFiles& files, const std::string& bytes, const std::string& type) {
  files[blob_of(bytes)] = bytes;
  return {{"mediaType", type}, {"digest", digest(bytes)}, {"size", bytes.size()}};
}

Json add_manifest(OciFiles& files, const OciImage& one) {
  Json manifest = {{"schemaVersion", 2}, {"mediaType", kManifestType}};
  manifest["config"] = add_blob(files, config_of(one.image), "application/vnd.oci.image.config.v1+json");
  manifest["layers"] = Json::array();
  for (const ImageLayer& layer : one.image.layers) {
    const char* type = layer.packing == Packing::gzip   ? "application/vnd.oci.image.layer.v1.tar+gzip"
                       : layer.packing == Packing::zstd ? "application/vnd.oci.image.layer.v1.tar+zstd"
                                                        : "application/vnd.oci.image.layer.v1.tar";
    manifest["layers"].push_back(add_blob(files, pack(layer.tar, layer.packing), type));
  }
  Json descriptor = add_blob(files, manifest.dump(), kManifestType);
  if (const std::size_t slash = one.platform.find('/'); slash != std::string::npos)
    descriptor["platform"] = {{"os", one.platform.substr(0, slash)}, {"architecture", one.platform.substr(slash + 1)}};
  return descriptor;
}

}  // namespace

std::string blob_of(std::string_view bytes) { return "blobs/sha256/" + digest_hex(bytes); }

OciFiles oci_layout(const std::vector<OciImage>& images) {
  OciFiles files;
  Json manifests = Json::array();
  std::map<std::string, Json> nested;  // by name: what is made for several platforms
  for (const OciImage& one : images) {
    Json descriptor = add_manifest(files, one);
    if (!one.platform.empty()) {
      nested[one.name].push_back(std::move(descriptor));
      continue;
    }
    if (!one.name.empty()) descriptor["annotations"] = {{"org.opencontainers.image.ref.name", one.name}};
    manifests.push_back(std::move(descriptor));
  }
  for (const auto& [name, list] : nested) {
    const Json index = {{"schemaVersion", 2}, {"mediaType", kIndexType}, {"manifests", list}};
    Json descriptor = add_blob(files, index.dump(), kIndexType);
    if (!name.empty()) descriptor["annotations"] = {{"org.opencontainers.image.ref.name", name}};
    manifests.push_back(std::move(descriptor));
  }
  files["oci-layout"] = R"({"imageLayoutVersion":"1.0.0"})";
  files["index.json"] = Json{{"schemaVersion", 2}, {"manifests", manifests}}.dump();
  return files;
}

std::string oci_tar(const OciFiles& files) {
  std::vector<TarEntry> entries = {directory("blobs/"), directory("blobs/sha256/")};
  for (const auto& [name, bytes] : files) entries.push_back(file(name, bytes));
  return make_tar(entries);
}

void write_oci_directory(const std::string& path, const OciFiles& files) {
  for (const auto& [name, bytes] : files) {
    const std::filesystem::path file = std::filesystem::path(path) / name;
    std::filesystem::create_directories(file.parent_path());
    write_file(file.string(), bytes);
  }
}

}  // namespace slipway::tests
