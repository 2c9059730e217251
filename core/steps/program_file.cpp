#include "core/steps/program_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "sdk/host/machine.hpp"

namespace slipway::steps {
namespace {

constexpr std::size_t kHead = 256;  // BINPRM_BUF_SIZE; linux/binfmts.h
constexpr std::string_view kBlanks = " \t";

linux::Fd open_without_magic(const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  return linux::Fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
}

// O_PATH: a program may be executable and not readable.
bool leads_through_magic(const std::string& path) {
  if (open_without_magic(path, O_PATH) || errno != ELOOP) return false;
  // Links in a circle are refused in the same words; followed without that rule, they still are.
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 || errno != ELOOP;
}

tl::unexpected<Error> magic(const std::string& path) {
  return failure(ELOOP, "run", printable(path, 200), "it leads through a link of /proc");
}

// The kernel runs it all the same, and where a script of no mode to read leads cannot be looked at. A file that this
// user may not execute either is refused by execve(2), in better words.
Result<void> unreadable(const std::string& path) {
  struct stat found {};
  const bool is_file = ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode);
  if (!is_file || ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) return {};
  return failure(EACCES, "run", printable(path, 200),
                 "its user may not read it, so that nobody can tell where it leads: give it a mode to read, or --user");
}

template <class Header, class Segment>
std::string interpreter_of(const linux::Fd& file, const Header& header) {
  constexpr std::size_t kMostSegments = 1170;  // of 56 bytes each: the kernel takes 64 KiB of them
  const std::size_t count = std::min<std::size_t>(header.e_phnum, kMostSegments);
  std::array<Segment, 16> some{};  // most programs have fewer, and one read takes them all
  std::size_t first = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == end) {
      const std::size_t wanted = std::min(some.size(), count - i) * sizeof(Segment);
      const auto at = static_cast<off_t>(header.e_phoff + i * sizeof(Segment));
      const ssize_t got = ::pread(file.get(), some.data(), wanted, at);
      if (got < ssize_t{sizeof(Segment)}) return {};
      first = i;
      end = i + static_cast<std::size_t>(got) / sizeof(Segment);
    }
    const Segment& segment = some.at(i - first);
    if (segment.p_type != PT_INTERP) continue;
    std::array<char, 4096> name{};  // PATH_MAX, the kernel's own bound
    const std::size_t size = std::min<std::size_t>(segment.p_filesz, name.size() - 1);
    const auto from = static_cast<off_t>(segment.p_offset);
    if (::pread(file.get(), name.data(), size, from) != static_cast<ssize_t>(size)) return {};
    return name.data();
  }
  return {};
}

template <class Header, class Segment>
std::string linker_of(const linux::Fd& file, std::string_view head) {
  Header header{};
  if (head.size() < sizeof header) return {};
  std::memcpy(&header, head.data(), sizeof header);
  return interpreter_of<Header, Segment>(file, header);
}

// Read as the kernel's loaders do, which look at neither the class nor the byte order that the file claims for itself.
std::array<std::string, 2> possible_linkers(const linux::Fd& file, std::string_view head) {
  if (!head.starts_with(ELFMAG)) return {};
  return {linker_of<Elf64_Ehdr, Elf64_Phdr>(file, head), linker_of<Elf32_Ehdr, Elf32_Phdr>(file, head)};
}

// What is not refused here, and cannot be run either, execve(2) says better.
Result<void> refuse(const std::string& path, int scripts) {
  if (leads_through_magic(path)) return magic(path);
  const linux::Fd file = open_without_magic(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return errno == EACCES ? unreadable(path) : Result<void>{};
  const std::string head = head_of(file);
  if (const auto line = script_line(head)) {
    if (line->interpreter.empty() || scripts == 0) return {};
    return refuse(line->interpreter, scripts - 1);
  }
  for (const std::string& interpreter : possible_linkers(file, head)) {
    if (!interpreter.empty() && leads_through_magic(interpreter)) return magic(interpreter);
  }
  return {};
}

// `text` up to a NUL, where the kernel's own reading ends.
std::string_view up_to_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

template <class Number>
unsigned in_order(Number number, unsigned char order) {
  if (order == host::kByteOrder) return number;
  return static_cast<unsigned>(((number & 0xFFU) << 8U) | (number >> 8U));
}

template <class Header, class Segment>
ElfFile read_elf(const linux::Fd& file, std::string_view head) {
  Header header{};
  if (head.size() < sizeof header) return {};
  std::memcpy(&header, head.data(), sizeof header);
  const unsigned char order = header.e_ident[EI_DATA];
  ElfFile elf{true, in_order(header.e_machine, order), false, {}};
  const unsigned type = in_order(header.e_type, order);
  elf.is_program = type == ET_EXEC || type == ET_DYN;
  if (order == host::kByteOrder) elf.interpreter = interpreter_of<Header, Segment>(file, header);
  return elf;
}

}  // namespace

std::string head_of(const linux::Fd& file) {
  std::array<char, kHead> head{};
  const ssize_t size = ::pread(file.get(), head.data(), head.size(), 0);
  return {head.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::optional<ScriptLine> script_line(std::string_view head) {
  if (!head.starts_with("#!")) return std::nullopt;
  std::string_view line = up_to_nul(head.substr(2));
  const std::size_t end = line.find('\n');
  // Without an end of the line, or of the file, the kernel takes all but the last byte that it has read.
  const bool is_open = end == std::string_view::npos && line.size() + 2 == kHead;
  line = is_open ? line.substr(0, line.size() - 1) : line.substr(0, end);
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return ScriptLine{};
  line.remove_prefix(begin);
  // Blanks alone end the name: a carriage return is a part of it.
  const std::size_t name = line.find_first_of(kBlanks);
  const bool is_cut = is_open && name == std::string_view::npos && kBlanks.find(head.back()) == std::string_view::npos;
  return ScriptLine{std::string(line.substr(0, name)), is_cut};
}

std::optional<ElfFile> elf_file(const linux::Fd& file, std::string_view head) {
  if (!head.starts_with(std::string_view(ELFMAG, SELFMAG))) return std::nullopt;
  if (head.size() <= EI_DATA) return ElfFile{};
  if (static_cast<unsigned char>(head[EI_CLASS]) == ELFCLASS32) return read_elf<Elf32_Ehdr, Elf32_Phdr>(file, head);
  return read_elf<Elf64_Ehdr, Elf64_Phdr>(file, head);
}

Result<void> refuse_magic_links(const std::string& path) { return refuse(path, kMostScripts); }

}  // namespace slipway::steps
