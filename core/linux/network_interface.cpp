#include "core/linux/network_interface.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "core/linux/fd.hpp"

namespace slipway::linux {

Result<void> bring_interface_up(const std::string& name) {
  ifreq request{};
  if (name.size() >= sizeof request.ifr_name) return failure(ENAMETOOLONG, "bring the interface up", name);
  std::memcpy(request.ifr_name, name.c_str(), name.size() + 1);
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return failure(errno, "open a socket");
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return failure(errno, "look at the interface", name);
  if ((request.ifr_flags & IFF_UP) != 0) return {};
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return failure(errno, "bring the interface up", name);
  return {};
}

}  // namespace slipway::linux
