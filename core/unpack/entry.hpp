// One entry of a layer's archive, as read: nothing in it has been checked.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::unpack {

enum class EntryType : std::uint8_t { file, directory, symlink, hard_link, character, block, fifo, socket };

struct Entry {
  std::string name{};
  std::string link{};  ///< target of a symlink or hard link
  EntryType type = EntryType::file;
  mode_t mode = 0644;
  std::int64_t uid = 0, gid = 0;
  timespec mtime{};
  std::uint64_t size = 0;
  std::uint32_t major = 0, minor = 0;
  std::vector<std::pair<std::string, std::string>> xattrs{};
};

/// Some bytes of a file and where they belong; what lies between two blocks is a hole.
struct Block {
  const char* data = nullptr;
  std::size_t size = 0;
  std::uint64_t offset = 0;
};

/// A file's content, block by block.
class Content {
 public:
  virtual ~Content() = default;
  Content() = default;
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;
  /// nullopt at the end.
  virtual Result<std::optional<Block>> next() = 0;
};

}  // namespace slipway::unpack
