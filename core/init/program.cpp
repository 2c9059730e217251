#include "core/init/program.hpp"

// The build names the file; core/init/CMakeLists.txt.
__asm__(
    ".pushsection .rodata\n"
    ".globl slipway_init_begin, slipway_init_end\n"
    ".hidden slipway_init_begin, slipway_init_end\n"
    "slipway_init_begin: .incbin \"" SLIPWAY_INIT_FILE
    "\"\n"
    "slipway_init_end:\n"
    ".popsection\n");

extern "C" {
extern const std::byte slipway_init_begin[];
extern const std::byte slipway_init_end[];
}

namespace slipway::init {

std::span<const std::byte> program() { return {&slipway_init_begin[0], &slipway_init_end[0]}; }

}  // namespace slipway::init
