#include "core/unpack/source_index.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/store/compression.hpp"
#include "core/unpack/byte_stream.hpp"
#include "core/unpack/limits.hpp"

namespace slipway::unpack {
namespace {

constexpr const char* kDoing = "read the image's archive";
constexpr std::uint64_t kBlock = 512;
constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

// libarchive's window on the source. Skipping is what makes indexing cost a read for each header only.
struct Window {
  const linux::Fd& source;
  std::uint64_t at = 0, size = 0;
  std::array<char, 16384> buffer{};

  static la_ssize_t read(archive* reader, void* self, const void** bytes) {
    auto* window = static_cast<Window*>(self);
    ssize_t count = 0;
    do {
      count =
          ::pread(window->source.get(), window->buffer.data(), window->buffer.size(), static_cast<off_t>(window->at));
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
    case AE_IFREG:
      return 'f';
    case AE_IFDIR:
      return 'd';
    case AE_IFLNK:
      return 'l';
    default:
      return 'o';
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
  // What came here compressed has been unfolded by now, so this is compressed once more.
  const store::Compression compression = store::compression_by(bytes);
  if (compression == store::Compression::none) return {};
  return failure(0, kDoing, "it is compressed twice, the second time with " + std::string(store::to_word(compression)),
                 "decompress it once");
}

// Where the entry's data lies is known once all of its headers have been consumed and none of its data.
SourceEntry read_entry(archive* reader, archive_entry* entry) {
  SourceEntry one;
  one.name = text_of(archive_entry_pathname(entry));
  one.type = type_of(entry);
  one.link = one.type == 'h' ? text_of(archive_entry_hardlink(entry)) : text_of(archive_entry_symlink(entry));
  const la_int64_t size = archive_entry_size(entry);
  one.size = one.type == 'f' && size > 0 ? static_cast<std::uint64_t>(size) : 0;
  one.offset = static_cast<std::uint64_t>(archive_filter_bytes(reader, 0));
  return one;
}

Result<void> check_place(const SourceEntry& entry, std::uint64_t source_size) {
  const std::string name = "'" + printable(entry.name, 200) + "'";
  if (entry.offset <= source_size && entry.size <= source_size - entry.offset) return {};
  return failure(0, kDoing,
                 "it is truncated: " + name + " goes to byte " + std::to_string(entry.offset + entry.size) +
                     ", the file ends at " + std::to_string(source_size),
                 "get it anew");
}

// Two blocks of zeros, of which GNU tar writes one at times; tar(5). Without them, what ends between two entries would
// count as whole.
Result<void> check_end(const linux::Fd& source, std::uint64_t end_of_data) {
  std::array<char, kBlock> block{};
  const std::uint64_t at = (end_of_data + kBlock - 1) / kBlock * kBlock;
  const ssize_t count = ::pread(source.get(), block.data(), block.size(), static_cast<off_t>(at));
  if (count < 0) return failure(errno, kDoing);
  if (count == static_cast<ssize_t>(kBlock) && std::all_of(block.begin(), block.end(), [](char c) { return c == 0; }))
    return {};
  return failure(0, kDoing, "it is truncated: the mark that ends an archive is missing", "get it anew");
}

// Out of a pipe slipway reads images alone.
bool is_pipeline(const linux::Fd& source) {
  char first = 0;
  return ::pread(source.get(), &first, 1, 0) == 1 && first == '{';
}

tl::unexpected<Error> unreadable(archive* reader, const linux::Fd& source, const std::vector<SourceEntry>& before) {
  if (before.empty() && is_pipeline(source)) {
    return failure(0, kDoing, "it is not an archive, but may be a pipeline",
                   "a pipeline has to be a file that is named: slipway run pipeline.json");
  }
  if (before.empty()) {
    return failure(0, kDoing, "it is not an archive that slipway can read",
                   "give one that docker save, crane export or tar wrote");
  }
  return failure(
      0, kDoing,
      "it is damaged or truncated after '" + printable(before.back().name, 200) + "': " + archive_words(reader),
      "get it anew");
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
  if (archive_read_open2(reader.get(), &window, nullptr, &Window::read, &Window::skip, nullptr) != ARCHIVE_OK) {
    return unreadable(reader.get(), source, index.entries_);
  }
  std::uint64_t previous_end = 0;
  archive_entry* entry = nullptr;
  while (true) {
    const int found = archive_read_next_header(reader.get(), &entry);
    if (found == ARCHIVE_EOF) {
      // Of the header that was looked for last, and not found: there the mark is, behind the padding.
      const auto end = static_cast<std::uint64_t>(archive_read_header_position(reader.get()));
      if (auto ended = check_end(source, end); !ended) return tl::unexpected(ended.error());
      return index;
    }
    if (found != ARCHIVE_OK && found != ARCHIVE_WARN) return unreadable(reader.get(), source, index.entries_);
    if (index.entries_.size() == kMostSourceEntries) {
      return failure(0, kDoing, "it has more than " + std::to_string(kMostSourceEntries) + " entries");
    }
    SourceEntry one = read_entry(reader.get(), entry);
    // libarchive's own account of where headers begin has to agree with where the data before them ended. A file in
    // pieces has no one place, and is no part of an image but in a root filesystem, where nobody looks for it.
    const auto header = static_cast<std::uint64_t>(archive_read_header_position(reader.get()));
    const bool is_in_place = previous_end == kUnknown || (header >= previous_end && header - previous_end < kBlock);
    const bool is_whole = archive_entry_sparse_count(entry) == 0 && is_in_place && one.offset % kBlock == 0;
    if (!is_whole) {
      one.type = 'o';
      one.size = 0;
    }
    if (auto placed = check_place(one, index.size_); !placed) return tl::unexpected(placed.error());
    previous_end = is_whole ? one.offset + one.size : kUnknown;
    index.by_name_[without_dot(one.name)] = index.entries_.size();
    index.entries_.push_back(std::move(one));
  }
}

const SourceEntry* SourceIndex::find(std::string_view name) const {
  const auto found = by_name_.find(without_dot(name));
  return found == by_name_.end() ? nullptr : &entries_[found->second];
}

}  // namespace slipway::unpack
