// What an image plugin and the digests read: an archive's parts, or the files of a directory.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/unpack/source_index.hpp"

namespace slipway::unpack {

class Source {
 public:
  virtual ~Source() = default;
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// By index from 0; nullptr past the last one. What is returned lives as long as the source.
  virtual const SourceEntry* entry(std::uint64_t index) = 0;
  virtual const SourceEntry* find(std::string_view name) = 0;
  /// The file that an entry's offset counts in.
  [[nodiscard]] virtual const linux::Fd* file(std::uint32_t number) const = 0;
  [[nodiscard]] virtual std::uint64_t size(std::uint32_t number) const = 0;
  /// Whole or not at all.
  [[nodiscard]] bool read(std::uint32_t number, std::uint64_t offset, void* to, std::uint64_t size) const;
};

class ArchiveSource final : public Source {
 public:
  static Result<std::unique_ptr<ArchiveSource>> open(const linux::Fd& file);
  const SourceEntry* entry(std::uint64_t index) override;
  const SourceEntry* find(std::string_view name) override;
  [[nodiscard]] const linux::Fd* file(std::uint32_t number) const override { return number == 0 ? &file_ : nullptr; }
  [[nodiscard]] std::uint64_t size(std::uint32_t number) const override { return number == 0 ? index_.size() : 0; }

 private:
  ArchiveSource(const linux::Fd& file, SourceIndex index) : file_(file), index_(std::move(index)) {}
  const linux::Fd& file_;
  SourceIndex index_;
};

/// A file below a directory, open for reading; links are followed as long as they stay below it.
Result<linux::Fd> open_file_below(const linux::Fd& directory, const std::string& name);

/// Each regular file that is asked for is a file of the source, and is numbered then.
class DirectorySource final : public Source {
 public:
  explicit DirectorySource(const linux::Fd& root) : root_(root) {}
  const SourceEntry* entry(std::uint64_t index) override;
  const SourceEntry* find(std::string_view name) override;
  [[nodiscard]] const linux::Fd* file(std::uint32_t number) const override;
  [[nodiscard]] std::uint64_t size(std::uint32_t number) const override;

  struct File {
    std::string name{};
    std::uint64_t size = 0;
    linux::Fd file{};
  };
  [[nodiscard]] const std::vector<File>& files() const { return files_; }

 private:
  void list(const std::string& name, int depth);
  const linux::Fd& root_;
  std::map<std::string, SourceEntry, std::less<>> found_{};
  std::vector<File> files_{};
  std::optional<std::vector<std::string>> names_{};
};

}  // namespace slipway::unpack
