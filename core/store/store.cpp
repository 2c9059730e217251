#include "core/store/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "core/linux/file_lock.hpp"
#include "core/linux/host.hpp"
#include "core/linux/listing.hpp"
#include "core/store/entry.hpp"
#include "core/store/locks.hpp"
#include "core/store/records.hpp"
#include "core/store/remove_tree.hpp"

namespace slipway::store {
namespace {

constexpr std::array kFolders = {"images", "starts", "layers", "locks", "staging", "runs"};

// Every missing directory above and including `path`.
Result<void> make_directories(const std::string& path) {
  for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string upto = path.substr(0, at);
    const bool last = at == std::string::npos;
    if (!upto.empty() && ::mkdir(upto.c_str(), last ? kPrivate : 0755) != 0 && errno != EEXIST) {
      return failure(errno, "make the store's directory", upto, "choose another place with --store DIR");
    }
    if (last) return {};
  }
}

// What another process that makes the same store at the same time has made so far is ours too.
Result<bool> holds_other_things(const linux::Fd& directory) {
  bool others = false;
  auto listed = linux::list(directory, [&](const std::string& name) {
    others = std::find(kFolders.begin(), kFolders.end(), name) == kFolders.end() && !name.starts_with("version");
    return !others;
  });
  if (!listed) return tl::unexpected(listed.error());
  return others;
}

linux::Fd open_top(const std::string& path) {
  return linux::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

tl::unexpected<Error> cannot_open(const std::string& path) {
  const int code = errno;
  const bool is_other = code == ENOTDIR || code == ELOOP;
  return failure(code, "open the store", path,
                 is_other               ? "it must be a directory, not a link to one"
                 : code == ENAMETOOLONG ? "choose another with --store DIR"
                                        : "");
}

}  // namespace

Result<std::string> Store::default_path() {
  if (linux::is_root_of_host()) return "/var/lib/slipway";
  if (const char* data = ::secure_getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') {
    return std::string(data) + "/slipway";
  }
  if (const char* home = ::secure_getenv("HOME"); home != nullptr && *home == '/') {
    return std::string(home) + "/.local/share/slipway";
  }
  return failure(0, "find a place for the store: neither XDG_DATA_HOME nor HOME is an absolute path", "",
                 "choose one with --store DIR");
}

Result<Store> Store::open(const std::string& path) {
  linux::Fd top = open_top(path);
  if (!top && errno == ENOENT) {
    if (auto made = make_directories(path); !made) return tl::unexpected(made.error());
    top = open_top(path);
  }
  if (!top) return cannot_open(path);
  Store store(std::move(top), path);
  auto is_store = store.check();
  if (!is_store) return tl::unexpected(is_store.error());
  if (*is_store) return store;
  const auto others = holds_other_things(store.top_);
  if (!others) return failure(others.error().code, "read the store", path);
  if (*others) return failure(0, "open the store", path + " holds other things", "choose an empty or new directory");
  if (auto prepared = store.prepare(); !prepared) return tl::unexpected(prepared.error());
  return store;
}

Result<std::optional<Store>> Store::open_existing(const std::string& path) {
  linux::Fd top = open_top(path);
  if (!top && errno == ENOENT) return std::nullopt;
  if (!top) return cannot_open(path);
  Store store(std::move(top), path);
  auto is_store = store.check();
  if (!is_store) return tl::unexpected(is_store.error());
  if (*is_store) return std::optional(std::move(store));
  const auto others = holds_other_things(store.top_);
  if (others && !*others) return std::nullopt;
  return failure(0, "open the store", path + " holds other things", "choose an empty or new directory");
}

Result<bool> Store::check() const {
  struct stat status {};
  if (::fstat(top_.get(), &status) != 0) return failure(errno, "look at the store", path_);
  if (status.st_uid != ::geteuid()) {
    return failure(0, "open the store", path_ + " belongs to user " + std::to_string(status.st_uid),
                   "choose a directory of your own with --store DIR");
  }
  // O_NONBLOCK, here and below: whoever opens a FIFO that stands in a file's place would wait for ever.
  const linux::Fd version(::openat(top_.get(), "version", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!version && errno == ENOENT) return false;
  if (!version) return failure(errno, "read", inside("version"), errno == ELOOP ? kDamaged : "");
  if ((status.st_mode & 077U) != 0) {
    return failure(0, "open the store", path_ + " is open to other users",
                   "set-id files and devices of images lie in it: chmod 0700 " + path_);
  }
  auto text = linux::read_all(version, 64);
  if (!text || *text != kVersion) {
    return failure(0, "open the store", path_ + " has a format that this slipway does not know",
                   "choose another directory with --store DIR, or remove this one");
  }
  return true;
}

Result<void> Store::prepare() const {
  if (::fchmod(top_.get(), kPrivate) != 0) return failure(errno, "close the store to other users", path_);
  for (const char* folder : kFolders) {
    if (::mkdirat(top_.get(), folder, kPrivate) != 0 && errno != EEXIST) {
      return failure(errno, "make the store's directory", inside(folder));
    }
  }
  return put_file(top_, "version", kVersion);
}

Result<linux::Fd> Store::make_run_directory(const std::string& id, const ShouldStop& should_stop) const {
  if (!is_plain_name(id)) return failure(EINVAL, "make a run's directory", printable(id));
  const std::string name = "runs/" + id;
  const auto runs = open_folder("runs");
  if (!runs) return tl::unexpected(runs.error());
  // Held until the new one is locked: who has runs/ to himself finds none that is made and not yet locked.
  if (auto locked = take_lock(*runs, linux::Lock::shared, "runs", should_stop); !locked)
    return tl::unexpected(locked.error());
  if (::mkdirat(top_.get(), name.c_str(), kPrivate) != 0) return failure(errno, "make a run's directory", inside(name));
  linux::Fd directory(::openat(top_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failure(errno, "open a run's directory", inside(name));
  if (auto locked = linux::lock(directory, linux::Lock::exclusive); !locked) {
    return failure(locked.error().code, "lock", inside(name));
  }
  return directory;
}

Result<void> Store::remove_below(const char* folder, const std::string& name) const {
  if (!is_plain_name(name)) return failure(EINVAL, "remove", inside(std::string(folder) + "/" + printable(name)));
  const auto base = open_folder(folder);
  if (!base) return tl::unexpected(base.error());
  auto removed = remove_tree_at(*base, name);
  // On a read-only file system also the removal of what is not there is refused.
  if (!removed && ::faccessat(base->get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) return {};
  if (!removed) removed.error().subject = inside(std::string(folder) + "/" + removed.error().subject);
  return removed;
}

Result<void> Store::remove_run_directory(const std::string& id) const { return remove_below("runs", id); }

Result<void> Store::remove_staging(const std::string& name) const { return remove_below("staging", name); }

Result<linux::Fd> Store::open_folder(const char* folder) const {
  linux::Fd directory(::openat(top_.get(), folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failure(errno, "open", inside(folder), kDamaged);
  return directory;
}

}  // namespace slipway::store
