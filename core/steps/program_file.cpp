#include "core/steps/program_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace slipway::steps {
namespace {

constexpr std::size_t kHead = 256;    // BINPRM_BUF_SIZE; linux/binfmts.h
constexpr int kMostInterpreters = 6;  // the kernel follows five; fs/exec.c

linux::Fd open_without_magic(const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  return linux::Fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
}

Result<void> refuse(const std::string& path, int depth) {
  const auto magic = [&] {
    return failure(ELOOP, "run", printable(path, 200),
                   "it leads through a link of /proc, or through links in a circle");
  };
  // O_PATH first: a program may be executable and not readable.
  if (!open_without_magic(path, O_PATH)) {
    if (errno == ELOOP) return magic();
    return {};  // execve(2) says the rest
  }
  if (depth == 0) return magic();
  const linux::Fd file = open_without_magic(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return {};
  const std::string head = head_of(file);
  const std::string next = head.starts_with("#!") ? script_interpreter(head) : elf_interpreter(file, head);
  return next.empty() ? Result<void>{} : refuse(next, depth - 1);
}

}  // namespace

std::string head_of(const linux::Fd& file) {
  std::array<char, kHead> head{};
  const ssize_t size = ::pread(file.get(), head.data(), head.size(), 0);
  return {head.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::string script_interpreter(std::string_view head) {
  std::string_view line = head.substr(2, head.find('\n') - 2);
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  return std::string(line.substr(0, line.find_first_of(" \t\r")));
}

std::string elf_interpreter(const linux::Fd& file, std::string_view head) {
  constexpr int kMostSegments = 128;
  Elf64_Ehdr header{};
  if (!head.starts_with(ELFMAG) || head.size() < sizeof header) return {};
  std::memcpy(&header, head.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return {};
  for (int i = 0; i < header.e_phnum && i < kMostSegments; ++i) {
    Elf64_Phdr segment{};
    const auto at = static_cast<off_t>(header.e_phoff + static_cast<Elf64_Off>(i) * sizeof segment);
    if (::pread(file.get(), &segment, sizeof segment, at) != ssize_t{sizeof segment}) return {};
    if (segment.p_type != PT_INTERP) continue;
    std::array<char, 4096> name{};  // PATH_MAX, the kernel's own bound
    const std::size_t size = std::min<std::size_t>(segment.p_filesz, name.size() - 1);
    const auto from = static_cast<off_t>(segment.p_offset);
    if (::pread(file.get(), name.data(), size, from) != static_cast<ssize_t>(size)) return {};
    return name.data();
  }
  return {};
}

Result<void> refuse_magic_links(const std::string& path) { return refuse(path, kMostInterpreters); }

}  // namespace slipway::steps
