// Where an image's bytes come from, made readable for a worker: a pipe is spooled, what is compressed gets a file to be
// unfolded into. Looks at no byte but the compression's magic number.
#pragma once

#include <optional>

#include "core/linux/fd.hpp"
#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"
#include "core/run/recorded_image.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// Whether a pipeline's image source is standard input: "-".
bool is_standard_input(const plan::ImageUse& use);
/// Standard input for the image alone: returned, with /dev/null in its place. A process that is made afterwards has
/// that as its own.
Result<linux::Fd> take_standard_input();

/// The source of the image, opened. What comes through a pipe, a FIFO or `input` (standard input; unset: the process's
/// own) is read to its end, into the store, and has no key.
Result<ImageSource> open_source(const store::Store& store, const plan::ImageUse& use, const linux::Fd& input,
                                const Interruption& interruption);

/// Where a compressed source can be unfolded to; nothing where it is plain.
Result<std::optional<linux::Fd>> spool_for(const store::Store& store, const linux::Fd& source);

}  // namespace slipway::run
