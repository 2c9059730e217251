#include "core/linux/id_map.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "core/linux/host.hpp"
#include "core/linux/process.hpp"
#include "core/linux/range_remedy.hpp"
#include "core/linux/subordinate_ids.hpp"

namespace slipway::linux {
namespace {

constexpr std::size_t kLargestIdFile = std::size_t{4}
                                       << 20U;  // subuid files of large sites; a bound, not a limit to meet

bool maps(const std::vector<IdRange>& ranges, std::uint32_t inside) {
  for (const IdRange& range : ranges) {
    if (inside >= range.inside && inside - range.inside < range.count) return true;
  }
  return false;
}

std::string ranges_text(const std::vector<IdRange>& ranges) {
  std::string text;
  for (const IdRange& range : ranges) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.inside) + ":" + std::to_string(range.outside) + ":" + std::to_string(range.count);
  }
  return text;
}

Result<std::vector<IdRange>> ranges_from(std::string_view text) {
  std::vector<IdRange> ranges;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::array<std::uint32_t, 3> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto [next, problem] = std::from_chars(at, end, numbers.at(i));
      const bool last = i + 1 == numbers.size();
      if (problem != std::errc{} || (!last && (next == end || *next != ':'))) {
        return failure(EINVAL, "read an id map", std::string(text));
      }
      at = last ? next : next + 1;
    }
    if (at != end && *at++ != ',') return failure(EINVAL, "read an id map", std::string(text));
    ranges.push_back({numbers[0], numbers[1], numbers[2]});
  }
  return ranges;
}

std::string file_text(const char* path) {
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  return read_all(file, kLargestIdFile).value_or(std::string());
}

bool has_helpers() { return ::access(kNewUidMap, X_OK) == 0 && ::access(kNewGidMap, X_OK) == 0; }

}  // namespace

// The user's name without NSS: subuid(5) may name users by name, and a lookup through NSS would load libraries.
std::string user_name(std::uint32_t uid) {
  const std::string text = file_text("/etc/passwd");
  const std::string wanted = std::to_string(uid);
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    const std::string_view line(text.data() + at, end - at);
    const std::size_t name_end = line.find(':');
    const std::size_t password_end = name_end == std::string_view::npos ? name_end : line.find(':', name_end + 1);
    if (password_end != std::string_view::npos) {
      const std::size_t uid_end = line.find(':', password_end + 1);
      if (line.substr(password_end + 1, uid_end - password_end - 1) == wanted)
        return std::string(line.substr(0, name_end));
    }
    at = end + 1;
  }
  return {};
}

bool IdMap::single() const { return uids.size() == 1 && gids.size() == 1 && uids[0].count == 1 && gids[0].count == 1; }
bool IdMap::maps_uid(std::uint32_t inside) const { return none() || maps(uids, inside); }
bool IdMap::maps_gid(std::uint32_t inside) const { return none() || maps(gids, inside); }

std::string IdMap::to_text() const {
  if (none()) return {};
  return ranges_text(uids) + "/" + ranges_text(gids);
}

Result<IdMap> IdMap::from_text(const std::string& text) {
  if (text.empty()) return IdMap{};
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return failure(EINVAL, "read an id map", text);
  auto uids = ranges_from(std::string_view(text).substr(0, slash));
  auto gids = ranges_from(std::string_view(text).substr(slash + 1));
  if (!uids) return tl::unexpected(uids.error());
  if (!gids) return tl::unexpected(gids.error());
  return IdMap{std::move(*uids), std::move(*gids)};
}

namespace {

// /proc/PID/uid_map: three numbers a line, padded with blanks.
Result<std::vector<IdRange>> map_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure(errno, "read", path);
  const auto text = read_all(file, kLargestIdFile);
  if (!text) return failure(text.error().code, "read", path);
  std::string packed;
  for (const char c : *text) {
    const char end = packed.empty() ? ',' : packed.back();
    if (c == '\n') {
      packed += ',';
    } else if (c != ' ') {
      packed += c;
    } else if (end != ',' && end != ':') {
      packed += ':';
    }
  }
  if (packed.ends_with(',')) packed.pop_back();
  return ranges_from(packed);
}

}  // namespace

Result<IdMap> ids_of_user_namespace(const Fd& user_namespace) {
  auto sockets = make_socket_pair(Socket::stream);
  if (!sockets) return tl::unexpected(sockets.error());
  auto inside = clone_process(0);
  if (!inside) return tl::unexpected(inside.error());
  if (inside->pid == 0) {
    sockets->a.reset();
    const int code = ::setns(user_namespace.get(), CLONE_NEWUSER) == 0 ? 0 : errno;
    (void)write_all(sockets->b, &code, sizeof code);
    char end = 0;
    (void)read_exactly(sockets->b, &end, sizeof end);  // until the other end is closed
    ::_exit(0);
  }
  sockets->b.reset();
  int code = ESRCH;
  (void)read_exactly(sockets->a, &code, sizeof code);
  const std::string proc = "/proc/" + std::to_string(inside->pid);
  auto uids = map_file(proc + "/uid_map");
  auto gids = map_file(proc + "/gid_map");
  end_now(*inside);
  // EINVAL: this process is in it already (setns(2)).
  if (code != 0)
    return failure(code, "join the user namespace", "",
                   code == EPERM    ? "it belongs to another user"
                   : code == EINVAL ? "slipway runs in it already; leave it out"
                                    : "");
  if (!uids) return tl::unexpected(uids.error());
  if (!gids) return tl::unexpected(gids.error());
  return IdMap{std::move(*uids), std::move(*gids)};
}

IdMap single_id_map() { return IdMap{{{0, ::geteuid(), 1}}, {{0, ::getegid(), 1}}}; }

Result<IdMap> ids_around() {
  auto uids = map_file("/proc/self/uid_map");
  if (!uids) return tl::unexpected(uids.error());
  auto gids = map_file("/proc/self/gid_map");
  if (!gids) return tl::unexpected(gids.error());
  return IdMap{std::move(*uids), std::move(*gids)};
}

Result<IdMap> ids_here() {
  auto map = ids_around();
  if (!map) return map;
  for (std::vector<IdRange>* ranges : {&map->uids, &map->gids}) {
    for (IdRange& range : *ranges) range.outside = range.inside;
  }
  return map;
}

std::uint32_t user_around() {
  const std::uint32_t own = ::geteuid();
  const auto map = ids_around();
  if (!map) return own;
  for (const IdRange& range : map->uids) {
    if (own >= range.inside && own - range.inside < range.count) return range.outside + (own - range.inside);
  }
  return own;
}

Result<IdMap> automatic_id_map() {
  if (is_root_of_host()) return IdMap{};
  if (is_root_of_namespace()) return ids_here();
  IdMap map = single_id_map();
  if (!has_helpers()) return map;
  const std::string name = user_name(::geteuid());
  // Both files are keyed by the user: subgid(5) gives groups to users, not to groups.
  const auto uids = largest_range(file_text("/etc/subuid"), name, ::geteuid());
  const auto gids = largest_range(file_text("/etc/subgid"), name, ::geteuid());
  if (!uids || !gids) return map;
  map.uids.push_back({1, uids->first, uids->count});
  map.gids.push_back({1, gids->first, gids->count});
  return map;
}

std::string range_remedy(std::uint32_t highest_uid, std::uint32_t highest_gid) {
  const std::string subuid = file_text("/etc/subuid");
  const std::string subgid = file_text("/etc/subgid");
  return range_remedy({user_name(::geteuid()), ::geteuid(), subuid, subgid, has_helpers()}, highest_uid, highest_gid);
}

}  // namespace slipway::linux
