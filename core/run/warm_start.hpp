// A start from what an earlier one recorded in the store: no configuration is read, no plugin loaded, no worker
// started.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/linux/host.hpp"
#include "core/linux/id_map.hpp"
#include "core/plan/start_record.hpp"
#include "core/run/recorded_image.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// Whether a start with these changes may be kept on disk.
bool may_be_recorded(const std::vector<config::Override>& overrides);

/// The key of a request's record; nullopt where there is none to be had. Of the host it has what differs from one start
/// to the next: the same words with a terminal and in a pipe have a record each.
std::optional<std::string> start_key(const config::Request& request, const linux::HostAbilities& host);

/// What the stages are told, as a fingerprint: a plan holds for the same facts only.
std::string facts_fingerprint(const std::string& image, const linux::HostAbilities& host, const linux::IdMap& ids);

/// The record of a request whose plugins are all as they were.
std::optional<plan::StartRecord> find_start(const store::Store& store, const std::string& key);

/// The image and its layers, where the store has all of them for the record's facts; locks are held by the layers.
struct WarmImage {
  ResolvedImage image{};
  std::vector<store::Layer> layers{};
  store::Losses losses{};  ///< as they were when the start was recorded: the same layers have the same
};
std::optional<WarmImage> warm_image(const store::Store& store, const plan::StartRecord& record,
                                    const linux::HostAbilities& host, const linux::IdMap& ids);

/// Keeps what a start found out. That it could not be kept is no one's problem: the next start finds it out anew.
void keep_start(const store::Store& store, const std::string& key, const plan::StartRecord& record);

}  // namespace slipway::run
