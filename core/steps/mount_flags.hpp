// mount(8)'s words for mount flags as mount_setattr(2) takes them.
#pragma once

#include <cstdint>
#include <slipway/steps/shape.hpp>
#include <string>
#include <vector>

namespace slipway::steps {

std::uint64_t attributes_of(const std::vector<MountFlag>& flags);
/// " (ro,nosuid)", or nothing without flags.
std::string text_of(const std::vector<MountFlag>& flags);

}  // namespace slipway::steps
