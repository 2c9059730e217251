#include "core/linux/message.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace slipway::linux {
std::vector<Fd> descriptors_of(msghdr& message) {
  std::vector<Fd> descriptors;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t carried = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < carried; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      descriptors.emplace_back(descriptor);
    }
  }
  return descriptors;
}

Result<void> send_with(const Fd& socket, std::string_view bytes, std::span<const int> descriptors) {
  if (descriptors.size() > kMostDescriptorsInMessage) return failure(E2BIG, "send descriptors");
  if (descriptors.empty()) return send_all(socket, bytes);
  iovec data{const_cast<char*>(bytes.data()), bytes.size()};  // sendmsg(2) reads from there
  std::vector<char> control(CMSG_SPACE(sizeof(int) * descriptors.size()));
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
  std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
  ssize_t sent = -1;
  while (sent < 0) {
    sent = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return failure(errno, "send descriptors");
  }
  return send_all(socket, bytes.substr(static_cast<std::size_t>(sent)));
}

Result<std::vector<Fd>> receive_with(const Fd& socket, void* to, std::size_t size) {
  iovec data{to, size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostDescriptorsInMessage)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t received = -1;
  while (received < 0) {
    received = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
    if (received < 0 && errno != EINTR) return failure(errno, "receive descriptors");
  }
  std::vector<Fd> descriptors = descriptors_of(message);
  if (received == 0) return failure(0, "unexpected end of data");
  const auto done = static_cast<std::size_t>(received);
  if (auto rest = read_exactly(socket, static_cast<char*>(to) + done, size - done); !rest)
    return tl::unexpected(rest.error());
  return descriptors;
}

}  // namespace slipway::linux
