// A shared object as a file, read by pread(2): nothing is mapped, and each offset and size that it tells of itself is
// held against the file's size before it is used. Everything in the file is untrusted.
#pragma once

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sdk/host/manifest.hpp"

namespace slipway::host::elf {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

tl::unexpected<NoteProblem> refuse(NoteError kind, std::string message, std::string hint = {});
tl::unexpected<NoteProblem> damaged(const std::string& what);
/// With errno, 0 for an early end.
tl::unexpected<NoteProblem> unreadable();

struct File {
  int fd;
  std::uint64_t size;

  [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t count) const {
    return offset <= size && count <= size - offset;
  }
  /// All of it, or false with errno (0 for an early end).
  bool read(void* to, std::uint64_t count, std::uint64_t offset) const;
};

/// A library of this machine, with its program headers, all of which lie within the file.
struct Object {
  File file;
  std::vector<Segment> segments;
};
tl::expected<Object, NoteProblem> open_object(int fd);

}  // namespace slipway::host::elf
