// Namespaces that are there already and that a container joins.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/linux/process.hpp"
#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// One of them, opened.
struct JoinedNamespace {
  std::string space{};
  linux::Fd file{};
};
/// In the order in which they are to be joined: the user namespace first, as it gives the power to join the others.
Result<std::vector<JoinedNamespace>> open_joins(const config::Isolation& isolation);

/// A child of the calling process, made in them and in new `namespaces`; `run` is what it does, and never returns. Made
/// by a process between the two, since a pid namespace is joined by children alone and nobody can leave a user
/// namespace.
Result<linux::Process> clone_joined(const std::vector<JoinedNamespace>& joins, std::uint64_t namespaces,
                                    const std::function<void()>& run);

}  // namespace slipway::run
