#include "core/steps/image_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/report/report.hpp"

namespace slipway::steps {

// A file of the image: regular, bounded, and empty when it is not there.
ImageText image_text(const linux::Fd& root, const char* path) {
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  // O_NONBLOCK: an image may have a FIFO in its place, and opening that would wait for ever.
  auto file = linux::open_inside(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) {
    const int code = file.error().code;
    return {{}, code == ENOENT ? "" : std::string(path) + " cannot be read: " + errno_words(code)};
  }
  struct stat found {};
  if (::fstat(file->get(), &found) != 0 || !S_ISREG(found.st_mode)) return {{}, std::string(path) + " is no file"};
  auto text = linux::read_all(*file, kLargest);
  if (!text) return {{}, std::string(path) + " is not read: it is larger than 1 MiB"};
  return {std::move(*text), {}};
}

}  // namespace slipway::steps
