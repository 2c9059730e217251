#include "core/steps/exec_problem.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>

#include "core/linux/fd.hpp"
#include "core/linux/listing.hpp"
#include "core/steps/program_file.hpp"
#include "sdk/host/machine.hpp"

namespace slipway::steps {
namespace {

// The program itself is spoken of as "it"; what its "#!" line or its ELF header names, as "which".
struct Voice {
  const char* it;
  const char* its;
  const char* missing;
};
constexpr Voice kProgram{"it", "its", "the image has no such file"};
constexpr Voice kNamed{"which", "whose", "which the image does not have"};

std::string says(const char* who, const std::string& what) { return std::string(who) + " " + what; }

std::string ids(unsigned user, unsigned group) { return std::to_string(user) + ":" + std::to_string(group); }

// Where the path leads nowhere: why, by the errno of looking.
std::string reason_of_absence(const std::string& path, int code, const Voice& voice) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  switch (code) {
    case ENOENT:
      if (length <= 0) return voice.missing;
      return says(voice.it, "is a link to " + printable({target.data(), static_cast<std::size_t>(length)}, 200) +
                                ", which the image does not have");
    case ENOTDIR:
      return says(voice.it, "lies below a file that is no directory");
    case ELOOP:
      return says(voice.it, "leads through links in a circle");
    case EACCES:
      return says(voice.it, "lies below a directory that user " + ids(::geteuid(), ::getegid()) + " may not enter");
    default:
      return {};
  }
}

std::string reason_of_permission(const std::string& path, const struct stat& found, const Voice& voice) {
  if (S_ISDIR(found.st_mode)) return says(voice.it, "is a directory");
  if (!S_ISREG(found.st_mode)) return says(voice.it, "is not a regular file");
  if (::eaccess(path.c_str(), X_OK) == 0 || errno != EACCES) return {};
  if ((found.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return says(voice.its, "mode lets nobody execute it");
  struct statvfs filesystem {};
  if (::statvfs(path.c_str(), &filesystem) == 0 && (filesystem.f_flag & ST_NOEXEC) != 0)
    return says(voice.it, "lies on a mount with noexec");
  std::array<char, 8> mode{};
  std::snprintf(mode.data(), mode.size(), "%04o", found.st_mode & 07777U);
  return says(voice.its, "mode " + std::string(mode.data()) + " and owner " + ids(found.st_uid, found.st_gid) +
                             " do not let user " + ids(::geteuid(), ::getegid()) + " execute it");
}

std::string reason(const std::string& path, int code, const Voice& voice, int scripts);

// Whether "#!" lines lead from this file to further ones more often than may be.
bool leads_on(const std::string& path, int scripts) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  const auto line = file ? script_line(head_of(file)) : std::nullopt;
  return line && !line->interpreter.empty() && (scripts == 0 || leads_on(line->interpreter, scripts - 1));
}

std::string reason_of_script(const ScriptLine& line, int code, const Voice& voice, int scripts) {
  if (line.interpreter.empty()) return says(voice.its, "#! line names no program");
  if (line.is_cut) return says(voice.its, "#! line names a program with more than the 253 bytes that the kernel reads");
  if (scripts == 0) return {};
  if (code == ELOOP && leads_on(line.interpreter, scripts - 1)) {
    return says(voice.its, "#! line names " + printable(line.interpreter, 200) +
                               ", which is a script itself, and so on: at most " + std::to_string(kMostScripts) +
                               " may lead from one to the next");
  }
  const std::string named = says(voice.its, "#! line names " + printable(line.interpreter, 200));
  std::string inner = reason(line.interpreter, code, kNamed, scripts - 1);
  if (inner.empty()) return {};
  if (line.interpreter.ends_with('\r') && inner == kNamed.missing)
    inner += "; the line ends as Windows has it, and the carriage return counts as a part of the name";
  return named + ", " + inner;
}

std::string reason_of_elf(const ElfFile& elf, int code, const Voice& voice) {
  // EIO is what the kernel says of a dynamic linker that is shorter than an ELF header; elf_read() in fs/binfmt_elf.c.
  const bool is_linkers = code == ELIBBAD || code == EIO;
  const bool is_format = code == ENOEXEC || is_linkers;
  if (!elf.is_whole) return is_format ? says(voice.its, "ELF header is cut short") : "";
  if (is_format && elf.machine != host::kMachine) {
    return says(voice.it, "is built for another processor architecture: " + host::machine_name(elf.machine) +
                              "; this machine is " + host::machine_name(host::kMachine));
  }
  if (code == ENOEXEC && !elf.is_program) return says(voice.it, "is an ELF file, but neither a program nor a library");
  if (elf.interpreter.empty()) return code == ENOEXEC ? says(voice.its, "ELF headers make no sense to the kernel") : "";
  // The kernel does not go on from there: the linker's own interpreter is of no importance.
  const std::string inner = reason(elf.interpreter, is_linkers ? ENOEXEC : code, kNamed, 0);
  if (!inner.empty())
    return says(voice.it, "needs the dynamic linker " + printable(elf.interpreter, 200) + ", " + inner);
  return code == ENOEXEC ? says(voice.its, "ELF headers make no sense to the kernel") : "";
}

// What execve(2) stumbled over at this file or behind it; empty where nothing is found.
std::string reason(const std::string& path, int code, const Voice& voice, int scripts) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return reason_of_absence(path, errno, voice);
  std::string refused = reason_of_permission(path, found, voice);
  if (!refused.empty()) return refused;
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return {};
  const std::string head = head_of(file);
  if (const auto line = script_line(head)) return reason_of_script(*line, code, voice, scripts);
  if (const auto elf = elf_file(file, head)) return reason_of_elf(*elf, code, voice);
  if (code != ENOEXEC) return {};
  return says(voice.it, head.empty() ? "is an empty file" : "is neither an ELF program nor a script with a #! line");
}

const char* usual_reason(int code) {
  switch (code) {
    case E2BIG:
      return "arguments and environment are too large: 128 KiB each, and all of them a quarter of the stack's limit";
    case ETXTBSY:
      return "a process has the file open for writing";
    case ENOMEM:
      return "there is too little memory";
    case EPERM:
      return "a security module or a system-call filter forbids it";
    default:
      return "";
  }
}

// As the container has it: a relative one counts from its working directory.
std::string whole_path(const std::string& path) {
  std::array<char, PATH_MAX> directory{};
  if (path.starts_with('/') || ::getcwd(directory.data(), directory.size()) == nullptr) return path;
  const std::string above(directory.data());
  return (above == "/" ? above : above + "/") + path;
}

}  // namespace

Error exec_problem(const std::string& path, int code) {
  Error error{code, "run", printable(whole_path(path), 200), reason(path, code, kProgram, kMostScripts)};
  if (error.hint.empty()) error.hint = usual_reason(code);
  if (code == ENOENT && error.hint == kProgram.missing) error.hint += root_one_deeper();
  return error;
}

std::string root_one_deeper() {
  // /etc is not among them: it is made for the files that a container gets there.
  const auto has_root = [](const std::string& above) {
    constexpr std::array kUsual = {"/bin", "/sbin", "/usr", "/lib"};
    return std::any_of(kUsual.begin(), kUsual.end(),
                       [&](const char* name) { return ::access((above + name).c_str(), F_OK) == 0; });
  };
  if (has_root("")) return {};
  const linux::Fd top(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string found;
  if (!top) return found;
  (void)linux::list(top, [&](const std::string& name) {
    if (has_root("/" + name)) found = name;
    return found.empty();
  });
  if (found.empty()) return found;
  return "; nothing at its top looks like a root filesystem, and what is in /" + printable(found, 200) +
         " does: was the directory above it packed or named?";
}

}  // namespace slipway::steps
