#include "core/linux/id_mapping.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "core/linux/clock.hpp"

namespace slipway::linux {
namespace {

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
