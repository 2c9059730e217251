#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "core/config/extends.hpp"
#include "core/config/isolation_words.hpp"
#include "core/config/options.hpp"
#include "core/config/sections.hpp"
#include "core/config/words.hpp"
#include "core/linux/granted_ids.hpp"
#include "core/linux/host.hpp"
#include "core/linux/host_name.hpp"

namespace slipway::config {

using nlohmann::json;

namespace {

constexpr const char* kRanges = R"({"uids": ["INSIDE:OUTSIDE:COUNT", ...], "gids": the same})";
constexpr const char* kHostname =
    R"(a name, as in "box"; "image": what the image's /etc/hostname says; {"file": PATH}: what that file says)";
constexpr std::size_t kMostRanges = 340;  // user_namespaces(7), since Linux 4.15

std::optional<linux::IdRange> range_of(const json& value) {
  if (!value.is_string()) return std::nullopt;
  linux::IdRange range;
  const auto& text = value.get_ref<const std::string&>();
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::uint32_t* number : {&range.inside, &range.outside, &range.count}) {
    const auto [stopped, problem] = std::from_chars(at, end, *number);
    const bool is_last = number == &range.count;
    if (problem != std::errc{} || (is_last ? stopped != end : stopped == end || *stopped != ':')) return std::nullopt;
    at = stopped + (is_last ? 0 : 1);
  }
  const auto fits = [&](std::uint64_t first) { return first + range.count <= UINT32_MAX; };
  if (range.count == 0 || !fits(range.inside) || !fits(range.outside)) return std::nullopt;
  return range;
}

bool meet(std::uint32_t first, std::uint32_t second, const linux::IdRange& a, const linux::IdRange& b) {
  return first < second + b.count && second < first + a.count;
}

}  // namespace

Isolation Sections::isolation(const std::vector<StageUse>& stages) {
  std::vector<std::string> keys;
  const nlohmann::ordered_json known = isolation_properties();
  for (const auto& [key, unused] : known.items()) keys.push_back(key);
  Isolation isolation;
  const json& value = document_.value["isolation"];
  if (!value.is_object()) {
    at_value("/isolation", "expected an object, found " + describe(value), "it may have " + one_of(keys));
    return isolation;
  }
  for (const auto& [key, unused] : value.items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      at_key(member("/isolation", key), "unknown key " + quote(key) + " in \"isolation\"", allowed_hint(key, keys));
  }
  // The built-in pipeline has all of them, and merging takes none away.
  user(value.at("user"), isolation);
  namespaces(value.at("namespaces"), isolation);
  follow_manifests(stages, isolation);
  isolation.ids = static_cast<Isolation::Ids>(word(
      value.at("ids"), "/isolation/ids", ids_words(),
      "\"squash\": files whose owner has no id in the container belong to root there; \"exact\": that is an error"));
  isolation.propagation = static_cast<Isolation::Propagation>(word(
      value.at("propagation"), "/isolation/propagation", propagation_words(),
      "\"slave\": mounts made later on the host below a bind show up inside; \"private\": none does; \"shared\": as "
      "slave, and the container's own travel on to namespaces made inside"));
  hostname(value.at("hostname"), isolation);
  return isolation;
}

void Sections::user(const json& value, Isolation& isolation) {
  constexpr const char* kAt = "/isolation/user";
  if (value.is_object()) {
    isolation.user = Isolation::User::ranges;
    return ranges(value, isolation.ranges);
  }
  if (value.is_string()) {
    if (const Joined joined = joined_from(value); joined.any()) {
      isolation.user = Isolation::User::joined;
      isolation.joins.push_back({"user", joined.path, joined.process});
      return;
    }
  }
  isolation.user = static_cast<Isolation::User>(word(
      value, kAt, user_words(), "\"auto\": none as root, a subordinate id range as a user, one id without a range"));
}

void Sections::ranges(const json& value, linux::IdMap& map) {
  constexpr const char* kAt = "/isolation/user";
  for (const auto& [key, unused] : value.items()) {
    if (key != "uids" && key != "gids")
      at_key(member(kAt, key), "unknown key " + quote(key),
             allowed_hint(key, std::vector<std::string>{"uids", "gids"}));
  }
  if (!value.contains("uids")) return at_value(kAt, "\"uids\" is missing", kRanges);
  map.uids = ranges(value["uids"], member(kAt, "uids"));
  map.gids = value.contains("gids") ? ranges(value["gids"], member(kAt, "gids")) : map.uids;
  if (map.uids.empty() || map.gids.empty()) return;
  if (linux::is_root_of_namespace()) return known_here(value, map);
  if (::geteuid() != 0) granted(value, map);
}

// Root of another user namespace may map what that namespace has, and no more; user_namespaces(7).
void Sections::known_here(const json& value, const linux::IdMap& map) {
  const auto here = linux::ids_here();
  if (!here) return;
  for (const auto& [key, ranges, known] :
       {std::tuple{"uids", &map.uids, &here->uids}, std::tuple{"gids", &map.gids, &here->gids}}) {
    const std::string pointer = member("/isolation/user", value.contains(key) ? key : "uids");
    for (std::size_t i = 0; i < ranges->size(); ++i) {
      const linux::IdRange& range = (*ranges)[i];
      const auto has_all = [&](const linux::IdRange& one) {
        return range.outside >= one.outside &&
               std::uint64_t{range.outside} + range.count <= std::uint64_t{one.outside} + one.count;
      };
      if (std::any_of(known->begin(), known->end(), has_all)) continue;
      const std::string ids =
          std::to_string(range.outside) + " to " + std::to_string(std::uint64_t{range.outside} + range.count - 1);
      return at_value(member(pointer, i), "the ids " + ids + " are none of the user namespace in which slipway runs",
                      "/proc/self/uid_map and gid_map tell which it has; \"auto\" takes all of them");
    }
  }
}

// What newuidmap and newgidmap would refuse without a word of where it stands; and what nobody but root could make use
// of: the store belongs to its user, and so must the container's root, or it cannot reach what lies there.
void Sections::granted(const json& value, const linux::IdMap& map) {
  const std::string own = std::to_string(::geteuid());
  for (const auto& [key, kind, ranges] :
       {std::tuple{"uids", linux::IdKind::user, &map.uids}, std::tuple{"gids", linux::IdKind::group, &map.gids}}) {
    const bool is_said = value.contains(key);
    const std::string pointer = member("/isolation/user", is_said ? key : "uids");
    for (std::size_t i = 0; i < ranges->size(); ++i) {
      const linux::IdRange& range = (*ranges)[i];
      if (kind == linux::IdKind::user && range.inside == 0 && range.outside != ::geteuid()) {
        at_value(member(pointer, i), "the id 0 inside has to be your own id " + own + ", to which the store belongs",
                 "as in [\"0:" + own + ":1\", \"1:100000:65536\"]; or run as root, who may choose");
        return;
      }
      const auto refused = linux::why_not_granted(range, kind);
      if (!refused) continue;
      const std::string ids =
          std::to_string(range.outside) + " to " + std::to_string(std::uint64_t{range.outside} + range.count - 1);
      at_value(member(pointer, i), "the ids " + ids + " are not yours to map: " + *refused,
               is_said ? "name a part of these, or ask root for more: usermod --add-subuids, --add-subgids"
                       : R"("gids" are as "uids" where they are left out; name them)");
      return;
    }
  }
}

std::vector<linux::IdRange> Sections::ranges(const json& value, const std::string& pointer) {
  std::vector<linux::IdRange> list;
  if (!value.is_array()) {
    at_value(pointer, "expected a list of ranges, found " + describe(value), kRanges);
    return list;
  }
  if (value.size() > kMostRanges) {
    at_value(pointer,
             "expected at most " + std::to_string(kMostRanges) + " ranges, found " + std::to_string(value.size()),
             "the kernel takes no more");
    return list;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto range = range_of(value[i]);
    if (!range) {
      at_value(member(pointer, i), "expected INSIDE:OUTSIDE:COUNT, found " + describe(value[i]),
               "three numbers, as in 0:100000:65536; COUNT is at least 1");
      return {};
    }
    for (const linux::IdRange& other : list) {
      if (!meet(range->inside, other.inside, *range, other) && !meet(range->outside, other.outside, *range, other))
        continue;
      at_value(member(pointer, i), "the range " + describe(value[i]) + " meets an earlier one of the list",
               "each id is mapped once, inside and outside");
      return {};
    }
    list.push_back(*range);
  }
  const bool has_root = std::any_of(list.begin(), list.end(), [](const auto& range) { return range.inside == 0; });
  if (has_root) return list;
  at_value(pointer, "no range maps the id 0 inside, which sets the container up", kRanges);
  return {};
}

void Sections::hostname(const json& value, Isolation& isolation) {
  constexpr const char* kAt = "/isolation/hostname";
  const bool is_file = value.is_object() && value.size() == 1 && value.contains("file") && value["file"].is_string();
  if (!value.is_string() && !is_file)
    return at_value(kAt,
                    std::string(value.is_object() ? "expected {\"file\": PATH}" : "expected a string") + ", found " +
                        describe(value),
                    kHostname);
  const auto& names = isolation.namespaces;
  if (std::find(names.begin(), names.end(), "uts") == names.end()) {
    if (!by_user(kAt)) return;
    return at_value(kAt, "a hostname needs a \"uts\" namespace of the container's own",
                    "without one it would be the host that is renamed; add \"uts\" to isolation.namespaces");
  }
  if (value == "image") {
    isolation.hostname_of_image = true;
    return;
  }
  if (!is_file) {
    isolation.hostname = value.get<std::string>();
  } else if (const auto text = text_of_file(value["file"], member(kAt, "file"))) {
    isolation.hostname = linux::host_name_in(*text);
    if (isolation.hostname.empty())
      return at_value(kAt, describe(value["file"]) + " says no host name", "blank lines and comments (#) say none");
  } else {
    return;
  }
  if (isolation.hostname.empty() || isolation.hostname.size() > linux::kLongestHostName) {
    at_value(kAt, "expected a hostname of 1 to 64 bytes, found one of " + std::to_string(isolation.hostname.size()),
             "longer ones are refused by the kernel");
  } else if (!linux::is_host_name(isolation.hostname)) {
    at_value(kAt, describe(json(isolation.hostname)) + " is no host name", linux::kHostNameHint);
  }
}

std::optional<std::string> Sections::text_of_file(const std::string& path, const std::string& pointer) {
  const std::string absolute = absolute_path(path, pointer, document_.places);
  auto text = read_text_file(absolute);
  if (!text) {
    at_value(pointer, quote(path) + " cannot be read: " + errno_words(text.error().code));
    return std::nullopt;
  }
  read_files_.push_back({absolute, *text});
  return std::move(*text);
}

// Its number among those that there are; 0 for another one, which is told of.
std::size_t Sections::word(const json& value, const std::string& pointer, const std::vector<std::string>& words,
                           const char* meaning) {
  const auto found = std::find(words.begin(), words.end(), value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string hint = meaning;
  if (value.is_string()) {
    if (const auto near = nearest_word(value.get_ref<const std::string&>(), words))
      hint = "did you mean " + quote(*near) + "?";
  }
  at_value(pointer, "expected " + one_of(words) + ", found " + describe(value), hint);
  return 0;
}

}  // namespace slipway::config
