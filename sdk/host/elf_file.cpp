#include "sdk/host/elf_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "sdk/host/machine.hpp"

namespace slipway::host::elf {

tl::unexpected<NoteProblem> refuse(NoteError kind, std::string message, std::string hint) {
  return tl::unexpected<NoteProblem>(NoteProblem{kind, {"", std::move(message), std::move(hint)}});
}

tl::unexpected<NoteProblem> damaged(const std::string& what) {
  return refuse(NoteError::damaged, "is damaged: " + what, "build or copy it again");
}

bool File::read(void* to, std::uint64_t count, std::uint64_t offset) const {
  auto* at = static_cast<char*>(to);
  while (count > 0) {
    const ssize_t got = ::pread(fd, at, static_cast<std::size_t>(count), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (got == 0) errno = 0;
      return false;
    }
    at += got;
    offset += static_cast<std::uint64_t>(got);
    count -= static_cast<std::uint64_t>(got);
  }
  return true;
}

tl::unexpected<NoteProblem> unreadable() {
  const int code = errno;
  if (code == 0) return damaged("it became shorter while it was read");
  const char* words = ::strerrordesc_np(code);
  return refuse(NoteError::unreadable, std::string("can't be read: ") + (words != nullptr ? words : "unknown error"));
}

namespace {

constexpr std::uint16_t kMostSegments = 256;

// What a file without ELF's magic number is, as far as its first bytes tell.
tl::unexpected<NoteProblem> not_elf(std::string_view start) {
  const std::string hint = "a plugin is a shared object made by slipway_add_plugin";
  if (start.empty()) return refuse(NoteError::not_elf, "is empty", hint);
  if (start.starts_with("!<arch>")) return refuse(NoteError::not_elf, "is a static library", hint);
  const bool text = std::all_of(start.begin(), start.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte >= 0x20U || (byte >= 0x09U && byte <= 0x0DU);
  });
  return refuse(NoteError::not_elf,
                text ? "is a text file, not a shared object" : "is not a shared object (no ELF file)", hint);
}

tl::expected<Header, NoteProblem> read_header(const File& file) {
  std::array<char, sizeof(Header)> bytes{};
  const std::uint64_t count = std::min<std::uint64_t>(file.size, bytes.size());
  if (!file.read(bytes.data(), count, 0)) return unreadable();
  const std::string_view start(bytes.data(), static_cast<std::size_t>(count));
  if (!start.starts_with(std::string_view(ELFMAG, SELFMAG))) return not_elf(start);
  if (count <= EI_DATA) return damaged("it ends within its header");
  const auto file_class = static_cast<unsigned char>(bytes[EI_CLASS]);
  const auto byte_order = static_cast<unsigned char>(bytes[EI_DATA]);
  if (file_class != kClass || byte_order != kByteOrder) {
    return refuse(NoteError::other_architecture,
                  "is built for another architecture: " + std::string(file_class == ELFCLASS64 ? "64" : "32") +
                      " bit, " + (byte_order == ELFDATA2MSB ? "big" : "little") + "-endian; this slipway is " +
                      machine_name(kMachine),
                  "build it for " + machine_name(kMachine));
  }
  if (count < sizeof(Header)) return damaged("it ends within its header");
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.e_machine != kMachine) {
    return refuse(NoteError::other_architecture,
                  "is built for another architecture: " + machine_name(header.e_machine) + "; this slipway is " +
                      machine_name(kMachine),
                  "build it for " + machine_name(kMachine));
  }
  if (header.e_type != ET_DYN) {
    const char* kind = header.e_type == ET_EXEC  ? "a program"
                       : header.e_type == ET_REL ? "an object file"
                                                 : "a core dump";
    return refuse(NoteError::not_a_library, std::string("is ") + kind + ", not a shared object");
  }
  return header;
}

tl::expected<std::vector<Segment>, NoteProblem> read_segments(const File& file, const Header& header) {
  if (header.e_phentsize != sizeof(Segment) || header.e_phnum == 0 || header.e_phnum > kMostSegments) {
    return damaged("its program headers are not of this architecture's size or number");
  }
  std::vector<Segment> segments(header.e_phnum);
  const std::uint64_t bytes = segments.size() * sizeof(Segment);
  if (!file.holds(header.e_phoff, bytes)) return damaged("its program headers lie outside of the file");
  if (!file.read(segments.data(), bytes, header.e_phoff)) return unreadable();
  for (const Segment& segment : segments) {
    // What is mapped beyond the file's end is a SIGBUS in the dynamic linker.
    if ((segment.p_type == PT_LOAD || segment.p_type == PT_NOTE) && !file.holds(segment.p_offset, segment.p_filesz)) {
      return damaged("it is shorter than its program headers say");
    }
  }
  return segments;
}

}  // namespace

tl::expected<Object, NoteProblem> open_object(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return unreadable();
  if (!S_ISREG(status.st_mode)) {
    return refuse(NoteError::not_elf, S_ISDIR(status.st_mode) ? "is a directory" : "is not a regular file");
  }
  const File file{fd, static_cast<std::uint64_t>(status.st_size)};
  const auto header = read_header(file);
  if (!header) return tl::unexpected<NoteProblem>(header.error());
  auto segments = read_segments(file, *header);
  if (!segments) return tl::unexpected<NoteProblem>(segments.error());
  return Object{file, std::move(*segments)};
}

}  // namespace slipway::host::elf
