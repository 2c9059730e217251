// Bytes and descriptors in one message, so that the receiver is woken once for both; unix(7), SCM_RIGHTS.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"

struct msghdr;

namespace slipway::linux {

/// Those that a received message carries, each with an owner; cmsg(3), SCM_RIGHTS.
std::vector<Fd> descriptors_of(msghdr& message);

/// All bytes, of which there is one at least; the descriptors (at most kMostDescriptorsInMessage) come with the first.
Result<void> send_with(const Fd& socket, std::string_view bytes, std::span<const int> descriptors);
/// Exactly `size` bytes, and the descriptors that came with the first of them.
Result<std::vector<Fd>> receive_with(const Fd& socket, void* to, std::size_t size);

}  // namespace slipway::linux
