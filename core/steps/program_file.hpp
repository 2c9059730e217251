// What stands in a program's file, as far as execve(2) follows it: the program of a "#!" line, the dynamic linker.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/linux/fd.hpp"

namespace slipway::steps {

/// The first bytes of a file, as many as the kernel looks at to tell its format.
std::string head_of(const linux::Fd& file);

/// A "#!" line as the kernel reads it; execve(2), "Interpreter scripts", and fs/binfmt_script.c.
struct ScriptLine {
  std::string interpreter{};  ///< empty where the line names none
  bool is_cut = false;        ///< the interpreter's name goes on beyond what the kernel reads, which then refuses it
};
/// nullopt: the file does not begin with "#!".
std::optional<ScriptLine> script_line(std::string_view head);

/// An ELF file as far as its header tells; elf(5).
struct ElfFile {
  bool is_whole = false;  ///< the header is: what follows is set only then
  unsigned machine = 0;
  bool is_program = false;    ///< by its type, which a shared object's is as well
  std::string interpreter{};  ///< the dynamic linker (PT_INTERP); empty where it has none
};
/// nullopt: it is none.
std::optional<ElfFile> elf_file(const linux::Fd& file, std::string_view head);

/// How many "#!" lines may lead from one to the next; exec_binprm() in fs/exec.c.
inline constexpr int kMostScripts = 5;

/// Refuses a program to which the kernel would get through a magic link of /proc (proc(5)): by its own path, by its
/// "#!" line, or by its dynamic linker. /proc/self/exe is slipway's own file on the host until the program runs, and a
/// root inside that had it open could write over it once it is no longer running. Nothing else runs in the container
/// yet, so what was looked at is what is executed.
Result<void> refuse_magic_links(const std::string& path);

}  // namespace slipway::steps
