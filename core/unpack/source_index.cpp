#include "core/unpack/source_index.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/unpack/byte_stream.hpp"
#include "core/unpack/limits.hpp"

namespace slipway::unpack {
namespace {

constexpr const char* kDoing = "read the image's archive";
constexpr std::uint64_t kBlock = 512;

struct Magic {
  std::string_view bytes;
  const char* hint;
};
constexpr std::array kCompressed = {
    Magic{"\x1f\x8b", "decompress it first: gunzip FILE"},
    Magic{"\x28\xb5\x2f\xfd", "decompress it first: unzstd FILE"},
    Magic{std::string_view("\xfd" "7zXZ\0", 6), "decompress it first: unxz FILE"},
    Magic{"BZh", "decompress it first: bunzip2 FILE"},
};

// libarchive's window on the source. Skipping is what makes indexing cost a read for each header only.
struct Window {
  const linux::Fd& source;
  std::uint64_t at = 0, size = 0;
  std::array<char, 16384> buffer{};

  static la_ssize_t read(archive* reader, void* self, const void** bytes) {
    auto* window = static_cast<Window*>(self);
    ssize_t count = 0;
    do {
      count = ::pread(window->source.get(), window->buffer.data(), window->buffer.size(), static_cast<off_t>(window->at));
    } while (count < 0 && errno == EINTR);
    if (count < 0) archive_set_error(reader, errno, "reading failed");
    if (count > 0) window->at += static_cast<std::uint64_t>(count);
    *bytes = window->buffer.data();
    return count;
  }

  static la_int64_t skip(archive*, void* self, la_int64_t request) {
    auto* window = static_cast<Window*>(self);
    const std::uint64_t left = window->size - std::min(window->at, window->size);
    const std::uint64_t skipped = std::min(left, static_cast<std::uint64_t>(std::max<la_int64_t>(request, 0)));
    window->at += skipped;
    return static_cast<la_int64_t>(skipped);
  }
};

char type_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return 'h';
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG: return 'f';
    case AE_IFDIR: return 'd';
    case AE_IFLNK: return 'l';
    default: return 'o';
  }
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

std::string without_dot(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  return std::string(name);
}

Result<void> check_first_bytes(const linux::Fd& source) {
  std::array<char, 8> first{};
  const ssize_t count = ::pread(source.get(), first.data(), first.size(), 0);
  if (count < 0) return failure(errno, kDoing);
  if (count == 0) return failure(0, kDoing, "it is empty", "make it with: docker save -o FILE IMAGE");
  const std::string_view bytes(first.data(), static_cast<std::size_t>(count));
  for (const Magic& magic : kCompressed) {
    if (bytes.starts_with(magic.bytes)) return failure(0, kDoing, "it is compressed", magic.hint);
  }
  return {};
}

}  // namespace

Result<SourceIndex> SourceIndex::read(const linux::Fd& source) {
  struct stat status {};
  if (::fstat(source.get(), &status) != 0) return failure(errno, kDoing);
  if (!S_ISREG(status.st_mode)) return failure(0, kDoing, "it is no file", "give the archive that docker save wrote");
  if (auto first = check_first_bytes(source); !first) return tl::unexpected(first.error());

  SourceIndex index;
  index.size_ = static_cast<std::uint64_t>(status.st_size);
  Window window{source, 0, index.size_};
  const ArchivePointer reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  const int opened = archive_read_open2(reader.get(), &window, nullptr, &Window::read, &Window::skip, nullptr);
  std::uint64_t previous_end = 0;
  archive_entry* entry = nullptr;
  for (int found = opened; found == opened || found == ARCHIVE_OK || found == ARCHIVE_WARN;) {
    found = opened == ARCHIVE_OK ? archive_read_next_header(reader.get(), &entry) : ARCHIVE_FATAL;
    if (found == ARCHIVE_EOF) break;
    if (found != ARCHIVE_OK && found != ARCHIVE_WARN) {
      if (index.entries_.empty()) {
        return failure(0, kDoing, "it is not an archive that slipway can read", "give one that docker save wrote");
      }
      return failure(0, kDoing,
                     "it is damaged or truncated after '" + printable(index.entries_.back().name, 200) +
                         "': " + archive_words(reader.get()),
                     "get it anew");
    }
    if (index.entries_.size() == kMostSourceEntries) {
      return failure(0, kDoing, "it has more than " + std::to_string(kMostSourceEntries) + " entries");
    }
    SourceEntry one;
    one.name = text_of(archive_entry_pathname(entry));
    one.type = type_of(entry);
    one.link = one.type == 'h' ? text_of(archive_entry_hardlink(entry)) : text_of(archive_entry_symlink(entry));
    one.size = one.type == 'f' && archive_entry_size(entry) > 0 ? static_cast<std::uint64_t>(archive_entry_size(entry)) : 0;
    // All headers of the entry have been consumed and none of its data, so this is where its data begins.
    one.offset = static_cast<std::uint64_t>(archive_filter_bytes(reader.get(), 0));
    const bool sparse = archive_entry_sparse_count(entry) > 0;
    const bool in_order = static_cast<std::uint64_t>(archive_read_header_position(reader.get())) >= previous_end;
    if (sparse || !in_order || one.offset % kBlock != 0) {
      return failure(0, kDoing, "its entry '" + printable(one.name, 200) + "' is stored in pieces",
                     "write the archive anew, without sparse files");
    }
    if (one.offset > index.size_ || one.size > index.size_ - one.offset) {
      return failure(0, kDoing,
                     "it is truncated: '" + printable(one.name, 200) + "' goes to byte " +
                         std::to_string(one.offset + one.size) + ", the file ends at " + std::to_string(index.size_),
                     "get it anew");
    }
    previous_end = one.offset + one.size;
    index.by_name_[without_dot(one.name)] = index.entries_.size();
    index.entries_.push_back(std::move(one));
  }
  return index;
}

const SourceEntry* SourceIndex::find(std::string_view name) const {
  const auto found = by_name_.find(without_dot(name));
  return found == by_name_.end() ? nullptr : &entries_[found->second];
}

}  // namespace slipway::unpack
