// What users of docker and podman type out of habit, and what it is here.
#pragma once

#include <string_view>

namespace slipway::cli {

/// A hint for an option that slipway does not have ("--rm"); nullptr where there is none to give.
const char* docker_habit(std::string_view option);

}  // namespace slipway::cli
