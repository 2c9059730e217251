#include "core/unpack/source.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "core/linux/listing.hpp"
#include "core/unpack/limits.hpp"

namespace slipway::unpack {
namespace {

// An image has at most 128 layers, a configuration and some indexes.
constexpr std::size_t kMostFiles = 1024;
constexpr std::size_t kMostListed = 65536;
constexpr int kDeepest = 64;

linux::Fd open_beneath(const linux::Fd& root, const std::string& name, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return linux::Fd(static_cast<int>(::syscall(SYS_openat2, root.get(), name.c_str(), &how, sizeof how)));
}

std::string_view relative(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  while (name.ends_with('/')) name.remove_suffix(1);
  return name;
}

std::string link_of(const linux::Fd& link) {
  std::string text(PATH_MAX, '\0');
  const ssize_t size = ::readlinkat(link.get(), "", text.data(), text.size());
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

}  // namespace

bool Source::read(std::uint32_t number, std::uint64_t offset, void* to, std::uint64_t size) const {
  const linux::Fd* const from = file(number);
  const std::uint64_t end = this->size(number);
  if (from == nullptr || offset > end || size > end - offset) return false;
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = ::pread(from->get(), at, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    offset += static_cast<std::uint64_t>(count);
    size -= static_cast<std::uint64_t>(count);
  }
  return true;
}

Result<std::unique_ptr<ArchiveSource>> ArchiveSource::open(const linux::Fd& file) {
  auto index = SourceIndex::read(file);
  if (!index) return tl::unexpected(index.error());
  return std::unique_ptr<ArchiveSource>(new ArchiveSource(file, std::move(*index)));
}

const SourceEntry* ArchiveSource::entry(std::uint64_t index) {
  return index < index_.entries().size() ? &index_.entries()[index] : nullptr;
}

const SourceEntry* ArchiveSource::find(std::string_view name) { return index_.find(name); }

Result<linux::Fd> open_file_below(const linux::Fd& directory, const std::string& name) {
  // O_NONBLOCK, because a FIFO would keep open(2) waiting for a writer.
  linux::Fd file = open_beneath(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return failure(errno, "open the image's file", name);
  if (!S_ISREG(status.st_mode)) return failure(0, "open the image's file", name + ": it is no file");
  return file;
}

const SourceEntry* DirectorySource::find(std::string_view name) {
  const std::string wanted(relative(name));
  if (wanted.empty()) return nullptr;
  auto known = found_.find(wanted);
  if (known == found_.end()) {
    linux::Fd there = open_beneath(root_, wanted, O_PATH);
    if (!there) there = open_beneath(root_, wanted, O_PATH | O_NOFOLLOW);  // a link that leads out, or nowhere
    struct stat status {};
    if (!there || ::fstat(there.get(), &status) != 0) return nullptr;
    SourceEntry entry;
    entry.name = wanted;
    if (S_ISDIR(status.st_mode)) entry.type = 'd';
    if (S_ISLNK(status.st_mode)) {
      entry.type = 'l';
      entry.link = link_of(there);
    }
    if (S_ISREG(status.st_mode) && files_.size() < kMostFiles) {
      auto file = open_file_below(root_, wanted);
      if (!file || ::fstat(file->get(), &status) != 0) return nullptr;
      entry.type = 'f';
      entry.size = static_cast<std::uint64_t>(status.st_size);
      entry.source = static_cast<std::uint32_t>(files_.size());
      files_.push_back({wanted, entry.size, std::move(*file)});
    }
    known = found_.emplace(wanted, std::move(entry)).first;
  }
  return name.ends_with('/') && known->second.type != 'd' ? nullptr : &known->second;
}

void DirectorySource::list(const std::string& name, int depth) {
  const linux::Fd directory = open_beneath(root_, name.empty() ? "." : name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return;
  std::vector<std::string> below;
  (void)linux::list(directory, [&](const std::string& part) {
    below.push_back(name.empty() ? part : name + "/" + part);
    return names_->size() + below.size() < kMostListed;
  });
  for (std::string& one : below) {
    names_->push_back(one);
    if (depth < kDeepest && names_->size() < kMostListed) list(one, depth + 1);
  }
}

const SourceEntry* DirectorySource::entry(std::uint64_t index) {
  if (!names_) {
    names_.emplace();
    list("", 0);
  }
  return index < names_->size() ? find((*names_)[index]) : nullptr;
}

const linux::Fd* DirectorySource::file(std::uint32_t number) const {
  return number < files_.size() ? &files_[number].file : nullptr;
}

std::uint64_t DirectorySource::size(std::uint32_t number) const {
  return number < files_.size() ? files_[number].size : 0;
}

}  // namespace slipway::unpack
