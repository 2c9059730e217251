#include "core/compare/report/export.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "core/compare/outcome/outcome_json.hpp"
#include "core/linux/fd.hpp"
#include "core/linux/random.hpp"

namespace slipway::compare {
namespace {

constexpr std::string_view kDoing = "write the result";
constexpr std::string_view kHint = "nothing was changed there; name a file in a place with room that you may write to";
constexpr std::size_t kSuffixBytes = 8;
constexpr mode_t kMode = 0666;  // what the umask leaves of it

/// A file built beside the one that it is to become; removed with this unless it got there.
class Beside {
 public:
  static Result<Beside> make(const std::string& path) {
    const auto suffix = linux::random_hex(kSuffixBytes);
    if (!suffix) return tl::unexpected(suffix.error());
    const std::filesystem::path aim(path);
    const std::string name = "." + aim.filename().string() + ".new-" + *suffix;
    Beside beside((aim.parent_path() / name).string());
    beside.file_ = linux::Fd(::open(beside.path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
    if (!beside.file_) {
      const int code = errno;
      beside.path_.clear();
      return failure(code, kDoing, path, kHint);
    }
    return beside;
  }
  Beside(Beside&& other) noexcept : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}
  Beside& operator=(Beside&&) = delete;
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    if (!path_.empty()) (void)::unlink(path_.c_str());
  }

  [[nodiscard]] const linux::Fd& file() const { return file_; }
  Result<void> become(const std::string& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) return failure(errno, kDoing, path, kHint);
    path_.clear();
    return {};
  }

 private:
  explicit Beside(std::string path) : path_(std::move(path)) {}
  std::string path_;
  linux::Fd file_{};
};

/// Where a link leads; the path itself where nothing is there yet.
std::string followed(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? real.get() : path;
}

enum class Found { nothing, file, stream };

Result<Found> look_at(const std::string& path) {
  struct stat status {};
  if (path.empty()) return failure(ENOENT, kDoing, "", "name a file");
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return failure(errno, kDoing, path, kHint);
    return Found::nothing;
  }
  if (S_ISDIR(status.st_mode)) return failure(EISDIR, kDoing, path, "name a file in it");
  return S_ISREG(status.st_mode) ? Found::file : Found::stream;
}

Result<void> put_whole(const std::string& path, Found found, std::string_view bytes) {
  const std::string aim = found == Found::file ? followed(path) : path;
  auto beside = Beside::make(aim);
  if (!beside) return tl::unexpected(beside.error());
  struct stat before {};
  if (found == Found::file && ::stat(aim.c_str(), &before) == 0)
    (void)::fchmod(beside->file().get(), before.st_mode & 07777U);
  if (auto written = linux::write_all(beside->file(), bytes); !written)
    return failure(written.error().code, kDoing, path, kHint);
  if (::fsync(beside->file().get()) != 0) return failure(errno, kDoing, path, kHint);
  return beside->become(aim);
}

Result<void> put_into(const std::string& path, std::string_view bytes) {
  const linux::Fd stream(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!stream) return failure(errno, kDoing, path);
  if (auto written = linux::write_all(stream, bytes); !written) return failure(written.error().code, kDoing, path);
  return {};
}

}  // namespace

std::string in_format(Format format, const Outcome& outcome) {
  switch (format) {
    case Format::json:
      return to_json(outcome);
    case Format::csv:
      return to_csv(outcome);
    case Format::markdown:
      return to_markdown(outcome);
    case Format::hyperfine:
      return to_hyperfine(outcome);
    case Format::html:
      return to_html(outcome);
  }
  return {};
}

Result<void> export_as(Format format, const Outcome& outcome, const std::string& path) {
  const auto found = look_at(path);
  if (!found) return tl::unexpected(found.error());
  const std::string text = in_format(format, outcome);
  return *found == Found::stream ? put_into(path, text) : put_whole(path, *found, text);
}

Result<void> check_export(const std::string& path) {
  const auto found = look_at(path);
  if (!found) return tl::unexpected(found.error());
  if (*found == Found::stream) {
    if (::access(path.c_str(), W_OK) != 0) return failure(errno, kDoing, path, kHint);
    return {};
  }
  const auto beside = Beside::make(*found == Found::file ? followed(path) : path);
  if (!beside) return tl::unexpected(beside.error());
  return {};
}

}  // namespace slipway::compare
