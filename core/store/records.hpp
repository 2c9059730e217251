// Small files of the store, each of which appears whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::store {

/// Built beside, synced, renamed: after a crash there is the whole file or none, and perhaps what was beside. The
/// directory is locked (shared) meanwhile, so whoever has it to himself knows that nobody is at it; what the dead have
/// left beside is removed where that is so.
/// EBUSY where somebody keeps the directory to himself, as `clean` does, for longer than a moment.
Result<void> put_file(const linux::Fd& directory, const std::string& name, std::string_view bytes);

/// Whether a name is that of a file that put_file() builds beside.
bool is_half_written(std::string_view name);

/// Removes the oldest files of a directory until fewer than `most` are left.
Result<void> make_room(const linux::Fd& directory, std::size_t most);

}  // namespace slipway::store
