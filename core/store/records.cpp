#include "core/store/records.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <vector>

#include "core/linux/file_lock.hpp"
#include "core/linux/listing.hpp"
#include "core/linux/random.hpp"
#include "core/store/entry.hpp"
#include "core/store/store.hpp"

namespace slipway::store {
namespace {

constexpr std::string_view kBeside = ".new-";
constexpr std::size_t kSuffixBytes = 8;
constexpr std::size_t kMostStarts = 512;  // some tens of kilobytes each

// Who has the directory to himself knows that nobody is at any of these.
void remove_half_written(const linux::Fd& directory) {
  (void)linux::list(directory, [&](const std::string& name) {
    if (is_half_written(name)) (void)::unlinkat(directory.get(), name.c_str(), 0);
    return true;
  });
}

// An open file description of its own: the lock goes with it, and the caller may hold others.
Result<linux::Fd> enter(const linux::Fd& directory) {
  linux::Fd own(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) return failure(errno, "open the records' directory");
  if (linux::try_lock(own, linux::Lock::exclusive).value_or(false)) remove_half_written(own);
  // Who waits here hears no signal, and who holds it may be a clean that was stopped.
  constexpr int kPatience_ms = 200;
  auto locked = linux::lock_within(own, linux::Lock::shared, kPatience_ms);
  if (!locked) return tl::unexpected(locked.error());
  if (!*locked)
    return failure(EBUSY, "enter the records' directory", "", "another slipway works on the store: try again");
  return own;
}

}  // namespace

Result<void> put_file(const linux::Fd& directory, const std::string& name, std::string_view bytes) {
  const auto suffix = linux::random_hex(kSuffixBytes);
  if (!suffix) return tl::unexpected(suffix.error());
  const auto entered = enter(directory);
  if (!entered) return tl::unexpected(entered.error());
  const std::string beside = name + std::string(kBeside) + *suffix;
  const linux::Fd file(::openat(directory.get(), beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return failure(errno, "write", name);
  auto written = linux::write_all(file, bytes);
  if (written && ::fsync(file.get()) != 0) written = failure(errno, "write", name);
  if (written && ::renameat(directory.get(), beside.c_str(), directory.get(), name.c_str()) != 0) {
    const bool is_folder = errno == EISDIR;
    written = failure(errno, "write", name, is_folder ? kDamaged : "");
  }
  if (!written) ::unlinkat(directory.get(), beside.c_str(), 0);
  return written;
}

bool is_half_written(std::string_view name) {
  const std::size_t at = name.rfind(kBeside);
  if (at == std::string_view::npos) return false;
  const std::string_view suffix = name.substr(at + kBeside.size());
  return suffix.size() == 2 * kSuffixBytes && suffix.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<void> make_room(const linux::Fd& directory, std::size_t most) {
  std::vector<std::pair<std::int64_t, std::string>> files;
  auto listed = linux::list(directory, [&](const std::string& name) {
    struct stat status {};
    if (name[0] == '.' || ::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return true;
    files.emplace_back(status.st_mtim.tv_sec, name);
    return true;
  });
  if (!listed) return listed;
  if (files.size() < most) return {};
  std::sort(files.begin(), files.end());
  files.resize(files.size() - most + 1);
  for (const auto& [age, name] : files) (void)::unlinkat(directory.get(), name.c_str(), 0);
  return {};
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

}  // namespace slipway::store
