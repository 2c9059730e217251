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
#include "core/steps/program_file.hpp"

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

std::string reason_of_content(const std::string& path, int code) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return {};
  const std::string text = head_of(file);
  if (text.size() < 2) return code == ENOEXEC ? "the file is too short to be a program" : "";
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
  const std::string interpreter = elf_interpreter(file, text);
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
