#include "tests/support/users.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace slipway::tests {

namespace {

constexpr std::uint64_t kIds = 65536;

/// Test programs run side by side; only one of them edits /etc at a time. /run is root's, so nobody else can plant it.
class Lock {
 public:
  Lock() : fd_(::open("/run/slipway-test-users.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    if (!fd_ || ::flock(fd_.get(), LOCK_EX) != 0)
      throw std::runtime_error("lock the test users: " + errno_words(errno));
  }

 private:
  linux::Fd fd_;
};

void must(std::vector<std::string> arguments) {
  const std::string name = arguments.front();
  const Outcome outcome = run({.arguments = std::move(arguments)});
  if (outcome.shell_status() != 0) throw std::runtime_error(name + ": " + outcome.errors);
}

std::optional<User> look_up(const std::string& name) {
  struct passwd entry {};
  struct passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return User{name, entry.pw_uid, entry.pw_gid, entry.pw_dir};
}

/// subuid(5): NAME:FIRST:COUNT a line.
struct SubordinateIds {
  bool has_user = false;
  std::uint64_t end = 100000;  ///< first id after all ranges; login.defs begins them at 100000
};

SubordinateIds read_subordinate_ids(const char* path, const std::string& user) {
  SubordinateIds ids;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::replace(line.begin(), line.end(), ':', ' ');
    std::istringstream words(line);
    std::string name;
    std::uint64_t first = 0, count = 0;
    if (!(words >> name >> first >> count)) continue;
    ids.has_user = ids.has_user || (name == user && count >= kIds);
    ids.end = std::max(ids.end, first + count);
  }
  return ids;
}

void give_range(const User& user) {
  const SubordinateIds uids = read_subordinate_ids("/etc/subuid", user.name);
  const SubordinateIds gids = read_subordinate_ids("/etc/subgid", user.name);
  const auto range = [](std::uint64_t first) { return std::to_string(first) + "-" + std::to_string(first + kIds - 1); };
  if (!uids.has_user) must({"usermod", "--add-subuids", range(uids.end), user.name});
  if (!gids.has_user) must({"usermod", "--add-subgids", range(gids.end), user.name});
}

enum class Range { none, some };

tl::expected<User, std::string> make(const std::string& name, Range range) {
  if (::geteuid() != 0) return tl::unexpected("needs root, to make and to become the user " + name);
  const Lock lock;
  std::optional<User> user = look_up(name);
  if (!user) {
    // A system user gets no subordinate ids by itself; useradd(8).
    must({"useradd", "--system", "--user-group", "--create-home", "--shell", "/bin/sh", name});
    user = look_up(name);
  }
  if (!user) throw std::runtime_error("useradd made no user " + name);
  if (range == Range::some) give_range(*user);
  return *user;
}

}  // namespace

std::map<std::string, std::string> User::environment() const {
  return {
      {"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}, {"HOME", home}, {"USER", name}, {"LANG", "C.UTF-8"}};
}

tl::expected<User, std::string> user_with_range() { return make("slipway-range", Range::some); }
tl::expected<User, std::string> user_without_range() { return make("slipway-single", Range::none); }

}  // namespace slipway::tests
