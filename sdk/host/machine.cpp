#include "sdk/host/machine.hpp"

namespace slipway::host {

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "aarch64";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390";
    case EM_ARM:
      return "arm";
    case EM_386:
      return "i386";
    default:
      return "machine " + std::to_string(machine);
  }
}

}  // namespace slipway::host
