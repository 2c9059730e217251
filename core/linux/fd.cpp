#include "core/linux/fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/linux/message.hpp"

namespace slipway::linux {
namespace {

constexpr const char* kTooLarge = "a file may not become so large: raise the limit (ulimit -f)";

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

Fd::~Fd() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Fd> duplicate(const Fd& fd) {
  Fd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) return failure(errno, "duplicate a descriptor");
  return copy;
}

void close_all_but(unsigned from, std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (number > from) (void)::close_range(from, number - 1, 0);
    from = std::max(from, number + 1);
  }
  (void)::close_range(from, ~0U, 0);
}

Result<Pair> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failure(errno, "make a pipe");
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

Result<Pair> make_socket_pair(Socket kind) {
  std::array<int, 2> ends{};
  const int type = kind == Socket::stream ? SOCK_STREAM : SOCK_SEQPACKET;
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return failure(errno, "make a socket pair");
  }
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

bool has_input(const Fd& fd) {
  pollfd waiting{fd.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

Result<std::string> read_all(const Fd& fd, std::size_t limit) {
  std::string bytes;
  // Most of what is read is small, and each page that a large buffer touches costs a fault.
  std::size_t room = 2048;
  constexpr std::size_t kMostRoom = std::size_t{256} << 10U;
  std::size_t size = 0;
  while (true) {
    bytes.resize(size + room);
    const ssize_t count = ::read(fd.get(), &bytes[size], room);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, "read");
    size += static_cast<std::size_t>(count);
    if (size > limit) return failure(EFBIG, "read");
    if (count == 0) break;
    if (static_cast<std::size_t>(count) == room) room = std::min(2 * room, kMostRoom);
  }
  bytes.resize(size);
  return bytes;
}

Result<void> read_exactly(const Fd& fd, void* to, std::size_t size) {
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = ::read(fd.get(), at, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, "read");
    if (count == 0) return failure(0, "unexpected end of data");
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> write_all(const Fd& fd, const void* from, std::size_t size) {
  const auto* at = static_cast<const char*>(from);
  while (size > 0) {
    const ssize_t count = ::write(fd.get(), at, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, "write", {}, errno == EFBIG ? kTooLarge : "");
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> write_all(const Fd& fd, std::string_view bytes) { return write_all(fd, bytes.data(), bytes.size()); }

Result<void> send_all(const Fd& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, "write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> send_descriptors(const Fd& socket, std::span<const int> descriptors) {
  if (descriptors.size() > kMostDescriptorsInMessage) return failure(E2BIG, "send descriptors");
  char mark = 'd';  // SCM_RIGHTS needs at least one byte of data to travel with; unix(7)
  iovec data{&mark, 1};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  std::vector<char> control(CMSG_SPACE(sizeof(int) * descriptors.size()));
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
  }
  while (::sendmsg(socket.get(), &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return failure(errno, "send descriptors");
  }
  return {};
}

Result<std::vector<Fd>> receive_descriptors(const Fd& socket, std::size_t count) {
  char mark = 0;
  iovec data{&mark, 1};
  std::vector<char> control(CMSG_SPACE(sizeof(int) * kMostDescriptorsInMessage));
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return failure(errno, "receive descriptors");
  std::vector<Fd> descriptors = descriptors_of(message);
  if (received == 0 || descriptors.size() != count) return failure(0, "receive descriptors: wrong number");
  return descriptors;
}

}  // namespace slipway::linux
