#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/steps/image_text.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

constexpr std::size_t kLongest = 64;  // HOST_NAME_MAX; sethostname(2)
constexpr const char* kFile = "/etc/hostname";
constexpr const char* kHint = "say another one with --hostname NAME";

// The first line that says something: hostname(5) allows comments.
std::string name_in(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(kBlank);
    if (first == std::string_view::npos || line[first] == '#') continue;
    line = line.substr(first, line.find_last_not_of(kBlank) + 1 - first);
    return std::string(line);
  }
  return {};
}

Result<std::string> name_of_image(const Inside& inside) {
  const ImageText file = image_text(inside.root, kFile);
  if (!file.problem.empty()) return failure(0, "take the host name from the image", file.problem, kHint);
  const std::string name = name_in(file.text);
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (name.empty()) return failure(0, "take the host name from the image", std::string(kFile) + " says none", kHint);
  if (name.size() > kLongest || std::any_of(name.begin(), name.end(), control))
    return failure(0, "take the host name from the image", std::string(kFile) + " holds no host name", kHint);
  return name;
}

}  // namespace

std::string summary(const Hostname& step) {
  return step.source == NameSource::image ? std::string("of the image's ") + kFile : step.name;
}

std::string problem_of(const Hostname& step) {
  if (step.source == NameSource::image) return step.name.empty() ? "" : "a name, and the image's beside it";
  return step.name.empty() || step.name.size() > kLongest ? "a host name has 1 to 64 bytes" : "";
}

Result<void> apply(const Hostname& step, Inside& inside) {
  std::string name = step.name;
  if (step.source == NameSource::image) {
    auto found = name_of_image(inside);
    if (!found) return tl::unexpected(found.error());
    name = std::move(*found);
  }
  if (::sethostname(name.data(), name.size()) != 0) return failure(errno, "set the host name", name);
  return {};
}

}  // namespace slipway::steps
