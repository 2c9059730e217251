// Which variables act on whatever program has them.
#pragma once

#include <string_view>

namespace slipway::script {

/// Whether the C library does something for this NAME=VALUE in each program that has it: loads a library, reads a file,
/// changes how memory is handed out. The host's own tools are not to be given such a one of an image's.
bool acts_on_any_program(std::string_view variable);

}  // namespace slipway::script
