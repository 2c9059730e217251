// Trying things out in a process of its own, which may hang or crash, and leaves nothing because its namespaces end
// with it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/doctor/doctor.hpp"
#include "core/linux/id_map.hpp"

namespace slipway::doctor {

/// What a trial found out, in words of its own choosing.
using Finds = std::vector<std::string>;
using Act = std::function<Result<Finds>()>;

/// Makes namespaces (CLONE_NEW* flags) as a run does, under `ids`, and acts in them as their root. What the kernel
/// refuses on the way is an error whose `doing` is kMakeProcess or kMakeNamespaces.
inline constexpr const char* kMakeProcess = "make a process in new namespaces";  // as linux::clone_process says
inline constexpr const char* kMakeNamespaces = "make the container's namespaces";
Result<Finds> try_in_namespaces(std::uint64_t namespaces, const linux::IdMap& ids, const Act& act);

/// The checks that `look` makes, made in a process of its own; one that is missing, under `name`, when it gives no
/// answer in time.
std::vector<Check> look_apart(const std::string& name, const std::function<std::vector<Check>()>& look);

}  // namespace slipway::doctor
