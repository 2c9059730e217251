#include <unistd.h>

#include <algorithm>

#include "core/doctor/look.hpp"
#include "core/doctor/probes.hpp"
#include "core/doctor/trial.hpp"
#include "core/linux/host.hpp"
#include "core/linux/range_remedy.hpp"
#include "core/linux/subordinate_ids.hpp"

namespace slipway::doctor {
namespace {

using linux::OwnedRange;

constexpr std::uint32_t kUsual = 65536;  // what useradd(8) gives; images number their users below it
constexpr const char* kSingle = "a container has one id: all of an image's files belong to root inside";

std::uint64_t end_of(const OwnedRange& given) { return std::uint64_t{given.range.first} + given.range.count; }

struct File {
  std::string path{}, text{};
  std::vector<OwnedRange> ranges{};
  std::optional<OwnedRange> own{};  ///< the largest
  std::string shares{};             ///< the owner of another range that meets it
};

File look_at(const std::string& path, const std::string& name) {
  File file{path, text_of(path).value_or(std::string()), {}, {}, {}};
  file.ranges = linux::subordinate_ranges(file.text);
  const auto is_own = [&](const OwnedRange& given) {
    return (!name.empty() && given.owner == name) || given.owner == std::to_string(::geteuid());
  };
  for (const OwnedRange& given : file.ranges) {
    if (is_own(given) && (!file.own || given.range.count > file.own->range.count)) file.own = given;
  }
  if (!file.own) return file;
  for (const OwnedRange& other : file.ranges) {
    const bool meets = other.range.first < end_of(*file.own) && file.own->range.first < end_of(other);
    if (meets && !is_own(other)) file.shares = other.owner;
  }
  return file;
}

// What is said of the helpers is another check's.
std::string give_range(const std::string& name, const File& uids, const File& gids) {
  return linux::range_remedy({.user_name = name, .uid = ::geteuid(), .subuid = uids.text, .subgid = gids.text}, kUsual,
                             kUsual);
}

std::string range_text(const OwnedRange& given) {
  return std::to_string(given.range.count) + " from " + std::to_string(given.range.first);
}

constexpr const char* kName = "subordinate-ids";

Check shared_range(const File& file, const std::string& user, const std::string& found) {
  return {kName, State::degraded, file.path + " gives ids of " + user + " to " + file.shares + " as well: " + found,
          "the containers of both can change each other's files",
          "as root: give one of them another range in " + file.path};
}

// Root of another user namespace than the host's hands on what that has.
Check ids_of_namespace() {
  const auto here = linux::ids_here();
  if (here && here->single()) {
    return {kName, State::degraded, "the user namespace that slipway was started in has one id", kSingle,
            "start slipway outside of it, or make it with a range of ids (unshare --map-auto)"};
  }
  return ok(kName, "those of the user namespace that slipway was started in");
}

}  // namespace

Check check_subordinate_ids() {
  if (linux::is_root_of_namespace()) return ids_of_namespace();
  if (::geteuid() == 0) return ok(kName, "root needs none: its containers have the host's ids");
  const std::string name = linux::user_name(::geteuid());
  const std::string user = name.empty() ? "user " + std::to_string(::geteuid()) : name;
  const File uids = look_at("/etc/subuid", name), gids = look_at("/etc/subgid", name);
  for (const File* file : {&uids, &gids}) {
    if (file->own) continue;
    return {kName, State::degraded, file->path + " has no range for " + user, kSingle, give_range(name, uids, gids)};
  }
  const std::string found = "uids " + range_text(*uids.own) + ", gids " + range_text(*gids.own);
  for (const File* file : {&uids, &gids}) {
    if (!file->shares.empty()) return shared_range(*file, user, found);
  }
  if (std::min(uids.own->range.count, gids.own->range.count) < kUsual) {
    return {kName, State::degraded, found, "files of an image whose owner has a higher id cannot keep it",
            give_range(name, uids, gids)};
  }
  return ok(kName, found);
}

Check check_map_helpers() {
  const std::string kHelpers = "id-map-helpers";
  if (::geteuid() == 0) return ok(kHelpers, "root needs none: it writes id maps itself");
  const auto cause = why_no_map_helpers();
  const bool are_there = ::access(linux::kNewUidMap, X_OK) == 0 && ::access(linux::kNewGidMap, X_OK) == 0;
  if (!are_there) return not_ok(kHelpers, State::degraded, cause, {}, kSingle);
  const std::string there = std::string(linux::kNewUidMap) + ", " + linux::kNewGidMap;
  const linux::IdMap ids = default_ids();
  if (ids.single()) {
    // Nothing to try them on, and nothing that needs them.
    return cause ? not_ok(kHelpers, State::degraded, cause, {}, "a range of subordinate ids could not be used")
                 : ok(kHelpers, there);
  }
  const auto mapped = try_in_namespaces(0, ids, [] { return Result<Finds>(Finds{}); });
  if (mapped) return ok(kHelpers, there);
  if (try_in_namespaces(0, linux::single_id_map(), [] { return Result<Finds>(Finds{}); })) {
    return not_ok(kHelpers, State::missing, why_no_id_map(ids), mapped.error(),
                  "no container with the range of subordinate ids can be made");
  }
  return ok(kHelpers, there + " (not tried: there is no user namespace to try them on)");
}

}  // namespace slipway::doctor
