#include "core/unpack/byte_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/unpack/limits.hpp"

namespace slipway::unpack {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} << 10U;

class Plain : public ByteStream {
 public:
  Plain(const linux::Fd& source, store::Range range) : source_(source), at_(range.offset), left_(range.size) {}

  Result<std::span<const char>> read() override {
    if (left_ == 0) return std::span<const char>();
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer_.size()));
    ssize_t count = 0;
    do {
      count = ::pread(source_.get(), buffer_.data(), wanted, static_cast<off_t>(at_));
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failure(errno, "read the image's source");
    if (count == 0) return failure(0, "read the image's source: it became shorter meanwhile");
    at_ += static_cast<std::uint64_t>(count);
    left_ -= static_cast<std::uint64_t>(count);
    return std::span<const char>(buffer_.data(), static_cast<std::size_t>(count));
  }

 private:
  const linux::Fd& source_;
  std::uint64_t at_, left_;
  std::vector<char> buffer_ = std::vector<char>(kBuffer);
};

void support_filter(archive* reader, store::Compression compression) {
  switch (compression) {
    case store::Compression::gzip:
      archive_read_support_filter_gzip(reader);
      break;
    case store::Compression::zstd:
      archive_read_support_filter_zstd(reader);
      break;
    case store::Compression::xz:
      archive_read_support_filter_xz(reader);
      break;
    case store::Compression::bzip2:
      archive_read_support_filter_bzip2(reader);
      break;
    case store::Compression::none:
      break;
  }
}

// libarchive with one filter and no format: its "raw" entry is the decompressed stream.
class Unpacked : public ByteStream {
 public:
  Unpacked(const linux::Fd& source, store::Range range, store::Compression compression, const char* what)
      : packed_(source, range), packed_size_(range.size), compression_(compression), what_(what) {}

  Result<std::span<const char>> read() override {
    if (!reader_) {
      if (auto opened = open(); !opened) return tl::unexpected(opened.error());
    }
    if (at_end_) return std::span<const char>();
    const ssize_t count = archive_read_data(reader_.get(), buffer_.data(), buffer_.size());
    if (count < 0) return damaged();
    at_end_ = count == 0;
    bytes_ += static_cast<std::uint64_t>(count);
    if (bytes_ > kRatioFrom && bytes_ / kLargestRatio > packed_size_) {
      return failure(0, "unpack",
                     std::string(what_) + " unfolds to more than " + std::to_string(kLargestRatio) + " times its size",
                     "this is what archives made to fill disks do; unpack it by other means if you trust it");
    }
    return std::span<const char>(buffer_.data(), static_cast<std::size_t>(count));
  }

 private:
  Result<void> open() {
    reader_.reset(archive_read_new());
    archive_read_support_format_raw(reader_.get());
    support_filter(reader_.get(), compression_);
    archive_entry* entry = nullptr;
    if (archive_read_open(reader_.get(), this, nullptr, &Unpacked::more, nullptr) != ARCHIVE_OK ||
        archive_read_next_header(reader_.get(), &entry) != ARCHIVE_OK) {
      return damaged();
    }
    // Without the magic number the filter does not come in, and raw would pass the bytes on as they are.
    if (archive_filter_count(reader_.get()) != 2) {
      return failure(0, "unpack",
                     std::string(what_) + " is not compressed with " + std::string(store::to_word(compression_)),
                     "the image is damaged; get it anew");
    }
    return {};
  }

  tl::unexpected<Error> damaged() {
    if (problem_.code != 0 || !problem_.doing.empty()) return tl::unexpected(problem_);
    return failure(0, "unpack",
                   std::string(what_) + "'s " + std::string(store::to_word(compression_)) +
                       " data is damaged or truncated: " + archive_words(reader_.get()),
                   "get the image anew");
  }

  static la_ssize_t more(archive* reader, void* self, const void** bytes) {
    auto* stream = static_cast<Unpacked*>(self);
    auto read = stream->packed_.read();
    if (!read) {
      stream->problem_ = read.error();
      archive_set_error(reader, read.error().code, "%s", read.error().doing.c_str());
      return -1;
    }
    *bytes = read->data();
    return static_cast<la_ssize_t>(read->size());
  }

  Plain packed_;
  std::uint64_t packed_size_;
  store::Compression compression_;
  const char* what_;
  ArchivePointer reader_{};
  Error problem_{};
  std::uint64_t bytes_ = 0;
  bool at_end_ = false;
  std::vector<char> buffer_ = std::vector<char>(kBuffer);
};

}  // namespace

void ArchiveFree::operator()(archive* reader) const { archive_read_free(reader); }

std::string archive_words(archive* reader) {
  const char* words = archive_error_string(reader);
  return words == nullptr ? "no reason given" : printable(words, 200);
}

std::unique_ptr<ByteStream> open_bytes(const linux::Fd& source, store::Range range, store::Compression compression,
                                       const char* what) {
  if (compression == store::Compression::none) return std::make_unique<Plain>(source, range);
  return std::make_unique<Unpacked>(source, range, compression, what);
}

}  // namespace slipway::unpack
