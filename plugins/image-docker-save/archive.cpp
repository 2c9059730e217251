#include "archive.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace docker_save {
namespace {

constexpr std::uint64_t kLargestJson = std::uint64_t{4} << 20U;
constexpr int kMostLinks = 40;  // as the kernel has it; path_resolution(7)

}  // namespace

std::string beside(const std::string& name, const std::string& link) {
  std::vector<std::string_view> parts;
  const std::size_t slash = name.rfind('/');
  const std::string path =
      link.starts_with('/') || slash == std::string::npos ? link : name.substr(0, slash + 1) + link;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = std::string_view(path).substr(at, end - at);
    at = end + 1;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string joined;
  for (const std::string_view part : parts) joined += (joined.empty() ? "" : "/") + std::string(part);
  return joined;
}

slipway::Entry find_file(const slipway::Resolve& archive, const std::string& name, const std::string& wanted_as) {
  const std::string as = ", which its manifest.json names as " + wanted_as;
  std::string at = name;
  for (int links = 0; links < kMostLinks; ++links) {
    const auto entry = archive.find(at);
    if (!entry) {
      std::string message = "the archive has no ";
      message += at;
      if (at != name) message.append(" (through the link ").append(name).append(")");
      throw slipway::Failure(kSource, message + as, kAnew);
    }
    if (entry->type == 'f') return *entry;
    if (entry->type == 'l') {
      at = beside(at, entry->link);
    } else if (entry->type == 'h') {
      at = beside("", entry->link);  // from the top of the archive; tar(5)
    } else {
      throw slipway::Failure(kSource, at.append(as).append(", is no file"), kAnew);
    }
  }
  throw slipway::Failure(kSource, name + as + ", is a link that leads in a circle", kAnew);
}

nlohmann::json read_json(const slipway::Resolve& archive, const slipway::Entry& entry, const std::string& what) {
  if (entry.size > kLargestJson) {
    throw slipway::Failure(kSource, what + " is " + std::to_string(entry.size) + " bytes long; at most 4 MiB are read",
                           kAnew);
  }
  const std::string text = archive.read_text(entry, kLargestJson);
  // What is too deep for any of these files could be too deep for this stack, once it is taken apart.
  auto json = nlohmann::json::parse(
      text, [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth < 64; }, false);
  if (json.is_discarded()) throw slipway::Failure(kSource, what + " is not JSON", kAnew);
  return json;
}

std::string compression_of(const slipway::Resolve& archive, const slipway::Entry& layer) {
  struct Magic {
    std::string_view bytes, word;
  };
  static constexpr std::array kKnown = {Magic{"\x1f\x8b", "gzip"}, Magic{"\x28\xb5\x2f\xfd", "zstd"},
                                        Magic{std::string_view("\xfd"
                                                               "7zXZ\0",
                                                               6),
                                              "xz"},
                                        Magic{"BZh", "bzip2"}};
  std::array<char, 6> first{};
  const std::uint64_t size = std::min<std::uint64_t>(layer.size, first.size());
  if (size > 0) archive.read_bytes(layer.source, layer.offset, first.data(), size);
  const std::string_view bytes(first.data(), static_cast<std::size_t>(size));
  for (const Magic& magic : kKnown) {
    if (!bytes.starts_with(magic.bytes)) continue;
    if (magic.word == "gzip" || magic.word == "zstd") return std::string(magic.word);
    throw slipway::Failure(kSource, "the layer " + layer.name + " is compressed with " + std::string(magic.word),
                           "slipway reads layers that are plain, gzip or zstd");
  }
  return "none";
}

}  // namespace docker_save
