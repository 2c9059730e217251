// What may be the name of one of the store's entries, who may see it, and what to say of one that is not as it was
// made.
#pragma once

#include <sys/types.h>

#include <climits>
#include <cstddef>
#include <string_view>

namespace slipway::store {

inline constexpr mode_t kPrivate = 0700;
inline constexpr std::size_t kLargestRecord = std::size_t{4} << 20U;
inline constexpr const char* kDamaged =
    "the store is damaged: choose another directory with --store DIR, or remove this one";

/// Beside the tree of a layer whose top directory hides all that lower layers have.
inline constexpr const char* kOpaqueNote = "opaque";

inline bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= NAME_MAX && name.front() != '.' && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace slipway::store
