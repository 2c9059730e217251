#include <unistd.h>

#include <cerrno>

#include "core/linux/host_name.hpp"
#include "core/steps/image_text.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

constexpr const char* kFile = "/etc/hostname";
constexpr const char* kHint = "say another one with --hostname NAME";

Result<std::string> name_of_image(const Inside& inside) {
  const ImageText file = image_text(inside.root, kFile);
  if (!file.problem.empty()) return failure(0, "take the host name from the image", file.problem, kHint);
  const std::string name = linux::host_name_in(file.text);
  if (name.empty()) return failure(0, "take the host name from the image", std::string(kFile) + " says none", kHint);
  if (name.size() > linux::kLongestHostName || !linux::is_host_name(name))
    return failure(0, "take the host name from the image", std::string(kFile) + " holds no host name", kHint);
  return name;
}

}  // namespace

std::string summary(const Hostname& step) {
  return step.source == NameSource::image ? std::string("of the image's ") + kFile : step.name;
}

std::string problem_of(const Hostname& step) {
  if (step.source == NameSource::image) return step.name.empty() ? "" : "a name, and the image's beside it";
  if (step.name.empty() || step.name.size() > linux::kLongestHostName) return "a host name has 1 to 64 bytes";
  return linux::is_host_name(step.name) ? "" : std::string("a host name has ") + linux::kHostNameHint;
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
