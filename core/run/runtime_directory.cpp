#include "core/run/runtime_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include "core/doctor/cause.hpp"
#include "core/linux/host.hpp"
#include "core/linux/id_map.hpp"

namespace slipway::run {
namespace {

// Each user that makes a namespace is root in it, and /tmp may be everybody's.
std::string users_number() {
  return std::to_string(linux::is_root_of_namespace() ? linux::user_around() : ::geteuid());
}

// More users than a few have the same number in one /tmp only if somebody means to be in the way.
constexpr int kNames = 16;

std::string name_in_tmp(const std::string& uid, int number) {
  return "/tmp/slipway-" + uid + (number == 1 ? "" : "." + std::to_string(number));
}

bool is_anothers(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 && found.st_uid != ::geteuid();
}

bool is_own_and_private(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
         (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

// The first name where all are taken, for that to be told.
std::string free_name_in_tmp(const std::string& uid) {
  for (int number = 1; number <= kNames; ++number) {
    std::string name = name_in_tmp(uid, number);
    if (!is_anothers(name)) return name;
  }
  return name_in_tmp(uid, 1);
}

}  // namespace

std::string runtime_directory() {
  if (linux::is_root_of_host()) return "/run/slipway";
  if (const char* own = ::secure_getenv("XDG_RUNTIME_DIR"); own != nullptr && own[0] == '/') {
    return std::string(own) + "/slipway";
  }
  return free_name_in_tmp(users_number());
}

std::vector<std::string> runtime_directories() {
  std::vector<std::string> all = {runtime_directory()};
  if (linux::is_root_of_host()) return all;
  const std::string uid = users_number();
  std::vector<std::string> others = {"/run/user/" + uid + "/slipway"};
  for (int number = 1; number <= kNames; ++number) others.push_back(name_in_tmp(uid, number));
  for (std::string& other : others) {
    if (other != all.front() && is_own_and_private(other)) all.push_back(std::move(other));
  }
  return all;
}

Result<void> make_runtime_directory(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST) return {};
  return failure(errno, "make the runtime directory", path, "set XDG_RUNTIME_DIR to a directory of your own");
}

bool is_shortage(int code) { return code == EMFILE || code == ENFILE || code == ENOMEM || code == EIO; }

Result<linux::Fd> open_runtime_directory(const std::string& path) {
  linux::Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (const int code = errno; !directory) {
    const auto wrong = is_shortage(code) ? std::nullopt : doctor::wrong_runtime_directory(path);
    return wrong ? tl::unexpected(*wrong) : failure(code, "open the runtime directory", path);
  }
  struct stat found {};
  if (::fstat(directory.get(), &found) != 0) return failure(errno, "look at the runtime directory", path);
  // In /tmp anybody may have made a directory of this name first.
  if (found.st_uid != ::geteuid() || (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    const auto wrong = doctor::wrong_runtime_directory(path);
    return wrong ? tl::unexpected(*wrong) : failure(0, "use the runtime directory", path + ": it was being changed");
  }
  return directory;
}

}  // namespace slipway::run
