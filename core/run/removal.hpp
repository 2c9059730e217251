// Removing what a run left in the store, its files owned by subordinate ids included.
#pragma once

#include <functional>

#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"
#include "core/run/journal.hpp"
#include "core/store/locks.hpp"

namespace slipway::run {

/// In a process of its own that is root of a user namespace with these ids: files of subordinate ids belong to nobody
/// that an ordinary user is, and as such a root the same user may change and remove them. False: it could not do it.
Result<bool> do_inside(const linux::IdMap& ids, const std::function<bool()>& act);

/// Whether a removal failed because the files are another's, as do_inside() may mend.
bool is_forbidden(const Error& error);

/// Directly where that is allowed, else from inside a user namespace with the recorded id map. One that is not there is
/// no error; a staging directory that its worker still holds is. `should_stop` ends the waiting for others, by EINTR.
Result<void> remove_run_directory(const RunDirectory& record, const store::ShouldStop& should_stop = {});

}  // namespace slipway::run
