#include "sdk/host/dependencies.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "sdk/host/elf_file.hpp"

namespace slipway::host {
namespace {

using Entry = ElfW(Dyn);

constexpr std::uint64_t kMostEntries = 4096;
constexpr std::size_t kLongestText = 4096;

tl::unexpected<NoteProblem> outside() { return elf::damaged("its dynamic section leads outside of the file"); }

// Where in the file an address of the mapped library lies, and how many bytes of its segment follow.
struct Place {
  std::uint64_t offset = 0, rest = 0;
};
std::optional<Place> place_of(const elf::Object& object, std::uint64_t address) {
  for (const elf::Segment& segment : object.segments) {
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
    const std::uint64_t within = address - segment.p_vaddr;
    if (within < segment.p_filesz) return Place{segment.p_offset + within, segment.p_filesz - within};
  }
  return std::nullopt;
}

// The dynamic linker goes by the address, and by the last one where there are several.
tl::expected<std::vector<Entry>, NoteProblem> read_entries(const elf::Object& object) {
  std::vector<Entry> entries;
  for (const elf::Segment& segment : object.segments) {
    if (segment.p_type != PT_DYNAMIC) continue;
    const auto place = place_of(object, segment.p_vaddr);
    if (!place) return outside();
    entries.resize(static_cast<std::size_t>(std::min(place->rest / sizeof(Entry), kMostEntries)));
    if (!object.file.read(entries.data(), entries.size() * sizeof(Entry), place->offset)) return elf::unreadable();
    const auto end =
        std::find_if(entries.begin(), entries.end(), [](const Entry& one) { return one.d_tag == DT_NULL; });
    if (end == entries.end()) return outside();
    entries.erase(end, entries.end());
  }
  return entries;
}

tl::expected<std::string, NoteProblem> read_text(const elf::Object& object, std::uint64_t address) {
  const auto place = place_of(object, address);
  if (!place) return outside();
  std::array<char, kLongestText> bytes{};
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), place->rest));
  if (!object.file.read(bytes.data(), size, place->offset)) return elf::unreadable();
  const void* const end = std::memchr(bytes.data(), '\0', size);
  if (end == nullptr) return outside();
  return std::string(bytes.data());
}

// $ORIGIN is the plugin's own directory; $LIB and $PLATFORM are bare words.
bool is_absolute(std::string_view path) {
  if (path.starts_with('/')) return true;
  for (const std::string_view origin : {std::string_view("$ORIGIN"), std::string_view("${ORIGIN}")}) {
    if (path == origin || (path.starts_with(origin) && path[origin.size()] == '/')) return true;
  }
  return false;
}

bool is_relative_library(const std::string& name) { return name.find('/') != std::string::npos && !is_absolute(name); }

bool has_relative_element(std::string_view run_path) {
  while (true) {
    const std::size_t end = std::min(run_path.find(':'), run_path.size());
    if (!is_absolute(run_path.substr(0, end))) return true;
    if (end == run_path.size()) return false;
    run_path.remove_prefix(end + 1);
  }
}

}  // namespace

tl::expected<Dependencies, NoteProblem> read_dependencies(int fd) {
  const auto object = elf::open_object(fd);
  if (!object) return tl::unexpected<NoteProblem>(object.error());
  const auto entries = read_entries(*object);
  if (!entries) return tl::unexpected<NoteProblem>(entries.error());
  const auto names =
      std::find_if(entries->begin(), entries->end(), [](const Entry& one) { return one.d_tag == DT_STRTAB; });
  Dependencies dependencies;
  for (const Entry& entry : *entries) {
    const bool is_path = entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH;
    const bool is_library = entry.d_tag == DT_NEEDED || entry.d_tag == DT_FILTER || entry.d_tag == DT_AUXILIARY;
    if (!is_path && !is_library) continue;
    if (names == entries->end()) return outside();
    auto text = read_text(*object, names->d_un.d_ptr + entry.d_un.d_val);
    if (!text) return tl::unexpected<NoteProblem>(text.error());
    (is_path ? dependencies.run_paths : dependencies.needed).push_back(std::move(*text));
  }
  return dependencies;
}

std::optional<Problem> depends_on_directory(const Dependencies& dependencies) {
  for (const std::string& name : dependencies.needed) {
    if (!is_relative_library(name)) continue;
    return Problem{"", "needs the library \"" + name + "\" by a path from whatever directory slipway is called in",
                   "link that library with -Wl,-soname,NAME, or statically"};
  }
  for (const std::string& path : dependencies.run_paths) {
    if (!has_relative_element(path)) continue;
    return Problem{"",
                   "has its libraries looked for in \"" + path +
                       "\", of which a part begins at whatever directory slipway is called in",
                   "link without -rpath, or with absolute directories alone"};
  }
  return std::nullopt;
}

}  // namespace slipway::host
