#include "archive.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace docker_save {
namespace {

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

}  // namespace docker_save
