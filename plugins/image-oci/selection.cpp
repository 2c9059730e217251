#include "selection.hpp"

#include <algorithm>
#include <array>
#include <slipway/plugin.hpp>
#include <string_view>

#include "configuration.hpp"

namespace oci {
namespace {

using nlohmann::json;

constexpr const char* kAnew = "the layout is damaged; make or get it anew";
constexpr std::string_view kAlgorithm = "sha256:";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kFewestDigits = 12;

// The specification's own key, and containerd's, which holds the whole reference.
constexpr std::array kNames = {"org.opencontainers.image.ref.name", "io.containerd.image.name"};

std::string this_machine() {
#if defined(__x86_64__)
  return "linux/amd64";
#elif defined(__aarch64__)
  return "linux/arm64";
#elif defined(__i386__)
  return "linux/386";
#elif defined(__arm__)
  return "linux/arm";
#elif defined(__riscv)
  return "linux/riscv64";
#elif defined(__powerpc64__)
  return "linux/ppc64le";
#elif defined(__s390x__)
  return "linux/s390x";
#else
  return "linux";
#endif
}

[[noreturn]] void wrong(const std::string& what) { throw slipway::Failure(kSource, what, kAnew); }

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string platform_of(const json& descriptor) {
  const auto found = descriptor.find("platform");
  if (found == descriptor.end() || !found->is_object()) return {};
  std::string platform = text_of(*found, "os") + "/" + text_of(*found, "architecture");
  if (const std::string variant = text_of(*found, "variant"); !variant.empty()) platform += "/" + variant;
  return platform;
}

std::string names_of(const std::vector<Descriptor>& all) {
  std::string names;
  for (const Descriptor& one : all) {
    const std::string name = one.name.empty() ? one.digest.substr(0, kAlgorithm.size() + kFewestDigits) : one.name;
    if (names.find(name) == std::string::npos) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

// "box:1" is the end of "docker.io/library/box:1", and a tag alone is the end of both.
bool is_called(const Descriptor& one, const std::string& wanted) {
  if (one.name == wanted) return true;
  if (one.name.size() <= wanted.size() || !one.name.ends_with(wanted)) return false;
  const char before = one.name[one.name.size() - wanted.size() - 1];
  return before == '/' || before == ':';
}

bool has_digest(const Descriptor& one, std::string_view wanted) {
  if (wanted.starts_with(kAlgorithm)) wanted.remove_prefix(kAlgorithm.size());
  return wanted.size() >= kFewestDigits && std::string_view(one.digest).substr(kAlgorithm.size()).starts_with(wanted);
}

}  // namespace

bool Descriptor::is_index() const {
  return media_type == "application/vnd.oci.image.index.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

Descriptor read_descriptor(const json& json, const std::string& what) {
  if (!json.is_object()) wrong(what + " has a descriptor that is no object");
  Descriptor one;
  one.media_type = text_of(json, "mediaType");
  one.digest = text_of(json, "digest");
  const std::string_view digits = std::string_view(one.digest).substr(std::min(kAlgorithm.size(), one.digest.size()));
  if (!one.digest.starts_with(kAlgorithm) || digits.size() != kDigits ||
      digits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    wrong(what + " names something by \"" + one.digest + "\", which is no sha256 digest");
  const auto size = json.find("size");
  if (size == json.end() || !size->is_number_unsigned()) wrong(what + " does not say the size of " + one.digest);
  one.size = size->get<std::uint64_t>();
  one.platform = platform_of(json);
  if (const auto notes = json.find("annotations"); notes != json.end() && notes->is_object()) {
    for (const char* name : kNames) {
      if (one.name.empty() || name != kNames.front()) {
        const std::string said = text_of(*notes, name);
        if (said.size() > one.name.size()) one.name = said;
      }
    }
  }
  return one;
}

std::vector<Descriptor> read_index(const json& index, const std::string& what) {
  const auto manifests = index.is_object() ? index.find("manifests") : index.end();
  if (!index.is_object() || manifests == index.end() || !manifests->is_array())
    wrong(what + " has no list of manifests");
  std::vector<Descriptor> all;
  for (const json& item : *manifests) all.push_back(read_descriptor(item, what));
  if (all.empty()) wrong(what + " lists no image");
  return all;
}

Descriptor choose_image(const std::vector<Descriptor>& all, const std::string& wanted, const std::string& platform) {
  constexpr const char* kImage = "/options/image";
  std::vector<Descriptor> fitting;
  for (const Descriptor& one : all) {
    if (wanted.empty() || is_called(one, wanted) || is_called(one, wanted + ":latest") || has_digest(one, wanted))
      fitting.push_back(one);
  }
  if (fitting.empty())
    throw slipway::Failure(kImage, "the layout holds no image \"" + wanted + "\"", "it holds: " + names_of(all));
  const bool is_same = std::all_of(fitting.begin(), fitting.end(),
                                   [&](const Descriptor& one) { return one.digest == fitting.front().digest; });
  if (is_same) return fitting.front();
  const bool is_one_name = std::all_of(fitting.begin(), fitting.end(), [&](const Descriptor& one) {
    return one.name == fitting.front().name && !one.platform.empty();
  });
  if (is_one_name) return choose_platform(fitting, platform);
  if (!wanted.empty())
    throw slipway::Failure(kImage, "the layout holds several images that \"" + wanted + "\" could mean",
                           "write more of it: " + names_of(fitting));
  throw slipway::Failure(kImage, "the layout holds " + std::to_string(fitting.size()) + " images and none is chosen",
                         "choose one with --set image.image=TAG: " + names_of(all));
}

Descriptor choose_platform(const std::vector<Descriptor>& all, const std::string& platform) {
  const std::string wanted = platform.empty() ? this_machine() : platform;
  std::string there;
  for (const Descriptor& one : all) {
    // What build tools add about a build is of no platform: "unknown/unknown".
    if (one.platform.empty() || one.platform.starts_with("unknown")) continue;
    if (one.platform == wanted || one.platform.starts_with(wanted + "/")) return one;
    there += (there.empty() ? "" : ", ") + one.platform;
  }
  if (there.empty() && all.size() == 1) return all.front();
  throw slipway::Failure("/options/platform", "the image is not made for " + wanted,
                         there.empty() ? kAnew : "it is made for: " + there);
}

}  // namespace oci
