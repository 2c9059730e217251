#include "core/run/wire.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>
#include <vector>

#include "core/linux/message.hpp"

namespace slipway::run {
namespace {

constexpr std::uint32_t kLargestPlan = std::uint32_t{64} << 20U;  // 10,000 steps of some kilobytes each
constexpr std::size_t kLongestText = 512;
constexpr std::uint32_t kMostResults = 4096;

struct PlanHead {
  std::uint32_t names_size = 0;
  std::uint32_t steps_size = 0;
  std::uint32_t count = 0;
  std::uint32_t detached_size = 0;
  std::uint16_t term_size = 0;
  std::uint8_t may_set_groups = 0;
  std::uint8_t times = 0;
  std::uint8_t has_terminal = 0;
  std::uint8_t likeness = 0;
  std::uint8_t shifts = 0;
  std::uint8_t unused = 0;
  Fault fault{};
};

struct MessageHead {
  std::uint8_t kind = 0;
  std::uint8_t status = 0;
  Victim victim = Victim::none;
  std::uint16_t doing_size = 0;
  std::uint16_t subject_size = 0;
  std::uint16_t hint_size = 0;
  std::uint32_t step = 0;
  std::int32_t code = 0;
  std::uint64_t nanoseconds = 0;
};

Result<std::string> read_text(const linux::Fd& socket, std::size_t size) {
  std::string text(size, '\0');
  if (auto read = linux::read_exactly(socket, text.data(), size); !read) return tl::unexpected(read.error());
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

Result<void> send_plan(const linux::Fd& socket, const std::string& steps,
                       const std::map<std::string, linux::Fd>& results, const Orders& orders) {
  std::string names;
  std::vector<int> descriptors;
  for (const auto& [name, fd] : results) {
    names += name + '\n';
    descriptors.push_back(fd.get());
  }
  std::string detached;
  for (const std::string& name : orders.detached) detached += name + '\n';
  const std::string term = orders.term.substr(0, kLongestText);
  const PlanHead head{static_cast<std::uint32_t>(names.size()),
                      static_cast<std::uint32_t>(steps.size()),
                      static_cast<std::uint32_t>(descriptors.size()),
                      static_cast<std::uint32_t>(detached.size()),
                      static_cast<std::uint16_t>(term.size()),
                      static_cast<std::uint8_t>(orders.may_set_groups),
                      static_cast<std::uint8_t>(orders.times),
                      static_cast<std::uint8_t>(orders.has_terminal),
                      static_cast<std::uint8_t>(orders.likeness),
                      static_cast<std::uint8_t>(orders.shifts),
                      0,
                      orders.fault};
  std::string bytes(sizeof head, '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  bytes += term;
  bytes += detached;
  bytes += names;
  bytes += steps;
  const std::span<const int> all(descriptors);
  const auto from = [&all](std::size_t at) {
    return all.subspan(at, std::min(linux::kMostDescriptorsInMessage, all.size() - at));
  };
  if (auto sent = linux::send_with(socket, bytes, from(0)); !sent) return sent;
  for (std::size_t at = linux::kMostDescriptorsInMessage; at < all.size(); at += linux::kMostDescriptorsInMessage) {
    const auto part = from(at);
    if (auto sent = linux::send_descriptors(socket, part); !sent) return sent;
  }
  return {};
}

Result<ReceivedPlan> receive_plan(const linux::Fd& socket) {
  PlanHead head;
  auto first = linux::receive_with(socket, &head, sizeof head);
  if (!first) return tl::unexpected(first.error());
  if (head.term_size > kLongestText || head.detached_size > kLargestPlan || head.names_size > kLargestPlan ||
      head.steps_size > kLargestPlan || head.count > kMostResults) {
    return failure(0, "receive the plan");
  }
  auto term = read_text(socket, head.term_size);
  if (!term) return tl::unexpected(term.error());
  auto detached = read_text(socket, head.detached_size);
  if (!detached) return tl::unexpected(detached.error());
  auto names = read_text(socket, head.names_size);
  if (!names) return tl::unexpected(names.error());
  auto steps = read_text(socket, head.steps_size);
  if (!steps) return tl::unexpected(steps.error());
  const Orders orders{head.fault,
                      head.may_set_groups != 0,
                      head.shifts != 0,
                      static_cast<Times>(head.times),
                      head.has_terminal != 0,
                      static_cast<Likeness>(head.likeness),
                      std::move(*term),
                      lines_of(*detached)};
  ReceivedPlan plan{std::move(*steps), orders, {}};
  std::vector<linux::Fd> results = std::move(*first);
  while (results.size() < head.count) {
    // The first of them came with the head, as many as a message takes.
    if (results.size() % linux::kMostDescriptorsInMessage != 0 || results.empty())
      return failure(0, "receive the plan");
    auto more = linux::receive_descriptors(
        socket, std::min(linux::kMostDescriptorsInMessage, std::size_t{head.count} - results.size()));
    if (!more) return tl::unexpected(more.error());
    std::move(more->begin(), more->end(), std::back_inserter(results));
  }
  if (results.size() != head.count) return failure(0, "receive the plan");
  std::size_t at = 0;
  for (linux::Fd& fd : results) {
    const std::size_t end = names->find('\n', at);
    if (end == std::string::npos) return failure(0, "receive the plan");
    plan.results.emplace(names->substr(at, end - at), std::move(fd));
    at = end + 1;
  }
  return plan;
}

std::string to_bytes(const ChildMessage& message) {
  const std::string doing = message.error.doing.substr(0, kLongestText);
  const std::string subject = message.error.subject.substr(0, kLongestText);
  const std::string hint = message.error.hint.substr(0, kLongestText);
  MessageHead head;
  head.kind = static_cast<std::uint8_t>(message.kind);
  head.status = message.status;
  head.victim = message.victim;
  head.step = message.step;
  head.code = message.error.code;
  head.nanoseconds = message.nanoseconds;
  head.doing_size = static_cast<std::uint16_t>(doing.size());
  head.subject_size = static_cast<std::uint16_t>(subject.size());
  head.hint_size = static_cast<std::uint16_t>(hint.size());
  std::string bytes(sizeof head, '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  bytes += doing + subject + hint;
  return bytes;
}

Result<void> send_message(const linux::Fd& socket, const ChildMessage& message) {
  return linux::send_all(socket, to_bytes(message));
}

Result<void> send_terminal(const linux::Fd& socket, const linux::TerminalPair& pair) {
  ChildMessage message;
  message.kind = ChildMessage::Kind::terminal;
  if (auto sent = send_message(socket, message); !sent) return sent;
  const std::array<int, 2> ends = {pair.master.get(), pair.slave.get()};
  return linux::send_descriptors(socket, ends);
}

Result<linux::TerminalPair> receive_terminal(const linux::Fd& socket) {
  auto ends = linux::receive_descriptors(socket, 2);
  if (!ends) return tl::unexpected(ends.error());
  return linux::TerminalPair{std::move(ends->at(0)), std::move(ends->at(1))};
}

Result<std::optional<ChildMessage>> receive_message(const linux::Fd& socket) {
  MessageHead head;
  auto* const at = reinterpret_cast<char*>(&head);
  // The first byte apart from the rest tells a closed socket from one that was cut off in the middle.
  ssize_t first = 0;
  do {
    first = ::recv(socket.get(), at, 1, 0);
  } while (first < 0 && errno == EINTR);
  if (first == 0 || (first < 0 && errno == ECONNRESET)) return std::nullopt;
  if (first < 0) return failure(errno, "hear from the container's process");
  if (auto read = linux::read_exactly(socket, at + 1, sizeof head - 1); !read) return tl::unexpected(read.error());
  ChildMessage message;
  using Kind = ChildMessage::Kind;
  for (const auto kind : {Kind::step_done, Kind::kill, Kind::terminal, Kind::note, Kind::ready}) {
    if (head.kind == static_cast<std::uint8_t>(kind)) message.kind = kind;
  }
  if (head.victim <= Victim::worker) message.victim = head.victim;
  message.status = head.status;
  if (message.kind == Kind::note && head.status > static_cast<std::uint8_t>(Severity::debug)) message.status = 0;
  message.step = head.step;
  message.nanoseconds = head.nanoseconds;
  message.error.code = head.code;
  for (const auto& [size, text] :
       {std::pair{head.doing_size, &message.error.doing}, std::pair{head.subject_size, &message.error.subject},
        std::pair{head.hint_size, &message.error.hint}}) {
    auto read = read_text(socket, std::min<std::size_t>(size, kLongestText));
    if (!read) return tl::unexpected(read.error());
    *text = std::move(*read);
  }
  return message;
}

}  // namespace slipway::run
