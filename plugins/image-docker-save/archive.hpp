// A docker-save archive, seen through the names of its entries.
#pragma once

#include <slipway/plugin.hpp>
#include <string>

namespace docker_save {

constexpr const char* kSource = "/options/source";
constexpr const char* kAnew = "the archive is damaged, or not what docker save writes; make or get it anew";

/// The file of that name, links followed inside the archive: in the legacy layout, a layer that an earlier image has
/// stands there once and is linked to. Throws a slipway::Failure that says what wanted the file: "layer 2 of box".
slipway::Entry find_file(const slipway::Resolve& archive, const std::string& name, const std::string& wanted_as);

/// "a/b" and "../c" are "c".
std::string beside(const std::string& name, const std::string& link);

}  // namespace docker_save
