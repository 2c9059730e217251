#include "core/linux/mount.hpp"

#include "core/steps/mount_flags.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Mount& step) {
  std::string text = step.fstype + " on " + step.target.text + text_of(step.flags);
  for (const std::string& option : step.options) text += " " + option;
  return text;
}

std::string problem_of(const Mount& step) {
  constexpr std::size_t kLongestOption = 255;  // fsconfig(2) ends values there
  if (step.fstype.empty()) return "fstype is empty";
  for (const std::string& option : step.options) {
    if (option.empty() || option.size() > kLongestOption) return "a file system option has 1 to 255 bytes";
  }
  return {};
}

Result<void> apply(const Mount& step, Inside& inside) {
  auto filesystem = linux::NewFilesystem::open(step.fstype);
  if (!filesystem) return tl::unexpected(filesystem.error());
  if (auto set = filesystem->set("source", step.source.empty() ? step.fstype : step.source); !set) return set;
  for (const std::string& option : step.options) {
    const std::size_t equals = option.find('=');
    auto set = equals == std::string::npos ? filesystem->set_flag(option)
                                           : filesystem->set(option.substr(0, equals), option.substr(equals + 1));
    if (!set) return set;
  }
  auto mount = filesystem->create(attributes_of(step.flags));
  if (!mount) return tl::unexpected(mount.error());
  return inside.attach_own(*mount, step.target);
}

}  // namespace slipway::steps
