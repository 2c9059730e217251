#include "core/compare/running/alone.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/linux/file_lock.hpp"
#include "core/run/runtime_directory.hpp"

namespace slipway::compare {
namespace {

constexpr const char* kName = "compare.lock";
constexpr const char* kDoing = "take the lock of comparisons";
constexpr std::size_t kLongestNumber = 32;

/// Whether the file still has its name: who held it before may have removed it meanwhile.
bool is_there(const linux::Fd& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) == 0 && found.st_nlink > 0;
}

std::string number_in(const linux::Fd& file) {
  std::string text(kLongestNumber, '\0');
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  text.resize(std::min(text.find('\n'), text.size()));
  return text;
}

}  // namespace

Result<Alone> Alone::take() {
  const std::string path = run::runtime_directory();
  if (auto made = run::make_runtime_directory(path); !made) return tl::unexpected(made.error());
  auto directory = run::open_runtime_directory(path);
  if (!directory) return tl::unexpected(directory.error());
  while (true) {
    linux::Fd file(::openat(directory->get(), kName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file) return failure(errno, kDoing, path + "/" + kName);
    const auto locked = linux::try_lock(file, linux::Lock::exclusive);
    if (!locked) return tl::unexpected(locked.error());
    if (!*locked) {
      const std::string other = number_in(file);
      return failure(0, "another comparison goes on",
                     other.empty() ? "" : "process " + printable(other, kLongestNumber),
                     "two at once would measure each other; wait for its end");
    }
    if (!is_there(file)) continue;
    const std::string own = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file.get(), 0) != 0) return failure(errno, kDoing, path);
    if (auto written = linux::write_all(file, own); !written) return failure(written.error().code, kDoing, path);
    return Alone(std::move(*directory), std::move(file));
  }
}

Alone::~Alone() {
  // While it is held: nobody else can have it, and who waits at its name looks whether it is still there.
  if (file_) (void)::unlinkat(directory_.get(), kName, 0);
}

}  // namespace slipway::compare
