// The words of nsenter(1) and unshare(1) that make a container's namespaces.
#pragma once

#include <string>
#include <vector>

#include "core/config/isolation.hpp"
#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"

namespace slipway::script {

struct Caller {
  std::uint32_t uid = 0, gid = 0;
};

/// Whether the container has a process namespace of its own.
bool makes_process_namespace(const config::Isolation& isolation);

/// Everything up to the program that unshare is to run. An error where the tools cannot make such a map of ids: they
/// take the caller's own id and one range.
Result<std::vector<std::string>> namespace_words(const config::Isolation& isolation, const linux::IdMap& ids,
                                                 const Caller& caller);

}  // namespace slipway::script
