#include "core/run/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/linux/listing.hpp"
#include "core/run/failure.hpp"
#include "core/run/ids.hpp"
#include "core/run/image.hpp"
#include "core/run/removal.hpp"
#include "core/run/signals.hpp"
#include "core/store/remove_tree.hpp"

namespace slipway::run {
namespace {

Findings as_findings(const Error& error) { return failure_of(error).findings; }

struct Target {
  linux::Fd directory{};
  bool is_new = false;
  struct stat before {};
};

// Whether the directory's owner, mode and times can become those of the image's root.
bool is_ours(const struct stat& directory, const linux::IdMap& ids) {
  if (ids.none()) return ::geteuid() == 0 || directory.st_uid == ::geteuid();
  return std::any_of(ids.uids.begin(), ids.uids.end(), [&](const linux::IdRange& range) {
    return directory.st_uid >= range.outside && directory.st_uid - range.outside < range.count;
  });
}

Result<Target> open_target(const std::string& path, const linux::IdMap& ids) {
  constexpr mode_t kUsualMode = 0755;
  constexpr const char* kHint = "name a directory that is empty or does not exist, in one that does";
  const bool is_new = ::mkdir(path.c_str(), kUsualMode) == 0;
  if (!is_new && errno != EEXIST) return failure(errno, "make directory", path, kHint);
  linux::Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return failure(errno, "open directory", path, kHint);
  auto empty = linux::is_empty(directory);
  if (!empty) return failure(empty.error().code, "read the directory", path);
  if (!*empty) return failure(ENOTEMPTY, "unpack into", path, kHint);
  struct stat before {};
  if (::fstat(directory.get(), &before) != 0) return failure(errno, "look at directory", path);
  if (!is_ours(before, ids)) {
    return failure(EPERM, "unpack into", path + ", which belongs to user " + std::to_string(before.st_uid),
                   "name a directory of your own, or one that does not exist");
  }
  return Target{std::move(directory), is_new, before};
}

Result<void> empty_again(const Target& target, const linux::IdMap& ids, bool take_back) {
  if (!ids.none()) {
    auto emptied = do_inside(ids, [&] {
      return store::empty_directory(target.directory) && (!take_back || ::fchown(target.directory.get(), 0, 0) == 0);
    });
    if (!emptied) return tl::unexpected(emptied.error());
    if (!*emptied) return failure(EACCES, "empty the directory again");
    return {};
  }
  if (auto emptied = store::empty_directory(target.directory); !emptied) return emptied;
  if (take_back && ::fchown(target.directory.get(), target.before.st_uid, target.before.st_gid) != 0)
    return failure(errno, "take back the directory");
  return {};
}

// A worker that was killed had no time to clear up, and one that failed may have given the directory the owner and mode
// that the image's root has.
Result<void> restore(const Target& target, const linux::IdMap& ids) {
  const int directory = target.directory.get();
  const struct stat& before = target.before;
  struct stat now {};
  if (::fstat(directory, &now) != 0) return failure(errno, "look at the directory");
  const bool take_back = now.st_uid != before.st_uid || now.st_gid != before.st_gid;
  if (auto emptied = empty_again(target, ids, take_back); !emptied) return emptied;
  // Root of the user namespace has the user's first group only; another one can be set where the user is in it.
  if (take_back && ::fchown(directory, before.st_uid, before.st_gid) != 0 && errno != EPERM)
    return failure(errno, "give the directory its group back");
  if (now.st_mode != before.st_mode && ::fchmod(directory, before.st_mode & 07777U) != 0)
    return failure(errno, "give the directory its mode back");
  const std::array times = {before.st_atim, before.st_mtim};
  (void)::futimens(directory, times.data());
  return {};
}

}  // namespace

tl::expected<int, Findings> unpack_image(const plan::Blueprint& blueprint, const std::string& store_path,
                                         const std::string& path, Findings& notes) {
  const auto failed = [](const Error& error) { return tl::unexpected(as_findings(error)); };
  auto signals = Signals::take();
  if (!signals) return failed(signals.error());
  int asked_to_end = 0;
  const Interruption interruption{&signals->descriptor(), [&] {
                                    while (const auto signal = signals->next()) {
                                      if (asks_to_end(*signal)) asked_to_end = *signal;
                                    }
                                    return asked_to_end != 0;
                                  }};
  auto ids = ids_of(blueprint.isolation());
  if (!ids) return failed(ids.error());
  ids = unpacking_ids(*ids);
  auto store = open_store(store_path);
  if (!store) return failed(store.error());
  auto image = resolve_image(*store, blueprint, *ids, interruption);
  if (!image && asked_to_end != 0) return asked_to_end;
  if (!image) return tl::unexpected(image.error());
  auto target = open_target(path, *ids);
  if (!target) return failed(target.error());
  auto merged = merge_image(*store, blueprint, *image, target->directory, *ids, interruption, notes);
  if (merged) return 0;
  Findings findings;
  if (asked_to_end == 0) findings = as_findings(merged.error().error);
  auto restored = restore(*target, *ids);
  if (restored && target->is_new && ::rmdir(path.c_str()) != 0) restored = failure(errno, "remove the directory again");
  if (!restored) {
    restored.error().subject = path;
    for (Finding& finding : as_findings(restored.error())) findings.push_back(std::move(finding));
  }
  if (findings.empty()) return asked_to_end;
  return tl::unexpected(std::move(findings));
}

}  // namespace slipway::run
