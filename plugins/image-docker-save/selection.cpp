#include "selection.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <slipway/reader.hpp>
#include <string_view>

#include "archive.hpp"

namespace docker_save {
namespace {

using nlohmann::json;

constexpr const char* kImage = "/options/image";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kFewestDigits = 12;

[[noreturn]] void wrong(const std::string& what) { throw slipway::Failure(kSource, "manifest.json " + what, kAnew); }

std::vector<std::string> texts(const json& object, const char* member) {
  std::vector<std::string> list;
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return list;
  if (!found->is_array()) wrong(std::string("has a \"") + member + "\" that is no list");
  for (const json& item : *found) {
    if (!item.is_string()) wrong(std::string("has a \"") + member + "\" with something that is no text");
    list.push_back(item.get<std::string>());
  }
  return list;
}

// docker: "<digits>.json" and "blobs/sha256/<digits>"; kaniko and crane: "sha256:<digits>".
std::string digits_of(std::string_view config) {
  for (const std::string_view prefix : {"blobs/sha256/", "sha256:"}) {
    if (config.starts_with(prefix)) config.remove_prefix(prefix.size());
  }
  if (config.ends_with(".json")) config.remove_suffix(std::string_view(".json").size());
  const bool digits = config.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return digits && config.size() == kDigits ? std::string(config) : std::string();
}

std::string names_of(const std::vector<Listed>& images) {
  std::string names;
  for (const Listed& image : images) {
    std::string name = image.digits.substr(0, kFewestDigits);
    if (!image.tags.empty()) name = image.tags.front();
    for (std::size_t i = 1; i < image.tags.size(); ++i) name += ", " + image.tags[i];
    names += (names.empty() ? "" : ", ") + (name.empty() ? image.config : name);
  }
  return names;
}

bool is_meant_by(const Listed& image, std::string_view wanted) {
  if (wanted.starts_with("sha256:")) wanted.remove_prefix(std::string_view("sha256:").size());
  return wanted.size() >= kFewestDigits && image.digits.starts_with(wanted);
}

}  // namespace

std::vector<Listed> read_manifest(const json& manifest) {
  if (!manifest.is_array()) wrong("is no list of images");
  if (manifest.empty()) wrong("lists no image");
  std::vector<Listed> images;
  for (const json& item : manifest) {
    if (!item.is_object()) wrong("lists something that is no image");
    Listed image;
    const auto config = item.find("Config");
    if (config == item.end() || !config->is_string()) wrong("names no \"Config\" for an image");
    image.config = config->get<std::string>();
    image.digits = digits_of(image.config);
    image.tags = texts(item, "RepoTags");
    image.layers = texts(item, "Layers");
    images.push_back(std::move(image));
  }
  return images;
}

Choice choose(const std::vector<Listed>& images, const std::string& wanted) {
  if (wanted.empty()) {
    if (images.size() > 1) {
      throw slipway::Failure(kImage,
                             "the archive holds " + std::to_string(images.size()) + " images and none is chosen",
                             "choose one with --set image.image=TAG: " + names_of(images));
    }
    const Listed& only = images.front();
    return {&only, only.tags.empty() ? "" : only.tags.front()};
  }
  for (const std::string& tag : {wanted, wanted + ":latest"}) {
    for (const Listed& image : images) {
      if (std::find(image.tags.begin(), image.tags.end(), tag) != image.tags.end()) return {&image, tag};
    }
  }
  const Listed* found = nullptr;
  for (const Listed& image : images) {
    if (!is_meant_by(image, wanted)) continue;
    if (found != nullptr && found->digits != image.digits) {
      throw slipway::Failure(kImage, "the archive holds several images whose ids begin with " + wanted,
                             "write more of it");
    }
    found = &image;
  }
  if (found == nullptr) {
    throw slipway::Failure(kImage, "the archive holds no image \"" + wanted + "\"", "it holds: " + names_of(images));
  }
  return {found, found->tags.empty() ? "" : found->tags.front()};
}

}  // namespace docker_save
