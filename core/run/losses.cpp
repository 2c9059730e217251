#include "core/run/losses.hpp"

#include <unistd.h>

#include <cerrno>

#include "core/linux/host.hpp"
#include "core/linux/id_map.hpp"
#include "core/linux/range_remedy.hpp"
#include "core/steps/account.hpp"

namespace slipway::run {
namespace {

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return count == 1 ? "1 " + one : std::to_string(count) + " " + many;
}

// "/home/app (1000:1000), /var/mail (8:12) and 7 more"
std::string first_owners(const store::Losses& losses) {
  std::string text;
  for (const store::LostOwner& owner : losses.first_owners) {
    text += (text.empty() ? "" : ", ") + printable(owner.path, 200) + " (" + std::to_string(owner.uid) + ":" +
            std::to_string(owner.gid) + ")";
  }
  const std::uint64_t more = losses.owners_lost - losses.first_owners.size();
  return more == 0 || losses.owners_lost < losses.first_owners.size() ? text
                                                                      : text + " and " + std::to_string(more) + " more";
}

}  // namespace

store::Owners owners_of(const config::Isolation& isolation) {
  return isolation.ids == config::Isolation::Ids::exact ? store::Owners::exact : store::Owners::squashed;
}

std::string remedy_for_ids(std::uint32_t uid, std::uint32_t gid, config::Isolation::User user) {
  constexpr const char* kAutomatic = "\"isolation\": {\"user\": \"auto\"}";
  if (linux::is_root_of_namespace())
    return "start slipway outside of this user namespace, or make it with more ids (unshare --map-auto)";
  if (::geteuid() == 0) return std::string(kAutomatic) + " keeps the image's ids as they are";
  std::string range = linux::range_remedy(uid, gid);
  if (user != config::Isolation::User::single) return range;
  return range.empty() ? std::string(kAutomatic) + " uses the range that /etc/subuid and /etc/subgid give"
                       : std::string(kAutomatic) + ", and " + range;
}

Findings loss_notes(const store::Losses& losses, const config::Isolation& isolation) {
  Findings notes;
  const auto note = [&](std::string message, std::string hint, Severity severity = Severity::warning) {
    notes.push_back({severity, {}, "", std::move(message), std::move(hint)});
  };
  if (losses.devices_skipped != 0) {
    // Every distribution's image has some, and no program in it misses them.
    note(
        counted(losses.devices_skipped, "device node of the image was", "device nodes of the image were") + " left out",
        "an ordinary user cannot make them; /dev has its own", Severity::info);
  }
  if (losses.owners_lost != 0) {
    note(counted(losses.owners_lost, "file of the image belongs", "files of the image belong") +
             " to root inside, because the owner has no id here: " + first_owners(losses),
         remedy_for_ids(losses.highest_uid, losses.highest_gid, isolation.user));
  }
  if (losses.xattrs_dropped != 0) {
    note(
        counted(losses.xattrs_dropped, "extended attribute", "extended attributes") + " of the image could not be kept",
        "");
  }
  return notes;
}

Error lost_owners(const store::Losses& losses, const config::Isolation& isolation) {
  std::string hint = remedy_for_ids(losses.highest_uid, losses.highest_gid, isolation.user);
  hint += std::string(hint.empty() ? "" : "; or ") + "let root inside have them: --set isolation.ids=squash";
  return {0, "keep the owners of the image's files",
          counted(losses.owners_lost, "file has an owner", "files have owners") +
              " without an id here: " + first_owners(losses),
          std::move(hint)};
}

Error explain_user(Error error, const linux::IdMap& ids, const config::Isolation& isolation) {
  const auto wanted = steps::ids_refused(error);
  if (!wanted || ids.none()) return error;
  const bool lacks_uid = !ids.maps_uid(wanted->uid);
  const bool lacks_gid = !ids.maps_gid(wanted->gid);
  std::string what = lacks_uid ? "user " + std::to_string(wanted->uid) : "";
  if (lacks_gid) what += (lacks_uid ? " and group " : "group ") + std::to_string(wanted->gid);
  if (what.empty()) return error;
  return {0, "the container has no id for", what,
          remedy_for_ids(lacks_uid ? wanted->uid : 0, lacks_gid ? wanted->gid : 0, isolation.user)};
}

}  // namespace slipway::run
