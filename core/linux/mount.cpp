#include "core/linux/mount.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

// <sys/mount.h> and <linux/mount.h> of Debian 12 do not go together, so umount2 and its flag are named here.
extern "C" int umount2(const char* target, int flags) noexcept;

namespace slipway::linux {
namespace {

constexpr int kDetach = 2;  // MNT_DETACH; umount2(2)

int fsconfig(int context, unsigned command, const char* name, const void* value, int extra) {
  return static_cast<int>(::syscall(SYS_fsconfig, context, command, name, value, extra));
}

}  // namespace

Result<NewFilesystem> NewFilesystem::open(const std::string& type) {
  Fd context(static_cast<int>(::syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC)));
  if (!context)
    return failure(errno, "prepare a file system", type, errno == ENODEV ? "the kernel lacks this file system" : "");
  return NewFilesystem(std::move(context));
}

// The context keeps what the file system itself has to say of a failure, one message a read(2), "e " in front.
tl::unexpected<Error> NewFilesystem::explain(int code, std::string_view doing, std::string_view subject) const {
  std::array<char, 512> message{};
  std::string said;
  while (true) {
    const ssize_t size = ::read(context_.get(), message.data(), message.size());
    if (size <= 2) break;
    if (!said.empty()) said += "; ";
    said += printable(std::string_view(message.data(), static_cast<std::size_t>(size)).substr(2), 256);
  }
  while (said.ends_with("\\x0a")) said.resize(said.size() - 4);
  return failure(code, doing, subject, said.empty() ? "" : "the kernel says: " + said);
}

Result<void> NewFilesystem::set(const std::string& name, const std::string& value) {
  if (fsconfig(context_.get(), FSCONFIG_SET_STRING, name.c_str(), value.c_str(), 0) != 0) {
    return explain(errno, "set file system option", name + "=" + value);
  }
  return {};
}

Result<void> NewFilesystem::set_flag(const std::string& name) {
  if (fsconfig(context_.get(), FSCONFIG_SET_FLAG, name.c_str(), nullptr, 0) != 0) {
    return explain(errno, "set file system option", name);
  }
  return {};
}

Result<void> NewFilesystem::set_descriptor(const std::string& name, const Fd& value) {
  if (fsconfig(context_.get(), FSCONFIG_SET_FD, name.c_str(), nullptr, value.get()) != 0) {
    return explain(errno, "set file system option", name);
  }
  return {};
}

Result<Fd> NewFilesystem::create(std::uint64_t attributes) {
  if (fsconfig(context_.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return explain(errno, "create the file system", "");
  }
  Fd mount(static_cast<int>(::syscall(SYS_fsmount, context_.get(), FSMOUNT_CLOEXEC, attributes)));
  if (!mount) return explain(errno, "mount the file system", "");
  return mount;
}

Result<Fd> open_read_only(const Fd& file, int flags) {
  auto mount = clone_mount(file, Below::left);
  if (!mount) return mount;
  if (auto set = set_mount_attributes(*mount, MOUNT_ATTR_RDONLY, 0, Below::left); !set) {
    return tl::unexpected(set.error());
  }
  const std::string link = "/proc/self/fd/" + std::to_string(mount->get());
  Fd opened(::open(link.c_str(), flags | O_CLOEXEC));
  if (!opened) return failure(errno, "open", link);
  return opened;
}

Result<Fd> clone_mount(const Fd& source, Below below) {
  const unsigned flags =
      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (below == Below::taken ? AT_RECURSIVE : 0U);
  Fd mount(static_cast<int>(::syscall(SYS_open_tree, source.get(), "", flags)));
  if (!mount) return failure(errno, "copy a mount");
  return mount;
}

Result<Fd> clone_mount_apart(const Fd& source, Below below, std::uint64_t propagation) {
  auto mount = clone_mount(source, below);
  if (!mount) return mount;
  if (auto set = set_propagation(*mount, propagation, below); !set) return tl::unexpected(set.error());
  return mount;
}

std::optional<std::uint64_t> mount_id(const Fd& fd) {
  struct statx found {};
  if (::statx(fd.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &found) != 0) return std::nullopt;
  if ((found.stx_mask & STATX_MNT_ID) == 0) return std::nullopt;
  return found.stx_mnt_id;
}

Result<void> attach_mount(const Fd& mount, const Fd& target) {
  if (::syscall(SYS_move_mount, mount.get(), "", target.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) !=
      0) {
    return failure(errno, "attach the mount");
  }
  return {};
}

Result<void> attach_mount(const Fd& mount, const std::string& path) {
  if (::syscall(SYS_move_mount, mount.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return failure(errno, "attach the mount", path);
  }
  return {};
}

Result<void> set_mount_attributes(const Fd& mount, std::uint64_t set, std::uint64_t clear, Below below,
                                  std::uint64_t propagation) {
  mount_attr attributes{};
  attributes.propagation = propagation;
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  // How access times are kept is a number, not a flag each: a new one is taken only where the old one is cleared.
  if ((set & MOUNT_ATTR__ATIME) != 0) attributes.attr_clr |= MOUNT_ATTR__ATIME;
  const unsigned flags = AT_EMPTY_PATH | (below == Below::taken ? AT_RECURSIVE : 0U);
  if (::syscall(SYS_mount_setattr, mount.get(), "", flags, &attributes, sizeof attributes) != 0) {
    return failure(errno, "set the mount's flags");
  }
  return {};
}

Result<void> map_mount_ids(const Fd& mount, const Fd& user_namespace) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<decltype(attributes.userns_fd)>(user_namespace.get());
  if (::syscall(SYS_mount_setattr, mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) {
    return failure(errno, "map the mount's ids");
  }
  return {};
}

Result<void> set_propagation(const Fd& mount, std::uint64_t propagation, Below below) {
  mount_attr attributes{};
  attributes.propagation = propagation;
  const unsigned flags = AT_EMPTY_PATH | (below == Below::taken ? AT_RECURSIVE : 0U);
  if (::syscall(SYS_mount_setattr, mount.get(), "", flags, &attributes, sizeof attributes) != 0) {
    return failure(errno, "set the mount's propagation");
  }
  return {};
}

Result<void> enter_root(const Fd& root, const Fd& cover) {
  // Some directory of the old root that is not its "/".
  const Fd aside(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (::fchdir(root.get()) != 0) return failure(errno, "enter the root");
  // With the same directory twice the old root lands on top of the new one, so that none is needed inside to put
  // it on; pivot_root(2), "pivot_root(".", ".")".
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return failure(errno, "make it the root");
  // umount2(2) takes the topmost mount at ".", which is what covers the old root's "/". Put aside it goes with the old
  // root, and the kernel waits once, not twice, until no processor looks at a detached mount.
  if (!aside || !attach_mount(cover, aside)) {
    if (umount2(".", kDetach) != 0) return failure(errno, "detach what covers the old root");
  }
  if (umount2(".", kDetach) != 0) return failure(errno, "detach the old root");
  if (::chdir("/") != 0) return failure(errno, "enter the root");
  return {};
}

}  // namespace slipway::linux
