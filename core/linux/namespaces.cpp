#include "core/linux/namespaces.hpp"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <cerrno>

namespace slipway::linux {

Result<Fd> open_namespace(const std::string& path, std::string_view word) {
  const std::string doing = "join the " + std::string(word) + " namespace";
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failure(errno, doing, path, errno == ENOENT ? "it is gone, or its file was never there" : "");
  const int type = ::ioctl(file.get(), NS_GET_NSTYPE);
  if (type < 0) return failure(0, doing, path, "this file is no namespace; ip-netns(8) keeps some in /run/netns");
  if (static_cast<std::uint64_t>(type) != namespace_flag(word))
    return failure(0, doing, path, "this file is a namespace of another type");
  return file;
}

Result<Fd> open_namespace_of(pid_t process, std::string_view word) {
  const std::string pid = std::to_string(process);
  auto file = open_namespace("/proc/" + pid + "/ns/" + std::string(word == "mount" ? "mnt" : word), word);
  if (file || file.error().code != ENOENT) return file;
  return failure(ESRCH, "join the " + std::string(word) + " namespace of process", pid);
}

Result<void> enter_namespace(const Fd& file, std::string_view word) {
  if (::setns(file.get(), static_cast<int>(namespace_flag(word))) == 0) return {};
  const int code = errno;
  return failure(code, "join the " + std::string(word) + " namespace", "",
                 code == EPERM ? "an ordinary user may join what belongs to a user namespace of their own: "
                                 "isolation.user must name that one"
                               : "");
}

std::uint64_t namespace_flags(const std::vector<std::string>& words) {
  std::uint64_t flags = 0;
  for (const std::string& word : words) flags |= namespace_flag(word);
  return flags;
}

}  // namespace slipway::linux
