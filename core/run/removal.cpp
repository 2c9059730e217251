#include "core/run/removal.hpp"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>
#include <optional>

#include "core/linux/file_lock.hpp"
#include "core/linux/id_map.hpp"
#include "core/run/apart.hpp"
#include "core/run/copying.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

namespace {

// nullopt where there is none any more; a descriptor that is not open where somebody else has it.
Result<std::optional<linux::Fd>> try_staging(const store::Store& store, const std::string& name,
                                             const store::ShouldStop& should_stop) {
  auto above = store.open_folder("staging");
  if (!above) return tl::unexpected(above.error());
  // Who would have made it is dead, or asks: there is nothing to wait for.
  if (::faccessat(above->get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) return std::nullopt;
  if (auto alone = store::take_lock(*above, linux::Lock::exclusive, "staging", should_stop); !alone)
    return tl::unexpected(alone.error());
  linux::Fd directory(::openat(above->get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && errno == ENOENT) return std::nullopt;
  if (!directory) return failure(errno, "open", store.path() + "/staging/" + name);
  auto locked = linux::try_lock(directory, linux::Lock::exclusive);
  if (!locked) return tl::unexpected(locked.error());
  return *locked ? std::move(directory) : linux::Fd();
}

// Locked, so that no other run takes it over.
Result<std::optional<linux::Fd>> take_staging(const store::Store& store, const std::string& name,
                                              const store::ShouldStop& should_stop) {
  // A worker whose supervisor was killed ends as well, but some moments later.
  constexpr int kTries = 100, kPause_ms = 10;
  for (int i = 0; i < kTries; ++i) {
    auto taken = try_staging(store, name, should_stop);
    if (!taken || !*taken || **taken) return taken;
    if (should_stop && should_stop()) break;
    (void)::poll(nullptr, 0, kPause_ms);
  }
  return failure(EBUSY, "remove", store.path() + "/staging/" + name, "its worker has not ended yet");
}

// Whoever copies into the directory of a run whose supervisor was killed ends as well, but some moments later.
Result<void> wait_for_copier(const store::Store& store, const std::string& run) {
  constexpr int kPatience_ms = 1000;
  const auto runs = store.open_folder("runs");
  if (!runs) return tl::unexpected(runs.error());
  const std::string name = run + "/" + kCopyLock;
  const linux::Fd lock(::openat(runs->get(), name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!lock) return {};
  auto locked = linux::lock_within(lock, linux::Lock::exclusive, kPatience_ms);
  if (!locked) return tl::unexpected(locked.error());
  if (*locked) return {};
  return failure(EBUSY, "remove", store.path() + "/runs/" + run, "who copies into it has not ended yet");
}

Result<void> remove(const store::Store& store, const RunDirectory& record) {
  if (record.kind == RunDirectory::Kind::written) return store.remove_run_directory(record.name);
  return store.remove_staging(record.name);
}

}  // namespace

bool is_forbidden(const Error& error) { return error.code == EACCES || error.code == EPERM; }

Result<bool> do_inside(const linux::IdMap& ids, const std::function<bool()>& act) {
  auto apart = Apart::make(ids, [&](const linux::Fd&) { return act() ? 0 : 1; });
  if (!apart) return tl::unexpected(apart.error());
  auto told = apart->let_go();
  auto ending = apart->wait();
  if (!told) return tl::unexpected(told.error());
  if (!ending) return tl::unexpected(ending.error());
  return ending->shell_status() == 0;
}

Result<void> remove_run_directory(const RunDirectory& record, const store::ShouldStop& should_stop) {
  auto found = store::Store::open_existing(record.store);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return {};  // it went with its store
  const store::Store& store = **found;
  auto ids = linux::IdMap::from_text(record.ids);
  if (!ids) return tl::unexpected(ids.error());
  std::optional<linux::Fd> lock;
  if (record.kind == RunDirectory::Kind::staging) {
    auto taken = take_staging(store, record.name, should_stop);
    if (!taken) return tl::unexpected(taken.error());
    if (!*taken) return {};
    lock = std::move(*taken);
  }
  if (record.kind == RunDirectory::Kind::written) {
    if (auto ended = wait_for_copier(store, record.name); !ended) return ended;
  }
  auto removed = remove(store, record);
  if (removed || !is_forbidden(removed.error()) || ids->none()) return removed;
  const auto remove_it = [&] { return remove(store, record).has_value(); };
  auto done = do_inside(*ids, remove_it);
  // The ids of a run in another user namespace are not what they are here, where its user may have them all the same.
  if (!done || !*done) {
    if (auto own = linux::automatic_id_map(); own && !own->none() && *own != *ids) done = do_inside(*own, remove_it);
  }
  if (!done) return tl::unexpected(done.error());
  if (*done) return {};
  const std::string folder = record.kind == RunDirectory::Kind::staging ? "/staging/" : "/runs/";
  return failure(EACCES, "remove what the run wrote", record.store + folder + record.name);
}

}  // namespace slipway::run
