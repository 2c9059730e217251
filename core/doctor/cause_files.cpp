#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "core/doctor/cause.hpp"
#include "core/doctor/look.hpp"
#include "core/linux/host.hpp"

namespace slipway::doctor {
namespace {

// In a mount namespace of another user namespace a new instance must not show what the one that is there hides:
// mount points other than directories that are always empty, or a read-only mount; mount_namespaces(7).
std::optional<Cause> why_not_fresh(std::string_view type) {
  constexpr std::string_view kAlwaysEmpty[] = {"/proc/sys/fs/binfmt_misc", "/proc/fs/nfsd"};
  std::string top;
  for (const MountLine& mount : mounts()) {
    if (mount.type == type && mount.root == "/") top = mount.point;
  }
  if (top.empty())
    return Cause{"no whole " + std::string(type) +
                     " is mounted here, and the kernel gives a user namespace a new one only "
                     "where one is seen already",
                 "mount one outside first, or start the outer container without masked paths"};
  for (const std::string& point : mounts_below(top)) {
    const bool is_harmless =
        type == "sysfs" ? point.starts_with("/sys/fs/") || point.starts_with("/sys/kernel/") ||
                              point.starts_with("/sys/firmware/efi")
                        : std::find(std::begin(kAlwaysEmpty), std::end(kAlwaysEmpty), point) != std::end(kAlwaysEmpty);
    if (is_harmless) continue;
    return Cause{
        point +
            " is covered by another mount (that of a container around this one?), and the kernel gives a "
            "user namespace no new " +
            std::string(type) + " that would show what is beneath",
        "start the outer container without masked paths (docker: --security-opt systempaths=unconfined, podman: "
        "--security-opt unmask=ALL)"};
  }
  return std::nullopt;
}

// FS_USERNS_MOUNT in the kernel's sources; user_namespaces(7).
bool is_for_users(std::string_view type) {
  constexpr std::string_view kTypes[] = {"proc",    "sysfs",  "devpts",  "mqueue", "tmpfs", "ramfs",
                                         "overlay", "cgroup", "cgroup2", "bpf",    "fuse",  "binder"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

std::uint64_t bytes_of(const struct statvfs& filesystem, std::uint64_t blocks) { return blocks * filesystem.f_frsize; }

std::string real_path(const std::string& path) {
  std::error_code none;
  const std::filesystem::path real = std::filesystem::canonical(path, none);
  return none ? path : real.string();
}

bool lies_in(const std::string& inner, const std::string& outer) {
  const std::string top = real_path(outer);
  return (real_path(inner) + "/").starts_with(top == "/" ? top : top + "/");
}

std::string type_at(const std::string& path) {
  struct stat wanted {};
  if (::stat(path.c_str(), &wanted) != 0) return "file system";
  std::string type = "file system", longest;
  for (const MountLine& mount : mounts()) {
    const bool is_above = mount.point == "/" || path == mount.point || path.starts_with(mount.point + "/");
    if (is_above && mount.point.size() >= longest.size()) {
      longest = mount.point;
      type = mount.type + " on " + mount.point;
    }
  }
  return type;
}

std::optional<Cause> why_overlapping(const std::vector<std::string>& directories, const std::string& store) {
  for (std::size_t outer = 0; outer < directories.size(); ++outer) {
    const std::string rule = " lies in " + directories[outer] + ", and no layer of an overlay may lie in another";
    if (lies_in(store, directories[outer]))
      return Cause{std::string(store).append(", the store with the image's layers,").append(rule),
                   "use a directory besides it"};
    for (std::size_t inner = 0; inner < directories.size(); ++inner) {
      if (inner != outer && lies_in(directories[inner], directories[outer]))
        return Cause{directories[inner] + rule, "name one of them"};
    }
  }
  return std::nullopt;
}

// What a run had begun to write is removed by the time that anybody asks why it failed.
std::string room_text(const struct statvfs& filesystem) {
  const std::string free = size_text(bytes_of(filesystem, filesystem.f_bavail)) + " of " +
                           size_text(bytes_of(filesystem, filesystem.f_blocks)) + " free";
  if (filesystem.f_bavail == 0) return " is full: " + free;
  const bool counts_files = filesystem.f_files != 0;
  return " has too little room: " + free +
         (counts_files ? ", and room for " + std::to_string(filesystem.f_favail) + " files," : "") +
         " without what this run had begun";
}

}  // namespace

std::optional<Cause> why_no_filesystem(std::string_view type, int code) {
  if (code == ENODEV) {
    return Cause{"the kernel has no " + std::string(type) + ", or not yet",
                 "as root: modprobe " + std::string(type) + "; else boot a kernel with it"};
  }
  if (code == ENOSYS)
    return Cause{"the kernel, or a filter of system calls, lacks the mount API", "slipway needs Linux 5.12 or later"};
  if (code == EINVAL) return why_no_power_inside(code);
  if (code != EPERM && code != EACCES) return std::nullopt;
  if (type == "proc" || type == "sysfs") {
    if (auto cause = why_not_fresh(type)) return cause;
  }
  if (::geteuid() != 0 && !is_for_users(type)) {
    return Cause{"the kernel lets nobody but root mount " + std::string(type),
                 "run slipway as root, or have it mounted on the host and bind it"};
  }
  return why_no_power_inside(code);
}

std::optional<Cause> why_no_bind(const std::string& source, int code) {
  if (code == EPERM) {
    return Cause{"a flag of the host's mount of " + source +
                     " is locked in a user namespace: it may be made stricter there, and its times may not be changed",
                 "leave the flags noatime, relatime and strictatime of the bind out"};
  }
  if (code != EINVAL) return std::nullopt;
  const std::vector<std::string> below = mounts_below(source);
  if (below.empty()) return std::nullopt;
  return Cause{below.front() + " is mounted below " + source +
                   ", and in a user namespace a mount stays locked to what it covers",
               "bind a directory without mounts below it, or run as root"};
}

std::optional<Cause> why_no_layers(const std::vector<std::string>& directories, const std::string& store,
                                   UserNamespace user, int code) {
  if (code == ELOOP) return why_overlapping(directories, store);
  if (code != EINVAL) return std::nullopt;
  for (const std::string& directory : directories) {
    const std::vector<std::string> below = mounts_below(real_path(directory));
    if (user == UserNamespace::wanted && !below.empty())
      return Cause{below.front() + " is mounted below " + directory +
                       ", and in a user namespace a mount stays locked to what it covers",
                   "use a directory without mounts below it, or a copy, or run as root"};
    // Those that look names up in their own way; overlayfs.rst, and ovl_dentry_weird() in the kernel's sources.
    constexpr std::string_view kUnfit[] = {"proc", "autofs", "vfat", "msdos", "exfat", "ntfs3"};
    const std::string place = type_at(real_path(directory));  // "proc on /proc"
    const std::string type = place.substr(0, place.find(' '));
    if (std::find(std::begin(kUnfit), std::end(kUnfit), type) != std::end(kUnfit))
      return Cause{
          std::string(directory).append(" is on ").append(type).append(", which cannot be a layer of an overlay"),
          "use a copy"};
  }
  return std::nullopt;
}

std::optional<Cause> why_not_written(const std::string& path, int code, std::string_view elsewhere) {
  if (code == 0) return std::nullopt;
  const std::string there = nearest_existing(path);
  struct statvfs filesystem {};
  if (::statvfs(there.c_str(), &filesystem) != 0) return std::nullopt;
  const std::string where = there + " (" + type_at(there) + ")";
  const std::string other(elsewhere);
  if (code == EROFS || (filesystem.f_flag & ST_RDONLY) != 0)
    return Cause{where + " is read-only", "mount it writable, or " + other};
  if (code == EFBIG) return Cause{"a limit of the size of files is reached", "raise it (ulimit -f), or do without it"};
  if (code == EDQUOT) return Cause{"this user's quota is used up at " + where, "remove something there, or " + other};
  if (code == ENOSPC) {
    const bool without_inodes = filesystem.f_files != 0 && filesystem.f_favail == 0;
    return Cause{where + (without_inodes ? " has no room for a further file" : room_text(filesystem)),
                 "remove something there, or " + other};
  }
  if ((code == EACCES || code == EPERM) && ::access(there.c_str(), W_OK) != 0) {
    struct stat found {};
    if (::stat(there.c_str(), &found) != 0) return std::nullopt;
    return Cause{there + " belongs to user " + std::to_string(found.st_uid) + " and is closed to this one", other};
  }
  return std::nullopt;
}

std::optional<Error> wrong_runtime_directory(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  const bool is_root = linux::is_root_of_host();
  // Root's is a fixed one. In a directory such as /tmp nobody can remove what is another user's.
  const auto wrong = [&](const std::string& how, const std::string& mend) {
    return Error{0, "use the runtime directory", path + ": it " + how,
                 is_root ? mend : mend + (mend.empty() ? "" : ", or ") + kOtherRuntimeDirectory};
  };
  const bool is_own = found.st_uid == ::geteuid();
  const char* remove = is_root ? "remove it; slipway makes it anew" : is_own ? "remove it" : "";
  if (S_ISLNK(found.st_mode)) return wrong("is a link", remove);
  if (!S_ISDIR(found.st_mode)) return wrong("is no directory", remove);
  if (!is_own) return wrong("belongs to user " + std::to_string(found.st_uid), remove);
  const mode_t mode = found.st_mode & 07777U;
  if ((mode & (S_IRWXG | S_IRWXO)) == 0) return std::nullopt;
  std::string octal = "0000";
  for (std::size_t i = 0; i < octal.size(); ++i) octal[i] = static_cast<char>('0' + ((mode >> (9 - 3 * i)) & 7U));
  return wrong("is open to others (mode " + octal + ")", "chmod 0700 " + path);
}

}  // namespace slipway::doctor
