// Secrets out of the caller's kernel keyrings (keyrings(7)), shown in a directory of the container. Neither the
// configuration nor the plan, the environment, a record or a disk ever holds one: they are read when the run is under
// way, which is why this takes two calls and no step type could do it.
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::Failure;
using slipway::steps::Common;
using slipway::steps::Phase;

constexpr std::size_t kLongestKey = 32767;  // of a key of type "user"; keyrings(7)

// Closes with its scope.
struct File {
  int fd = -1;
  explicit File(long opened) : fd(static_cast<int>(opened)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&&) = delete;
  File& operator=(File&&) = delete;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  [[nodiscard]] int release() { return std::exchange(fd, -1); }
};

void must(bool well, const std::string& doing, const std::string& hint = {}) {
  if (!well) throw Failure("", doing + ": " + ::strerrordesc_np(errno), hint);
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    must(put > 0, "keep a secret in memory");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

std::string secret_of(const std::string& key) {
  const long id = ::syscall(SYS_request_key, "user", key.c_str(), nullptr, 0);
  must(id >= 0, "find the key " + key, "keyctl add user " + key + " SECRET @u");
  std::string secret(kLongestKey, '\0');
  const long size = ::syscall(SYS_keyctl, KEYCTL_READ, id, secret.data(), secret.size());
  must(size >= 0, "read the key " + key);
  secret.resize(std::min(static_cast<std::size_t>(size), secret.size()));
  return secret;
}

// In the prepare phase, as the caller: one file in memory with all of them, each behind its length.
void take(slipway::Call& call) {
  File all(::memfd_create("secrets", MFD_CLOEXEC));
  must(all.fd >= 0, "make a file in memory");
  for (const std::string& key : call.texts("/arguments/keys")) {
    const std::string secret = secret_of(key);
    const auto size = static_cast<std::uint32_t>(secret.size());
    std::array<char, sizeof size> head{};
    std::memcpy(head.data(), &size, sizeof size);
    write_all(all.fd, {head.data(), head.size()});
    write_all(all.fd, secret);
  }
  must(::lseek(all.fd, 0, SEEK_SET) == 0, "go back to the first secret");
  call.give(all.release());
}

std::string next_secret(int fd) {
  std::uint32_t size = 0;
  must(::read(fd, &size, sizeof size) == static_cast<ssize_t>(sizeof size) && size <= kLongestKey, "read a secret");
  std::string secret(size, '\0');
  must(::read(fd, secret.data(), secret.size()) == static_cast<ssize_t>(size), "read a secret");
  return secret;
}

// In the mount phase, inside: a file system in memory with a file for each, to be bound read-only.
void show(slipway::Call& call) {
  const File context(::syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
  must(context.fd >= 0, "make a file system in memory");
  must(::syscall(SYS_fsconfig, context.fd, FSCONFIG_SET_STRING, "mode", "0755", 0) == 0 &&
           ::syscall(SYS_fsconfig, context.fd, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0,
       "make a file system in memory");
  File mount(
      ::syscall(SYS_fsmount, context.fd, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  must(mount.fd >= 0, "mount it");
  const mode_t mode = call.text("/arguments/readers") == "all" ? 0444 : 0400;
  for (const std::string& name : call.texts("/arguments/files")) {
    const File file(::openat(mount.fd, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    must(file.fd >= 0, "make the file " + name, "two secrets must not have one name");
    write_all(file.fd, next_secret(call.input(0)));
    must(::fchmod(file.fd, mode) == 0, "set the mode of " + name);
  }
  call.give(mount.release());
}

struct PseudoKeyring {
  Options options;

  void plan(slipway::Plan& plan) const {
    if (options.secrets.empty()) return;
    std::vector<std::string> files;
    std::vector<std::string> keys;
    for (const std::string& secret : options.secrets) {
      const std::size_t equals = secret.find('=');
      files.push_back(secret.substr(0, equals));
      keys.push_back(secret.substr(equals + 1));
    }
    using slipway::steps::Undo;
    const Common from{.from = "/options/secrets"};
    const auto taken =
        plan.call({.function = "take", .arguments = slipway::arguments({{"keys", keys}}), .undo = Undo::none},
                  Common{.as = "secrets", .from = from.from}, Phase::prepare);
    const auto shown = plan.call(
        {.function = "show",
         .arguments = slipway::arguments(
             {{"files", files}, {"readers", std::string(options.readers == Options::Readers::all ? "all" : "root")}}),
         .inputs = {taken}},
        Common{.as = "secrets-shown", .from = from.from}, Phase::mount);
    plan.mkdir({.target = {options.target}}, Common{.from = "/options/target"});
    plan.bind({.source = shown,
               .target = {options.target},
               .access = slipway::steps::Access::read_only,
               .flags = {slipway::steps::MountFlag::nosuid, slipway::steps::MountFlag::nodev,
                         slipway::steps::MountFlag::noexec}},
              Common{.from = "/options/target"});
  }

  void call(slipway::Call& call) const {
    if (call.undoes()) return;  // all of it is memory, which goes with the container
    if (call.function() == "take") return take(call);
    if (call.function() == "show") return show(call);
    throw Failure("", "there is no function " + call.function());
  }
};

}  // namespace

SLIPWAY_PLUGIN(PseudoKeyring)
