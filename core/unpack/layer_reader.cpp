#include "core/unpack/layer_reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>

#include "core/unpack/byte_stream.hpp"
#include "core/unpack/digest.hpp"
#include "core/unpack/limits.hpp"
#include "core/unpack/names.hpp"

namespace slipway::unpack {
namespace {

EntryType type_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return EntryType::hard_link;
  switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
      return EntryType::directory;
    case AE_IFLNK:
      return EntryType::symlink;
    case AE_IFCHR:
      return EntryType::character;
    case AE_IFBLK:
      return EntryType::block;
    case AE_IFIFO:
      return EntryType::fifo;
    case AE_IFSOCK:
      return EntryType::socket;
    default:
      return EntryType::file;
  }
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

void read_entry(archive_entry* from, Entry& to) {
  to.name = text_of(archive_entry_pathname(from));
  to.type = type_of(from);
  to.link =
      to.type == EntryType::hard_link ? text_of(archive_entry_hardlink(from)) : text_of(archive_entry_symlink(from));
  to.mode = archive_entry_perm(from);
  to.uid = archive_entry_uid(from);
  to.gid = archive_entry_gid(from);
  const long nanoseconds = archive_entry_mtime_nsec(from);
  constexpr long kSecond_ns = 1'000'000'000;
  to.mtime = {archive_entry_mtime(from), nanoseconds >= 0 && nanoseconds < kSecond_ns ? nanoseconds : 0};
  to.size = archive_entry_size(from) > 0 ? static_cast<std::uint64_t>(archive_entry_size(from)) : 0;
  to.major = static_cast<std::uint32_t>(archive_entry_rdevmajor(from));
  to.minor = static_cast<std::uint32_t>(archive_entry_rdevminor(from));
  to.xattrs.clear();
  archive_entry_xattr_reset(from);
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (archive_entry_xattr_next(from, &name, &value, &size) == ARCHIVE_OK) {
    to.xattrs.emplace_back(text_of(name),
                           value == nullptr ? std::string() : std::string(static_cast<const char*>(value), size));
  }
}

}  // namespace

class LayerReader::Impl : public Content {
 public:
  Impl(const linux::Fd& source, const store::LayerSource& layer)
      : expected_(layer.diff_id), stream_(open_layer(source, layer)) {}

  Result<bool> next_entry(Entry& entry) {
    if (!reader_) {
      if (auto opened = open(); !opened) return tl::unexpected(opened.error());
    }
    archive_entry* found = nullptr;
    const int status = archive_read_next_header(reader_.get(), &found);
    if (status == ARCHIVE_EOF) return false;
    // A warning is a name that is not UTF-8, or an attribute that libarchive does not know: the entry is whole.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged();
    read_entry(found, entry);
    last_name_ = entry.name;
    return true;
  }

  Result<std::optional<Block>> next() override {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(reader_.get(), &data, &size, &offset);
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status != ARCHIVE_OK || offset < 0) return damaged();
    return Block{static_cast<const char*>(data), size, static_cast<std::uint64_t>(offset)};
  }

  Result<void> check_digest() {
    while (true) {
      auto bytes = more_bytes();
      if (!bytes) return tl::unexpected(bytes.error());
      if (bytes->empty()) break;
    }
    const std::string found = digest_.finish();
    if (found == expected_) return {};
    return failure(
        0, "unpack",
        "the layer's content is not what the image names: its digest is " + found + ", expected " + expected_,
        "the archive is damaged or was changed; get it anew");
  }

 private:
  Result<void> open() {
    reader_.reset(archive_read_new());
    archive_read_support_format_tar(reader_.get());
    if (archive_read_open(reader_.get(), this, nullptr, &Impl::more, nullptr) != ARCHIVE_OK) return damaged();
    return {};
  }

  // All bytes go through here, whoever reads them.
  Result<std::span<const char>> more_bytes() {
    auto bytes = stream_->read();
    if (!bytes) return bytes;
    digest_.add(bytes->data(), bytes->size());
    bytes_ += bytes->size();
    if (bytes_ > kMostBytes) return failure(0, "unpack", "the layer holds more than 64 GiB");
    return bytes;
  }

  static la_ssize_t more(archive* reader, void* self, const void** to) {
    auto* impl = static_cast<Impl*>(self);
    auto bytes = impl->more_bytes();
    if (!bytes) {
      impl->problem_ = bytes.error();
      archive_set_error(reader, bytes.error().code, "%s", bytes.error().doing.c_str());
      return -1;
    }
    *to = bytes->data();
    return static_cast<la_ssize_t>(bytes->size());
  }

  tl::unexpected<Error> damaged() {
    if (problem_.code != 0 || !problem_.doing.empty()) return tl::unexpected(problem_);
    const std::string after = last_name_.empty() ? "" : " (at or after '" + printable(last_name_, 200) + "')";
    return failure(0, "unpack", "the layer's tar is damaged or truncated" + after + ": " + archive_words(reader_.get()),
                   "get the image anew");
  }

  std::string expected_;
  std::unique_ptr<ByteStream> stream_;
  Digest digest_{};
  ArchivePointer reader_{};
  std::uint64_t bytes_ = 0;
  std::string last_name_{};
  Error problem_{};
};

LayerReader::LayerReader(const linux::Fd& source, const store::LayerSource& layer)
    : impl_(std::make_unique<Impl>(source, layer)) {}
LayerReader::~LayerReader() = default;
Result<bool> LayerReader::next(Entry& entry) { return impl_->next_entry(entry); }
Content& LayerReader::content() { return *impl_; }
Result<void> LayerReader::check_digest() { return impl_->check_digest(); }

}  // namespace slipway::unpack
