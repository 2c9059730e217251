#include "core/check/elf.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <type_traits>

namespace slipway::check {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Entry = ElfW(Dyn);
using Symbol = ElfW(Sym);

constexpr std::uint64_t kMostSymbols = 1U << 20U;

struct Outside {};

// The file's bytes, never beyond their end.
class File {
 public:
  explicit File(std::string_view bytes) : bytes_(bytes) {
    const auto header = at<Header>(0);
    for (std::size_t i = 0; i < header.e_phnum; ++i)
      segments.push_back(at<Segment>(header.e_phoff + i * sizeof(Segment)));
  }

  template <class T>
  [[nodiscard]] T at(std::uint64_t offset) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (offset > bytes_.size() || sizeof(T) > bytes_.size() - offset) throw Outside{};
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  [[nodiscard]] std::string text(std::uint64_t offset) const {
    if (offset >= bytes_.size()) throw Outside{};
    const std::string_view rest = bytes_.substr(static_cast<std::size_t>(offset), 4096);
    return std::string(rest.substr(0, rest.find('\0')));
  }

  // Where in the file an address of the mapped library lies.
  [[nodiscard]] std::uint64_t offset_of(std::uint64_t address) const {
    for (const Segment& segment : segments) {
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
        return segment.p_offset + (address - segment.p_vaddr);
    }
    throw Outside{};
  }

  std::vector<Segment> segments{};

 private:
  std::string_view bytes_;
};

struct Dynamic {
  std::vector<Entry> entries{};

  explicit Dynamic(const File& file) {
    for (const Segment& segment : file.segments) {
      if (segment.p_type != PT_DYNAMIC) continue;
      for (std::uint64_t at = 0; at + sizeof(Entry) <= segment.p_filesz; at += sizeof(Entry)) {
        const auto entry = file.at<Entry>(segment.p_offset + at);
        if (entry.d_tag == DT_NULL) break;
        entries.push_back(entry);
      }
    }
  }

  [[nodiscard]] std::optional<std::uint64_t> value(std::int64_t tag) const {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.d_tag == tag; });
    return found == entries.end() ? std::nullopt : std::optional<std::uint64_t>(found->d_un.d_val);
  }
};

// No header tells how many symbols there are; the table by which the dynamic linker finds them does. In GNU's one a
// chain ends with an odd number.
std::uint64_t count_by_gnu_hash(const File& file, std::uint64_t table) {
  const auto buckets = file.at<std::uint32_t>(table);
  const auto first = file.at<std::uint32_t>(table + 4);
  const auto words = file.at<std::uint32_t>(table + 8);
  const std::uint64_t bucket_at = table + 16 + std::uint64_t{words} * sizeof(ElfW(Addr));
  const std::uint64_t chains_at = bucket_at + std::uint64_t{buckets} * 4;
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < buckets; ++i) {
    last = std::max<std::uint64_t>(last, file.at<std::uint32_t>(bucket_at + i * 4));
  }
  if (last < first) return first;
  while ((file.at<std::uint32_t>(chains_at + (last - first) * 4) & 1U) == 0) ++last;
  return last + 1;
}

std::uint64_t count_symbols(const File& file, const Dynamic& dynamic) {
  if (const auto table = dynamic.value(DT_HASH)) return file.at<std::uint32_t>(file.offset_of(*table) + 4);
  if (const auto table = dynamic.value(DT_GNU_HASH)) return count_by_gnu_hash(file, file.offset_of(*table));
  return 0;
}

void read_symbols(const File& file, const Dynamic& dynamic, Library& library) {
  const auto table = dynamic.value(DT_SYMTAB);
  const auto names = dynamic.value(DT_STRTAB);
  if (!table || !names) return;
  const std::uint64_t symbols_at = file.offset_of(*table);
  const std::uint64_t names_at = file.offset_of(*names);
  const std::uint64_t count = std::min(count_symbols(file, dynamic), kMostSymbols);
  for (std::uint64_t i = 1; i < count; ++i) {
    const auto symbol = file.at<Symbol>(symbols_at + i * sizeof(Symbol));
    const unsigned binding = symbol.st_info >> 4U;
    const unsigned visibility = symbol.st_other & 3U;
    if (binding == STB_LOCAL) continue;
    const std::string name = file.text(names_at + symbol.st_name);
    if (symbol.st_shndx == SHN_UNDEF) {
      library.undefined.push_back(name);
    } else if (visibility == STV_DEFAULT || visibility == STV_PROTECTED) {
      library.exports.push_back(name);
      library.has_unique_symbols = library.has_unique_symbols || binding == STB_GNU_UNIQUE;
    }
  }
  std::sort(library.exports.begin(), library.exports.end());
  std::sort(library.undefined.begin(), library.undefined.end());
}

void read_dynamic(const Dynamic& dynamic, Library& library) {
  const std::uint64_t flags = dynamic.value(DT_FLAGS).value_or(0);
  library.binds_now = (flags & DF_BIND_NOW) != 0 || (dynamic.value(DT_FLAGS_1).value_or(0) & DF_1_NOW) != 0 ||
                      dynamic.value(DT_BIND_NOW).has_value();
  library.has_text_relocations = (flags & DF_TEXTREL) != 0 || dynamic.value(DT_TEXTREL).has_value();
  library.constructors = static_cast<std::size_t>(dynamic.value(DT_INIT_ARRAYSZ).value_or(0)) / sizeof(ElfW(Addr));
}

void read_segments(const File& file, Library& library) {
  library.has_executable_stack = true;  // what a library that does not say it gets
  for (const Segment& segment : file.segments) {
    const bool is_executable = (segment.p_flags & PF_X) != 0;
    if (segment.p_type == PT_GNU_RELRO) library.has_relro = true;
    if (segment.p_type == PT_GNU_STACK) library.has_executable_stack = is_executable;
    if (segment.p_type == PT_LOAD && is_executable && (segment.p_flags & PF_W) != 0) library.has_writable_code = true;
  }
}

}  // namespace

Result<Library> read_library(std::string_view bytes) {
  try {
    const File file(bytes);
    const Dynamic dynamic(file);
    Library library;
    read_segments(file, library);
    read_dynamic(dynamic, library);
    read_symbols(file, dynamic, library);
    return library;
  } catch (const Outside&) {
    return failure(0, "read the library", "its tables lead outside of the file", "build it anew");
  }
}

}  // namespace slipway::check
