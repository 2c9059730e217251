#include "core/store/store.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <set>

#include "core/linux/file_lock.hpp"
#include "core/linux/listing.hpp"
#include "core/store/records.hpp"
#include "core/store/remove_tree.hpp"

namespace slipway::store {
namespace {

constexpr std::size_t kLargestRecord = std::size_t{4} << 20U;
constexpr std::array kFolders = {"images", "starts", "layers", "locks", "staging", "runs"};
constexpr mode_t kPrivate = 0700;
constexpr const char* kDamaged = "the store is damaged: choose another directory with --store DIR, or remove this one";
constexpr std::size_t kMostStarts = 512;  // some tens of kilobytes each

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= NAME_MAX && name.front() != '.' && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

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

Result<linux::Fd> open_lock(const linux::Fd& top, const std::string& name) {
  const std::string path = "locks/" + name;
  linux::Fd file(::openat(top.get(), path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return failure(errno, "open the store's lock", path, errno == ENOENT ? kDamaged : "");
  return file;
}

linux::Fd open_tree(const linux::Fd& top, const std::string& entry) {
  const std::string path = "layers/" + entry + "/tree";
  return linux::Fd(::openat(top.get(), path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// locks/<entry>.unpack, held. The file goes before the lock does: for a layer that fails, nobody would ever remove it.
class Making {
 public:
  static Result<Making> begin(const linux::Fd& top, const std::string& entry, const ShouldStop& should_stop) {
    const std::string name = entry + std::string(kUnpackLock);
    while (true) {
      auto file = open_lock(top, name);
      if (!file) return tl::unexpected(file.error());
      if (auto locked = wait(*file, entry, should_stop); !locked) return tl::unexpected(locked.error());
      struct stat status {};
      if (::fstat(file->get(), &status) != 0) return failure(errno, "lock", entry);
      // Who had it before has removed the file, and the next one to come would lock another of its name.
      if (status.st_nlink > 0) return Making(top, "locks/" + name, std::move(*file));
    }
  }

  Making(Making&&) = default;
  Making& operator=(Making&&) = delete;
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;
  ~Making() {
    if (file_) ::unlinkat(top_.get(), path_.c_str(), 0);
  }

 private:
  Making(const linux::Fd& top, std::string path, linux::Fd file)
      : top_(top), path_(std::move(path)), file_(std::move(file)) {}

  // Not flock(2)'s own waiting: the signals that ask to stop are blocked and wait to be read.
  static Result<void> wait(const linux::Fd& file, const std::string& entry, const ShouldStop& should_stop) {
    constexpr int kPause_ms = 50;
    while (true) {
      const auto locked = linux::try_lock(file, linux::Lock::exclusive);
      if (!locked) return failure(locked.error().code, "lock", entry);
      if (*locked) return {};
      if (should_stop && should_stop()) return failure(EINTR, "wait for another run that unpacks the image");
      (void)::poll(nullptr, 0, kPause_ms);
    }
  }

  const linux::Fd& top_;
  std::string path_;
  linux::Fd file_;
};

// With the .unpack lock held nobody else removes or makes the layer, so its .lock is free or shared.
Result<Layer> take_layer(const linux::Fd& top, const std::string& entry, const ShouldStop& should_stop) {
  auto file = open_lock(top, entry + ".lock");
  if (!file) return tl::unexpected(file.error());
  if (auto locked = take_lock(*file, linux::Lock::shared, entry, should_stop); !locked)
    return tl::unexpected(locked.error());
  linux::Fd tree = open_tree(top, entry);
  if (!tree) return failure(errno, "open the unpacked layer", "layers/" + entry, kDamaged);
  return Layer{std::move(tree), std::move(*file)};
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

bool is_digest(std::string_view text) {
  constexpr std::string_view kAlgorithm = "sha256:";
  if (!text.starts_with(kAlgorithm) || text.size() != kAlgorithm.size() + 64) return false;
  return text.find_first_not_of("0123456789abcdef", kAlgorithm.size()) == std::string_view::npos;
}

std::string layer_entry(std::string_view diff_id, std::string_view form) {
  return std::string(diff_id.substr(diff_id.find(':') + 1)) + "." + std::string(form);
}

Result<std::string> Store::default_path() {
  if (::geteuid() == 0) return "/var/lib/slipway";
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

Result<std::optional<std::string>> Store::find_record(const char* folder, const std::string& key) const {
  if (!is_plain_name(key)) return failure(EINVAL, "look for a record", printable(key));
  const std::string name = std::string(folder) + "/" + key;
  const linux::Fd file(::openat(top_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) {
    if (errno == ENOENT) return std::nullopt;
    return failure(errno, "read the record", inside(name), kDamaged);
  }
  auto record = linux::read_all(file, kLargestRecord);
  if (!record) return failure(record.error().code, "read the record", inside(name), kDamaged);
  return std::move(*record);
}

Result<void> Store::keep_record(const char* folder, const std::string& key, std::string_view record) const {
  if (!is_plain_name(key) || record.size() > kLargestRecord) return failure(EINVAL, "keep a record", printable(key));
  const auto records = open_folder(folder);
  if (!records) return tl::unexpected(records.error());
  auto kept = put_file(*records, key, record);
  // What is not remembered is found out anew; that is no reason to fail, or to wait.
  if (!kept && kept.error().code == EBUSY) return {};
  return kept;
}

Result<std::optional<std::string>> Store::find_image(const std::string& key) const {
  return find_record("images", key);
}

Result<void> Store::keep_image(const std::string& key, std::string_view record) const {
  return keep_record("images", key, record);
}

Result<std::optional<std::string>> Store::find_start(const std::string& key) const {
  return find_record("starts", key);
}

Result<void> Store::keep_start(const std::string& key, std::string_view record) const {
  // Each command line has a record of its own, so without a bound they would only ever grow.
  if (::mkdirat(top_.get(), "starts", kPrivate) != 0 && errno != EEXIST) {
    return failure(errno, "make the store's directory", inside("starts"));
  }
  const auto starts = open_folder("starts");
  if (!starts) return tl::unexpected(starts.error());
  if (auto room = make_room(*starts, kMostStarts); !room) return room;
  return keep_record("starts", key, record);
}

Result<std::optional<Layer>> Store::find_layer(std::string_view diff_id, std::string_view form) const {
  if (!is_digest(diff_id)) return failure(EINVAL, "look for a layer", printable(diff_id));
  const std::string entry = layer_entry(diff_id, form);
  const std::string name = "locks/" + entry + ".lock";
  linux::Fd lock_file(::openat(top_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!lock_file) {
    if (errno == ENOENT) return std::nullopt;
    return failure(errno, "open the store's lock", inside(name));
  }
  const auto locked = linux::try_lock(lock_file, linux::Lock::shared);
  if (!locked) return failure(locked.error().code, "lock", inside(name));
  if (!*locked) return std::nullopt;  // somebody removes it
  linux::Fd tree = open_tree(top_, entry);
  if (!tree) {
    if (errno == ENOENT) return std::nullopt;
    return failure(errno, "open the unpacked layer", inside("layers/" + entry), kDamaged);
  }
  return Layer{std::move(tree), std::move(lock_file)};
}

Result<Losses> Store::losses_of(std::string_view diff_id, std::string_view form) const {
  const std::string name = "layers/" + layer_entry(diff_id, form) + "/losses";
  const linux::Fd file(::openat(top_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file && errno == ENOENT) return Losses{};
  if (!file) return failure(errno, "read what the layer lost", inside(name));
  auto text = linux::read_all(file, kLargestRecord);
  if (!text) return tl::unexpected(text.error());
  auto losses = losses_from(*text);
  if (losses) return losses;
  losses.error().subject = inside(name);
  losses.error().hint = "remove the directory that it lies in: the layer is then unpacked again";
  return losses;
}

Result<std::vector<Layer>> Store::layers(std::span<const std::string> diff_ids, const std::string& form,
                                         const Unpack& unpack, const ShouldStop& should_stop,
                                         const Announce& announce) const {
  std::vector<Layer> found(diff_ids.size());
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < diff_ids.size(); ++i) {
    auto layer = find_layer(diff_ids[i], form);
    if (!layer) return tl::unexpected(layer.error());
    if (*layer) {
      found[i] = std::move(**layer);
    } else {
      missing.push_back(i);
    }
  }
  if (missing.empty()) return found;

  // In the order of their names, so that two runs that want the same layers never wait for each other in a circle.
  std::vector<std::string> names;
  names.reserve(missing.size());
  for (const std::size_t i : missing) names.push_back(layer_entry(diff_ids[i], form));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<Making> unpacking;
  unpacking.reserve(names.size());
  for (const std::string& name : names) {
    auto making = Making::begin(top_, name, should_stop);
    if (!making) return tl::unexpected(making.error());
    unpacking.push_back(std::move(*making));
  }
  // Another run may have unpacked some while this one waited.
  std::vector<std::size_t> still_missing;
  for (const std::size_t i : missing) {
    if (!open_tree(top_, layer_entry(diff_ids[i], form))) still_missing.push_back(i);
  }
  if (!still_missing.empty()) {
    if (auto made = make_layers(diff_ids, still_missing, form, unpack, should_stop, announce); !made)
      return tl::unexpected(made.error());
  }
  for (const std::size_t i : missing) {
    auto layer = take_layer(top_, layer_entry(diff_ids[i], form), should_stop);
    if (!layer) return tl::unexpected(layer.error());
    found[i] = std::move(*layer);
  }
  return found;
}

Result<void> Store::make_layers(std::span<const std::string> diff_ids, std::span<const std::size_t> missing,
                                const std::string& form, const Unpack& unpack, const ShouldStop& should_stop,
                                const Announce& announce) const {
  auto staging = Staging::in_store(top_, form, announce, should_stop);
  if (!staging) return tl::unexpected(staging.error());
  const auto losses = unpack(missing, staging->directory());
  if (!losses) return tl::unexpected(losses.error());
  std::set<std::string> unpacked;  // an image may have the same layer twice
  for (const std::size_t i : missing) unpacked.insert(diff_ids[i]);
  for (const std::string& diff_id : unpacked) {
    const auto lost = losses->find(diff_id);
    auto kept = staging->commit(layer_entry(diff_id, form), lost == losses->end() ? Losses{} : lost->second);
    if (!kept) return kept;
  }
  return {};
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
