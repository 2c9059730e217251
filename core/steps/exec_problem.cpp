#include "core/steps/exec_problem.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/linux/fd.hpp"

namespace slipway::steps {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kOwnMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kOwnMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr Elf64_Half kOwnMachine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr Elf64_Half kOwnMachine = EM_PPC64;
#elif defined(__s390x__)
constexpr Elf64_Half kOwnMachine = EM_S390;
#else
constexpr Elf64_Half kOwnMachine = EM_NONE;
#endif

bool missing(const std::string& path) { return ::access(path.c_str(), F_OK) != 0; }

// The interpreter of a "#!" line; execve(2), "Interpreter scripts".
std::string script_interpreter(std::string_view head) {
  std::string_view line = head.substr(2, head.find('\n') - 2);
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  return std::string(line.substr(0, line.find_first_of(" \t\r")));
}

// The dynamic linker of an ELF file (PT_INTERP; elf(5)), or nothing.
std::string elf_interpreter(const linux::Fd& file, const Elf64_Ehdr& header) {
  constexpr int kMostSegments = 128;
  for (int i = 0; i < header.e_phnum && i < kMostSegments; ++i) {
    Elf64_Phdr segment{};
    const auto at = static_cast<off_t>(header.e_phoff + static_cast<Elf64_Off>(i) * sizeof segment);
    if (::pread(file.get(), &segment, sizeof segment, at) != ssize_t{sizeof segment}) return {};
    if (segment.p_type != PT_INTERP) continue;
    std::array<char, 256> name{};
    const std::size_t size = std::min<std::size_t>(segment.p_filesz, name.size() - 1);
    if (::pread(file.get(), name.data(), size, static_cast<off_t>(segment.p_offset)) != static_cast<ssize_t>(size))
      return {};
    return name.data();
  }
  return {};
}

std::string reason_of_content(const std::string& path, int code) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return {};
  std::array<char, 256> head{};
  const ssize_t size = ::pread(file.get(), head.data(), head.size(), 0);
  if (size < 2) return code == ENOEXEC ? "the file is too short to be a program" : "";
  const std::string_view text(head.data(), static_cast<std::size_t>(size));
  if (text.starts_with("#!")) {
    const std::string interpreter = script_interpreter(text);
    if (interpreter.empty()) return "its #! line names no program";
    if (missing(interpreter))
      return "its #! line names " + printable(interpreter, 200) + ", which the image does not have";
    return {};
  }
  if (!text.starts_with(ELFMAG))
    return code == ENOEXEC ? "it is neither an ELF program nor a script with a #! line" : "";
  Elf64_Ehdr header{};
  if (text.size() < sizeof header) return "its ELF header is cut short";
  std::memcpy(&header, text.data(), sizeof header);
  if (header.e_machine != kOwnMachine) return "it is a program for another processor architecture";
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return {};
  const std::string interpreter = elf_interpreter(file, header);
  if (!interpreter.empty() && missing(interpreter)) {
    return "it needs the dynamic linker " + printable(interpreter, 200) + ", which the image does not have";
  }
  return {};
}

std::string reason_of_permission(const std::string& path, const struct stat& found) {
  if (S_ISDIR(found.st_mode)) return "it is a directory";
  if (!S_ISREG(found.st_mode)) return "it is not a regular file";
  if ((found.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return "its mode lets nobody execute it";
  struct statvfs filesystem {};
  if (::statvfs(path.c_str(), &filesystem) == 0 && (filesystem.f_flag & ST_NOEXEC) != 0)
    return "it lies on a mount with noexec";
  return {};
}

}  // namespace

Error exec_problem(const std::string& path, int code) {
  Error error{code, "run", printable(path, 200), ""};
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (error.code == ENOENT) error.hint = "the image has no such file";
    return error;
  }
  error.hint = code == EACCES || code == EISDIR ? reason_of_permission(path, found) : reason_of_content(path, code);
  return error;
}

}  // namespace slipway::steps
