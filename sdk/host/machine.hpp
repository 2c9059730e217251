// The processor architecture that this program is built for, and the names of others, as ELF numbers them; elf(5).
#pragma once

#include <elf.h>

#include <bit>
#include <string>

namespace slipway::host {

#if defined(__x86_64__)
inline constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
inline constexpr unsigned kMachine = EM_AARCH64;
#elif defined(__riscv)
inline constexpr unsigned kMachine = EM_RISCV;
#elif defined(__powerpc64__)
inline constexpr unsigned kMachine = EM_PPC64;
#elif defined(__s390x__)
inline constexpr unsigned kMachine = EM_S390;
#elif defined(__arm__)
inline constexpr unsigned kMachine = EM_ARM;
#elif defined(__i386__)
inline constexpr unsigned kMachine = EM_386;
#else
#error "tell the ELF machine number of this architecture"
#endif

inline constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
inline constexpr unsigned char kByteOrder = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

/// "aarch64"; "machine 4" for one without a name here.
std::string machine_name(unsigned machine);

}  // namespace slipway::host
