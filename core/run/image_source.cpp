#include "core/run/image_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/store/compression.hpp"
#include "core/store/spool.hpp"

namespace slipway::run {
namespace {

constexpr const char* kDoing = "read the image";
constexpr const char* kSaveIt = "docker save IMAGE | slipway run -";
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 30U;  // as much as a worker reads of one

Result<void> copy(const linux::Fd& stream, const linux::Fd& spool, const Interruption& interruption) {
  std::vector<char> buffer(std::size_t{1} << 20U);
  std::uint64_t sum = 0;
  while (true) {
    // A pipe without bytes, or a FIFO that nobody writes to yet, is waited for here and not in read(2).
    if (auto ready = wait_for_input(stream, interruption, kDoing); !ready) return ready;
    const ssize_t count = ::read(stream.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return failure(errno, kDoing);
    if (count == 0 && sum == 0) return failure(0, kDoing, "it is empty", kSaveIt);
    if (count == 0) return {};
    sum += static_cast<std::uint64_t>(count);
    if (sum > kMostBytes) return failure(0, kDoing, "it is longer than 64 GiB");
    if (auto done = linux::write_all(spool, buffer.data(), static_cast<std::size_t>(count)); !done) {
      const bool is_full = done.error().code == ENOSPC || done.error().code == EDQUOT;
      return failure(done.error().code, "keep the image in the store", "",
                     is_full ? "choose another with --store DIR" : "");
    }
  }
}

Result<std::uint64_t> size_of(const linux::Fd& file) {
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return failure(errno, kDoing);
  return static_cast<std::uint64_t>(found.st_size);
}

Result<ImageSource> spooled(const store::Store& store, const linux::Fd& stream, const Interruption& interruption) {
  auto spool = store::make_spool(store);
  if (!spool) return tl::unexpected(spool.error());
  if (auto copied = copy(stream, *spool, interruption); !copied) return tl::unexpected(copied.error());
  auto size = size_of(*spool);
  if (!size) return tl::unexpected(size.error());
  return ImageSource{std::move(*spool), std::nullopt, *size, true, false};
}

Result<void> check_stream(const linux::Fd& stream) {
  struct stat found {};
  if (::fstat(stream.get(), &found) != 0) return failure(errno, kDoing);
  if (S_ISDIR(found.st_mode)) return failure(EISDIR, kDoing, "", "name the directory, instead of -");
  if (::isatty(stream.get()) != 0) return failure(0, kDoing, "it is a terminal", kSaveIt);
  return {};
}

Result<ImageSource> from_stream(const store::Store& store, const linux::Fd& stream, const std::string& name,
                                const Interruption& interruption) {
  auto source = check_stream(stream).and_then([&] { return spooled(store, stream, interruption); });
  if (source) return source;
  Error& error = source.error();
  error.subject = name + (error.subject.empty() ? "" : ": " + error.subject);
  return source;
}

}  // namespace

bool is_standard_input(const plan::ImageUse& use) { return use.source == "-"; }

Result<linux::Fd> take_standard_input() {
  constexpr const char* kTaking = "take the image from standard input";
  linux::Fd input(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!input) return failure(errno, kTaking);
  const linux::Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing || ::dup2(nothing.get(), STDIN_FILENO) < 0) return failure(errno, kTaking);
  return input;
}

Result<ImageSource> open_source(const store::Store& store, const plan::ImageUse& use, const linux::Fd& input,
                                const Interruption& interruption) {
  if (is_standard_input(use)) {
    if (input) return from_stream(store, input, "standard input", interruption);
    const linux::Fd own(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    return from_stream(store, own, "standard input", interruption);
  }
  struct stat found {};
  if (use.source.empty() || ::stat(use.source.c_str(), &found) != 0 || !S_ISFIFO(found.st_mode)) {
    auto source = look_at_source(use);
    struct stat root {};
    const bool is_host = source && source->is_directory && ::stat("/", &root) == 0 && root.st_dev == found.st_dev &&
                         root.st_ino == found.st_ino;
    if (!is_host) return source;
    return failure(0, "use the directory in place", use.source + " is the host's own root",
                   "name a pipeline file or an image archive, or another directory");
  }
  // O_NONBLOCK: a FIFO that nobody writes to would keep open(2) waiting; fifo(7).
  const linux::Fd stream(::open(use.source.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!stream) return failure(errno, "open the image", use.source);
  return from_stream(store, stream, use.source, interruption);
}

Result<std::optional<linux::Fd>> spool_for(const store::Store& store, const linux::Fd& source) {
  struct stat found {};
  if (::fstat(source.get(), &found) != 0) return failure(errno, kDoing);
  if (S_ISDIR(found.st_mode)) return std::nullopt;
  const auto compression = store::compression_of_file(source);
  if (!compression) return tl::unexpected(compression.error());
  if (*compression == store::Compression::none) return std::nullopt;
  auto spool = store::make_spool(store);
  if (!spool) return tl::unexpected(spool.error());
  return std::optional(std::move(*spool));
}

}  // namespace slipway::run
