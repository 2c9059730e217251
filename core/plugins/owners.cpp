#include "core/plugins/owners.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>

#include "core/linux/host.hpp"

namespace slipway::plugins {
namespace {

constexpr int kMostLinks = 40;        // as the kernel; path_resolution(7)
constexpr uid_t kOverflowId = 65534;  // /proc/sys/kernel/overflowuid: an id that this user namespace does not map
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

void split(std::string_view path, std::deque<std::string>& to, bool in_front) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0 && path.substr(0, end) != ".") parts.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  to.insert(in_front ? to.begin() : to.end(), parts.begin(), parts.end());
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "" : path.substr(0, slash);
}

// What mends it is never another owner of `path`, which may be somebody's home.
Result<void> check_one(const std::string& path, const struct stat& status, const std::vector<uid_t>& trusted,
                       const std::string& plugin) {
  const bool roots = status.st_uid == 0;
  const bool may_be_own = ::geteuid() != 0 && std::find(trusted.begin(), trusted.end(), ::geteuid()) != trusted.end();
  const std::string loads = may_be_own ? "; here slipway loads only what " : "; as root, slipway loads only what ";
  if (!roots && std::find(trusted.begin(), trusted.end(), status.st_uid) == trusted.end()) {
    return failure(0, "check who owns a plugin",
                   path + " belongs to user id " + std::to_string(status.st_uid) + loads +
                       (may_be_own ? "you or root own" : "root owns"),
                   may_be_own ? "look at who else could change it; then let it be yours or root's"
                              : "copy the plugin to a directory of root's, and name that one: install -D -m 0644 -t "
                                "/usr/local/lib/slipway-plugins " +
                                    plugin);
  }
  if (S_ISLNK(status.st_mode) || (status.st_mode & kOthersWrite) == 0) return {};  // a link's own mode means nothing
  if (S_ISDIR(status.st_mode) && roots && (status.st_mode & S_ISVTX) != 0) return {};
  return failure(0, "check who owns a plugin",
                 path + " can be written by " + ((status.st_mode & S_IWOTH) != 0 ? "everybody" : "its group") + loads +
                     "nobody else can change",
                 "chmod go-w " + path);
}

Result<void> check_opened(const std::string& path, const struct stat& walked, const struct stat& opened,
                          const std::vector<uid_t>& trusted) {
  if (walked.st_dev != opened.st_dev || walked.st_ino != opened.st_ino) {
    return failure(0, "check who owns a plugin", path + ": was replaced while it was being looked at", "run it again");
  }
  return check_one(path, opened, trusted, path);
}

}  // namespace

Result<void> check_owners_along(const std::string& path, const std::vector<uid_t>& trusted, std::set<std::string>& safe,
                                const struct stat* opened) {
  struct stat status {};
  if (!safe.contains("/")) {
    if (::lstat("/", &status) != 0) return failure(errno, "check who owns a plugin", "/");
    // In a user namespace of an ordinary user the real root is not mapped. What runs here has that user's power and no
    // more, so there is nothing to protect. For the host's root it is a user like any other: nobody.
    if (status.st_uid == kOverflowId && !linux::is_root_of_host()) return {};
    if (auto fine = check_one("/", status, trusted, path); !fine) return fine;
    safe.insert("/");
  }
  std::deque<std::string> left;
  split(path, left, false);
  std::string done;  // "" stands for "/"
  int links = 0;
  while (!left.empty()) {
    const std::string name = std::move(left.front());
    left.pop_front();
    if (name == "..") {
      done = parent_of(done);
      continue;
    }
    std::string here = done;
    here.append("/").append(name);
    if (safe.contains(here)) {
      done = here;
      continue;
    }
    if (::lstat(here.c_str(), &status) != 0) return failure(errno, "check who owns a plugin", here);
    if (auto fine = check_one(here, status, trusted, path); !fine) return fine;
    if (!S_ISLNK(status.st_mode)) {
      if (S_ISDIR(status.st_mode)) safe.insert(here);
      done = here;
      continue;
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlink(here.c_str(), target.data(), target.size());
    if (size < 0) return failure(errno, "check who owns a plugin", here);
    if (++links > kMostLinks) return failure(ELOOP, "check who owns a plugin", here);
    const std::string_view to(target.data(), static_cast<std::size_t>(size));
    if (to.starts_with('/')) done.clear();
    split(to, left, true);
  }
  return opened == nullptr ? Result<void>() : check_opened(path, status, *opened, trusted);
}

}  // namespace slipway::plugins
