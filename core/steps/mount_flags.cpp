#include "core/steps/mount_flags.hpp"

#include <linux/mount.h>

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

namespace slipway::steps {
namespace {

std::uint64_t attribute_of(MountFlag flag) {
  switch (flag) {
    case MountFlag::ro:
      return MOUNT_ATTR_RDONLY;
    case MountFlag::nosuid:
      return MOUNT_ATTR_NOSUID;
    case MountFlag::nodev:
      return MOUNT_ATTR_NODEV;
    case MountFlag::noexec:
      return MOUNT_ATTR_NOEXEC;
    case MountFlag::relatime:
      return MOUNT_ATTR_RELATIME;
    case MountFlag::noatime:
      return MOUNT_ATTR_NOATIME;
    case MountFlag::strictatime:
      return MOUNT_ATTR_STRICTATIME;
    case MountFlag::nodiratime:
      return MOUNT_ATTR_NODIRATIME;
    case MountFlag::nosymfollow:
      break;
  }
  return MOUNT_ATTR_NOSYMFOLLOW;
}

}  // namespace

std::uint64_t attributes_of(const std::vector<MountFlag>& flags) {
  std::uint64_t attributes = 0;
  for (const MountFlag flag : flags) attributes |= attribute_of(flag);
  return attributes;
}

std::string text_of(const std::vector<MountFlag>& flags) {
  if (flags.empty()) return {};
  std::string text;
  for (const MountFlag flag : flags) {
    text += text.empty() ? " (" : ",";
    text += Words<MountFlag>::words.at(static_cast<std::size_t>(flag));
  }
  return text + ")";
}

}  // namespace slipway::steps
