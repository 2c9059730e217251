#include "core/linux/id_map.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <utility>

#include "core/linux/clock.hpp"
#include "core/linux/host.hpp"
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

Result<void> write_file(const std::string& path, const std::string& text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return failure(errno, "open", path);
  // The kernel takes a map in one write only; user_namespaces(7).
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return failure(errno, "write", path);
  }
  return {};
}

std::string lines_of(const std::vector<IdRange>& ranges) {
  std::string text;
  for (const IdRange& range : ranges) {
    text +=
        std::to_string(range.inside) + " " + std::to_string(range.outside) + " " + std::to_string(range.count) + "\n";
  }
  return text;
}

Result<void> write_directly(pid_t process, const IdMap& map) {
  const std::string proc = "/proc/" + std::to_string(process);
  if (::geteuid() != 0) {
    // Without CAP_SETGID in the parent namespace a gid map may only be written after this; user_namespaces(7).
    if (auto denied = write_file(proc + "/setgroups", "deny"); !denied) return denied;
  }
  if (auto gids = write_file(proc + "/gid_map", lines_of(map.gids)); !gids) return gids;
  return write_file(proc + "/uid_map", lines_of(map.uids));
}

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

Result<IdMapping::Helper> IdMapping::start(const char* program, pid_t process, const std::vector<IdRange>& ranges,
                                           const Fd* held) {
  std::vector<std::string> words = {program, std::to_string(process)};
  for (const IdRange& range : ranges) {
    words.push_back(std::to_string(range.inside));
    words.push_back(std::to_string(range.outside));
    words.push_back(std::to_string(range.count));
  }
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  auto pipe = make_pipe();
  if (!pipe) return tl::unexpected(pipe.error());
  auto started = clone_process(0);
  if (!started) return tl::unexpected(started.error());
  if (started->pid == 0) {
    std::array<char*, 1> environment{nullptr};
    ::dup2(pipe->b.get(), STDERR_FILENO);
    if (held != nullptr) ::fcntl(held->get(), F_SETFD, 0);
    ::execve(program, arguments.data(), environment.data());
    ::_exit(127);
  }
  return Helper{program, std::move(*started), std::move(pipe->a)};
}

namespace {

constexpr const char* kInstall = "install the container's id map";

// What a helper says up to its end; ETIMEDOUT and EINTR where that does not come, or is not to be waited for: it may
// have closed its end long before, or say something for ever.
Result<std::string> hear(Fd complaints, const Process& process, const std::function<bool()>& should_stop) {
  // They take milliseconds, but may ask a directory service for the ranges.
  constexpr std::uint64_t kPerMillisecond = 1'000'000, kLimit = 10'000 * kPerMillisecond;
  constexpr int kSlice_ms = 50;
  constexpr std::size_t kLongestComplaint = 4096;
  std::string said;
  ::fcntl(complaints.get(), F_SETFL, O_NONBLOCK);
  const std::uint64_t begin = monotonic_ns();
  std::uint64_t asked = begin;
  for (std::uint64_t now = begin; now - begin < kLimit; now = monotonic_ns()) {
    if (now - asked >= kSlice_ms * kPerMillisecond) {
      if (should_stop && should_stop()) return failure(EINTR, kInstall);
      asked = now;
    }
    std::array<pollfd, 2> waiting{{{complaints ? complaints.get() : -1, POLLIN, 0}, {process.pidfd.get(), POLLIN, 0}}};
    (void)::poll(waiting.data(), waiting.size(), kSlice_ms);
    const bool has_ended = waiting[1].revents != 0;
    bool may_say_more = false;
    // What it said last may have come after poll(2) had looked for it.
    if (complaints && (waiting[0].revents != 0 || has_ended)) {
      std::array<char, kLongestComplaint> some{};
      const ssize_t size = ::read(complaints.get(), some.data(), some.size());
      may_say_more = size > 0 && said.size() < kLongestComplaint;
      if (may_say_more) said.append(some.data(), static_cast<std::size_t>(size));
      if (size == 0) complaints.reset();
    }
    if (has_ended && !may_say_more) return said;
  }
  return failure(ETIMEDOUT, kInstall);
}

}  // namespace

Result<void> IdMapping::finish(Helper& helper, const std::function<bool()>& should_stop) {
  const std::string program = helper.program;
  auto complaint = hear(std::move(helper.complaints), helper.process, should_stop);
  if (!complaint) {
    end_now(helper.process);
    return failure(complaint.error().code, kInstall, program,
                   "it hung and was ended: call it by hand; does a directory service (nsswitch.conf) answer?");
  }
  auto ending = wait_for(helper.process);
  if (!ending) return tl::unexpected(ending.error());
  if (ending->shell_status() == 0) return {};
  while (complaint->ends_with('\n')) complaint->pop_back();
  const std::string said = printable(*complaint, 256);
  return failure(0, kInstall, program + (said.empty() ? "" : " said: " + said),
                 "check the ranges in /etc/subuid and /etc/subgid");
}

Result<IdMapping> IdMapping::begin(pid_t process, const IdMap& map, const Fd* held) {
  IdMapping mapping;
  if (::geteuid() == 0 || map.single()) {
    if (auto written = write_directly(process, map); !written) return tl::unexpected(written.error());
    return mapping;
  }
  // At the same time: one after the other costs a millisecond more at each start.
  auto uids = start(kNewUidMap, process, map.uids, held);
  if (!uids) return tl::unexpected(uids.error());
  mapping.helpers_.push_back(std::move(*uids));
  auto gids = start(kNewGidMap, process, map.gids, held);
  if (!gids) {
    mapping.abandon();
    return tl::unexpected(gids.error());
  }
  mapping.helpers_.push_back(std::move(*gids));
  return mapping;
}

Result<void> IdMapping::finish(const std::function<bool()>& should_stop) {
  Result<void> finished;
  for (Helper& helper : helpers_) {
    finished = finish(helper, should_stop);
    if (!finished) break;
  }
  abandon();
  return finished;
}

void IdMapping::abandon() {
  for (Helper& helper : std::exchange(helpers_, {})) end_now(helper.process);
}

Result<void> write_id_maps(pid_t process, const IdMap& map, const std::function<bool()>& should_stop) {
  auto mapping = IdMapping::begin(process, map);
  if (!mapping) return tl::unexpected(mapping.error());
  return mapping->finish(should_stop);
}

}  // namespace slipway::linux
