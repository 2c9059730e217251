#include "core/store/spool.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/linux/random.hpp"

namespace slipway::store {
namespace {

constexpr const char* kDoing = "make a file for the image in the store";
constexpr mode_t kOwnOnly = 0600;

}  // namespace

Result<linux::Fd> make_spool(const Store& store) {
  const auto staging = store.open_folder("staging");
  if (!staging) return tl::unexpected(staging.error());
  // O_EXCL: whoever holds the descriptor can give the file no name either; open(2).
  linux::Fd file(::openat(staging->get(), ".", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, kOwnOnly));
  if (file) return file;
  const bool is_unknown_here = errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL;
  if (!is_unknown_here) return failure(errno, kDoing, store.path());
  constexpr std::size_t kNameBytes = 8;
  const auto suffix = linux::random_hex(kNameBytes);
  if (!suffix) return tl::unexpected(suffix.error());
  const std::string name = "spool." + *suffix;
  file = linux::Fd(::openat(staging->get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnOnly));
  if (!file) return failure(errno, kDoing, store.path());
  if (::unlinkat(staging->get(), name.c_str(), 0) != 0) return failure(errno, kDoing, store.path());
  return file;
}

}  // namespace slipway::store
