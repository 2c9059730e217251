// All that a program can see of its container, entry by entry, so that two containers can be compared.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/recipes/shipped.hpp"

namespace slipway::tests {

/// "mount /proc", "env PATH", "tree etc/top", "dev null", "ids CapEff", "ns pid", "net lo" …: what it is.
using Inside = std::map<std::string, std::string>;

/// What a program in the container of that pipeline file sees, with the files of `shipped` around it.
Inside look_inside(const Shipped& shipped, const std::string& pipeline, const Words& options);
inline Inside look_inside(const Shipped& shipped, const Words& options = {}) {
  return look_inside(shipped, shipped.pipeline(), options);
}

/// The names of what is otherwise in the one than in the other, or only in one of them.
std::set<std::string> changes(const Inside& one, const Inside& other);
/// The same with what each says, for a test's message.
std::string changes_to_text(const Inside& one, const Inside& other);

}  // namespace slipway::tests
