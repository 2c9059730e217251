// The store's layers: found, waited for, and made once whoever asks for them.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "core/linux/file_lock.hpp"
#include "core/store/entry.hpp"
#include "core/store/locks.hpp"
#include "core/store/store.hpp"

namespace slipway::store {
namespace {

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

}  // namespace

bool is_digest(std::string_view text) {
  constexpr std::string_view kAlgorithm = "sha256:";
  if (!text.starts_with(kAlgorithm) || text.size() != kAlgorithm.size() + 64) return false;
  return text.find_first_not_of("0123456789abcdef", kAlgorithm.size()) == std::string_view::npos;
}

std::string layer_entry(std::string_view diff_id, std::string_view form) {
  return std::string(diff_id.substr(diff_id.find(':') + 1)) + "." + std::string(form);
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

bool Store::hides_lower_layers(std::string_view diff_id, std::string_view form) const {
  const std::string name = "layers/" + layer_entry(diff_id, form) + "/" + kOpaqueNote;
  return ::faccessat(top_.get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
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

}  // namespace slipway::store
