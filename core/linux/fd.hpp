// File descriptors with an owner, and small reads and writes on them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::linux {

/// Owns one descriptor; closes it when it goes. Move-only, never an implicit int.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int descriptor) noexcept : descriptor_(descriptor) {}
  Fd(Fd&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }
  void reset() noexcept { *this = Fd(); }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// A duplicate of its own, close-on-exec.
Result<Fd> duplicate(const Fd& fd);

/// Closes all from that number on but these.
void close_all_but(unsigned from, std::vector<int> kept);

struct Pair {
  Fd a, b;
};
/// pipe2(O_CLOEXEC): a reads, b writes.
Result<Pair> make_pipe();
/// socketpair(AF_UNIX, SOCK_STREAM or SOCK_SEQPACKET, SOCK_CLOEXEC).
enum class Socket { stream, packet };
Result<Pair> make_socket_pair(Socket kind);

/// Whether reading would not wait: there are bytes, or the end.
bool has_input(const Fd& fd);
/// Reads to the end, at most `limit` bytes; more is an EFBIG error.
Result<std::string> read_all(const Fd& fd, std::size_t limit);
/// Reads exactly `size` bytes or fails; an early end is an error with code 0.
Result<void> read_exactly(const Fd& fd, void* to, std::size_t size);
/// Writes everything, going on after partial writes and EINTR.
Result<void> write_all(const Fd& fd, std::string_view bytes);
Result<void> write_all(const Fd& fd, const void* from, std::size_t size);
/// The same to a socket: an end that is closed is EPIPE and never SIGPIPE, which would end this process.
Result<void> send_all(const Fd& socket, std::string_view bytes);

/// sendmsg/recvmsg with SCM_RIGHTS, at most 253 descriptors a message (SCM_MAX_FD; unix(7)).
inline constexpr std::size_t kMostDescriptorsInMessage = 253;
Result<void> send_descriptors(const Fd& socket, std::span<const int> descriptors);
Result<std::vector<Fd>> receive_descriptors(const Fd& socket, std::size_t count);

}  // namespace slipway::linux
