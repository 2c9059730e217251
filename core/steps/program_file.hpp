// What stands in a program's file, as far as execve(2) follows it: the program of a "#!" line, the dynamic linker.
#pragma once

#include <string>
#include <string_view>

#include "core/linux/fd.hpp"

namespace slipway::steps {

/// The first bytes of a file, as many as the kernel looks at to tell its format.
std::string head_of(const linux::Fd& file);
/// The interpreter of a "#!" line; empty where the line names none. execve(2), "Interpreter scripts".
std::string script_interpreter(std::string_view head);
/// The dynamic linker of a 64-bit ELF file (PT_INTERP; elf(5)); empty where it has none.
std::string elf_interpreter(const linux::Fd& file, std::string_view head);

/// Refuses a program to which the kernel would get through a magic link of /proc (proc(5)): by its own path, by its
/// "#!" line, or by its dynamic linker. /proc/self/exe is slipway's own file on the host until the program runs, and a
/// root inside that had it open could write over it once it is no longer running. Nothing else runs in the container
/// yet, so what was looked at is what is executed.
Result<void> refuse_magic_links(const std::string& path);

}  // namespace slipway::steps
