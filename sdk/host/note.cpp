// Reads the manifest's note out of an ELF file by its program headers; elf(5).
#include <algorithm>
#include <cstring>

#include "sdk/host/elf_file.hpp"
#include "sdk/host/manifest.hpp"

namespace slipway::host {
namespace {

using NoteHeader = ElfW(Nhdr);

constexpr std::uint64_t kLongestNotes = std::uint64_t{1} << 20U;  // of one segment

// Which note is meant.
struct Kind {
  std::uint32_t type;
  std::string_view owner;  // with its NUL, as notes count it
};
constexpr Kind kManifest{1, std::string_view("slipway\0", 8)};
constexpr Kind kBuildId{NT_GNU_BUILD_ID, std::string_view("GNU\0", 4)};

// The description of such a note among those of one segment; empty where it has none.
tl::expected<std::string, NoteProblem> find_note(const Kind& kind, std::string_view notes, std::uint64_t alignment) {
  const auto aligned = [&](std::uint64_t size) { return (size + alignment - 1) / alignment * alignment; };
  while (notes.size() >= sizeof(NoteHeader)) {
    NoteHeader header;
    std::memcpy(&header, notes.data(), sizeof(header));
    notes.remove_prefix(sizeof(header));
    // Counted from the note's start: in a segment aligned to 8, a name of 4 bytes behind the 12 of the header has no
    // padding.
    const std::uint64_t name_size = aligned(sizeof(header) + header.n_namesz) - sizeof(header);
    if (name_size > notes.size() || header.n_descsz > notes.size() - name_size) {
      return elf::damaged("a note is longer than its segment");
    }
    if (header.n_type == kind.type && notes.substr(0, header.n_namesz) == kind.owner) {
      return std::string(notes.substr(static_cast<std::size_t>(name_size), header.n_descsz));
    }
    notes.remove_prefix(
        std::min<std::size_t>(notes.size(), static_cast<std::size_t>(name_size + aligned(header.n_descsz))));
  }
  return std::string();
}

struct Sought {
  std::string text{};  // empty: there is none
  bool is_program = false;
};

tl::expected<Sought, NoteProblem> seek_note(const Kind& kind, int fd) {
  const auto object = elf::open_object(fd);
  if (!object) return tl::unexpected<NoteProblem>(object.error());
  Sought sought;
  for (const elf::Segment& segment : object->segments) {
    sought.is_program = sought.is_program || segment.p_type == PT_INTERP;
    if (segment.p_type != PT_NOTE) continue;
    if (segment.p_filesz > kLongestNotes) return elf::damaged("its notes are longer than 1 MiB");
    std::string notes(static_cast<std::size_t>(segment.p_filesz), '\0');
    if (!object->file.read(notes.data(), notes.size(), segment.p_offset)) return elf::unreadable();
    auto found = find_note(kind, notes, segment.p_align == 8 ? 8 : 4);
    if (!found) return tl::unexpected<NoteProblem>(found.error());
    sought.text = std::move(*found);
    if (!sought.text.empty()) break;
  }
  return sought;
}

}  // namespace

tl::expected<std::string, NoteProblem> read_manifest_note(int fd) {
  auto sought = seek_note(kManifest, fd);
  if (!sought) return tl::unexpected<NoteProblem>(sought.error());
  if (!sought->text.empty()) return std::move(sought->text);
  if (sought->is_program) return elf::refuse(NoteError::not_a_library, "is a program, not a shared object");
  return elf::refuse(NoteError::no_note, "is a shared object, but no plugin: it has no slipway manifest",
                     "slipway_add_plugin puts plugin.json into the library");
}

std::string read_build_id(int fd) {
  const auto sought = seek_note(kBuildId, fd);
  if (!sought) return {};
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char letter : sought->text) {
    const auto byte = static_cast<unsigned char>(letter);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xfU];
  }
  return text;
}

}  // namespace slipway::host
