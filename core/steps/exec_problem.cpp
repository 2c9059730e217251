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

// What the kernel loads to run a file: the program of its #! line, or its dynamic linker; execve(2).
struct Next {
  std::string path{};
  std::string words{};  ///< "its #! line names /bin/sh"
};

struct Looked {
  std::string reason{};  ///< empty: nothing is wrong with the file itself
  Next next{};
};

Looked look_at_elf(const linux::Fd& file, const std::string& text, int code) {
  Elf64_Ehdr header{};
  if (text.size() < sizeof header) return {"its ELF header is cut short", {}};
  std::memcpy(&header, text.data(), sizeof header);
  const bool is_foreign = header.e_machine != kOwnMachine;
  if (is_foreign && code != ENOENT) return {"it is a program for another processor architecture", {}};
  if (header.e_ident[EI_CLASS] != ELFCLASS64) {
    // A kernel that runs 32-bit programs too looks for their linker first.
    return {code == ENOENT ? "it is a 32-bit program whose dynamic linker the image does not have" : "", {}};
  }
  const std::string interpreter = elf_interpreter(file, text);
  if (interpreter.empty()) return {};
  return {"", {interpreter, "it needs the dynamic linker " + printable(interpreter, 200)}};
}

Looked look_at_content(const std::string& path, int code) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return {};
  const std::string text = head_of(file);
  const bool is_no_format = code == ENOEXEC;
  if (text.size() < 2) return {is_no_format ? "the file is too short to be a program" : "", {}};
  if (text.starts_with("#!")) {
    const std::string interpreter = script_interpreter(text);
    if (interpreter.empty()) return {"its #! line names no program", {}};
    return {"", {interpreter, "its #! line names " + printable(interpreter, 200)}};
  }
  if (text.starts_with(ELFMAG)) return look_at_elf(file, text, code);
  return {is_no_format ? "it is neither an ELF program nor a script with a #! line" : "", {}};
}

std::string reason_of_permission(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return errno == EACCES ? "a directory above it is closed to this user" : "";
  if (S_ISDIR(found.st_mode)) return "it is a directory";
  if (!S_ISREG(found.st_mode)) return "it is not a regular file";
  if ((found.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return "its mode lets nobody execute it";
  if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0 && errno == EACCES) {
    struct statvfs filesystem {};
    if (::statvfs(path.c_str(), &filesystem) == 0 && (filesystem.f_flag & ST_NOEXEC) != 0)
      return "it lies on a mount with noexec";
    return "its mode does not let this user execute it";
  }
  return {};
}

// Along the way that the kernel goes: the file, the program of its #! line, the dynamic linker of that.
std::string reason_along(const std::string& path, int code, int left) {
  if (code == EACCES || code == EISDIR) {
    if (std::string reason = reason_of_permission(path); !reason.empty()) return reason;
  }
  Looked looked = look_at_content(path, code);
  if (!looked.reason.empty() || looked.next.path.empty()) return looked.reason;
  if (missing(looked.next.path)) return looked.next.words + ", which the image does not have";
  if (left == 0) return code == ELOOP ? "#! lines lead from one script to another too often" : "";
  const std::string further = reason_along(looked.next.path, code, left - 1);
  return further.empty() ? further : looked.next.words + ", and " + further;
}

}  // namespace

Error exec_problem(const std::string& path, int code) {
  constexpr int kMostScripts = 5;  // as the kernel; execve(2), ELOOP
  Error error{code, "run", printable(path, 200), ""};
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 && errno == ENOENT) {
    if (error.code == ENOENT) error.hint = "the image has no such file";
  } else if (code == E2BIG) {
    error.hint =
        "arguments and environment are too large: 128 KiB each, and all of them a quarter of the stack's limit";
  } else if (code == ETXTBSY) {
    error.hint = "somebody has it open for writing";
  } else {
    error.hint = reason_along(path, code, kMostScripts);
  }
  return error;
}

}  // namespace slipway::steps
