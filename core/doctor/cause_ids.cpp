#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "core/doctor/cause.hpp"
#include "core/doctor/look.hpp"
#include "core/linux/subordinate_ids.hpp"

namespace slipway::doctor {
namespace {

constexpr const char* kInstall = "install the package uidmap (shadow-utils on other distributions)";

// A program that has to have more power than who starts it: why it will not.
std::optional<Cause> why_powerless(const std::string& program) {
  struct stat found {};
  if (::stat(program.c_str(), &found) != 0) return Cause{"there is no " + program, kInstall};
  if (::access(program.c_str(), X_OK) != 0)
    return Cause{program + " may not be executed by this user", "chmod go+x " + program};
  const bool has_file_capability = ::getxattr(program.c_str(), "security.capability", nullptr, 0) > 0;
  const bool is_set_uid = (found.st_mode & S_ISUID) != 0;
  if (!is_set_uid && !has_file_capability) {
    return Cause{program + " is neither set-uid nor has file capabilities, so that it can write no map",
                 "as root: chmod u+s " + program + ", or install its package again"};
  }
  if (is_set_uid && !has_file_capability && found.st_uid != 0) {
    return Cause{program + " is set-uid, but does not belong to root here", "as root: chown root " + program};
  }
  struct statvfs filesystem {};
  if (::statvfs(program.c_str(), &filesystem) == 0 && (filesystem.f_flag & ST_NOSUID) != 0) {
    return Cause{program + " lies on a mount with nosuid, so that it runs without its power",
                 "as root: remount that file system with suid"};
  }
  return std::nullopt;
}

bool holds(const std::string& file, const std::string& name, const linux::IdRange& range) {
  for (const linux::OwnedRange& given : linux::subordinate_ranges(text_of(file).value_or(std::string()))) {
    const bool is_ours = given.owner == name || given.owner == std::to_string(::geteuid());
    if (is_ours && range.outside >= given.range.first &&
        std::uint64_t{range.outside} + range.count <= std::uint64_t{given.range.first} + given.range.count)
      return true;
  }
  return false;
}

}  // namespace

std::optional<Cause> why_no_map_helpers() {
  for (const char* program : {linux::kNewUidMap, linux::kNewGidMap}) {
    if (auto cause = why_powerless(program)) return cause;
  }
  if (own_status("NoNewPrivs") == "1") {
    return Cause{"slipway was started with no_new_privs, so that newuidmap and newgidmap run without their power",
                 R"(start it without, or run with one id: --set isolation.user=single)"};
  }
  return std::nullopt;
}

std::optional<Cause> why_no_id_map(const linux::IdMap& map) {
  if (map.none() || map.single() || ::geteuid() == 0) return std::nullopt;
  if (auto cause = why_no_map_helpers()) return cause;
  const std::string name = linux::user_name(::geteuid());
  for (const auto& [file, ranges] : {std::pair{"/etc/subuid", &map.uids}, std::pair{"/etc/subgid", &map.gids}}) {
    for (const linux::IdRange& range : *ranges) {
      if (range.inside == 0 || holds(file, name, range)) continue;
      return Cause{std::string(file) + " gives " + name + " no range with the ids " + std::to_string(range.outside) +
                       " to " + std::to_string(range.outside + range.count - 1),
                   "as root: usermod --add-subuids and --add-subgids"};
    }
  }
  return std::nullopt;
}

}  // namespace slipway::doctor
