#include "core/store/losses.hpp"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace slipway::store {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kLongestPath = 256;  // to be shown; a longer one is cut

}  // namespace

void Losses::lose_owner(LostOwner owner, bool lost_uid, bool lost_gid) {
  ++owners_lost;
  if (lost_uid) highest_uid = std::max(highest_uid, owner.uid);
  if (lost_gid) highest_gid = std::max(highest_gid, owner.gid);
  if (first_owners.size() < kMostNamedOwners) first_owners.push_back(std::move(owner));
}

Losses& Losses::operator+=(const Losses& other) {
  devices_skipped += other.devices_skipped;
  sockets_skipped += other.sockets_skipped;
  xattrs_dropped += other.xattrs_dropped;
  owners_lost += other.owners_lost;
  highest_uid = std::max(highest_uid, other.highest_uid);
  highest_gid = std::max(highest_gid, other.highest_gid);
  for (const LostOwner& owner : other.first_owners) {
    const bool known = std::any_of(first_owners.begin(), first_owners.end(),
                                   [&](const LostOwner& named) { return named.path == owner.path; });
    // A file that a further layer has, too, is one file.
    if (known)
      --owners_lost;
    else if (first_owners.size() < kMostNamedOwners)
      first_owners.push_back(owner);
  }
  return *this;
}

std::string to_text(const Losses& losses) {
  Json first = Json::array();
  for (const LostOwner& owner : losses.first_owners)
    first.push_back({printable(owner.path, kLongestPath), owner.uid, owner.gid});
  const Json record = {{"format", kFormat},
                       {"devices_skipped", losses.devices_skipped},
                       {"sockets_skipped", losses.sockets_skipped},
                       {"xattrs_dropped", losses.xattrs_dropped},
                       {"owners_lost", losses.owners_lost},
                       {"highest_uid", losses.highest_uid},
                       {"highest_gid", losses.highest_gid},
                       {"first_owners", std::move(first)}};
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Losses> losses_from(std::string_view text) {
  // The library throws at a missing or ill-typed member; here is where that ends.
  try {
    const Json record = Json::parse(text);
    if (record.at("format") != kFormat) return failure(EPROTO, "read what a layer lost", "another format");
    Losses losses;
    record.at("devices_skipped").get_to(losses.devices_skipped);
    record.at("sockets_skipped").get_to(losses.sockets_skipped);
    record.at("xattrs_dropped").get_to(losses.xattrs_dropped);
    record.at("owners_lost").get_to(losses.owners_lost);
    record.at("highest_uid").get_to(losses.highest_uid);
    record.at("highest_gid").get_to(losses.highest_gid);
    for (const Json& owner : record.at("first_owners")) {
      if (losses.first_owners.size() == kMostNamedOwners) break;
      losses.first_owners.push_back({printable(owner.at(0).get<std::string>(), kLongestPath),
                                     owner.at(1).get<std::uint32_t>(), owner.at(2).get<std::uint32_t>()});
    }
    return losses;
  } catch (const Json::exception& problem) {
    return failure(EPROTO, "read what a layer lost", printable(problem.what(), 256));
  }
}

}  // namespace slipway::store
