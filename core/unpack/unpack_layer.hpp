// From an archive to a tree: a reader, a writer, and the digest that decides.
#pragma once

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/image_fact.hpp"
#include "core/unpack/tree_writer.hpp"

namespace slipway::unpack {

/// What was written is worth something only when this succeeds: the digest is known last.
Result<void> unpack_layer(const linux::Fd& source, const store::LayerSource& layer, TreeWriter& writer);

}  // namespace slipway::unpack
