#include "core/unpack/unpack_layer.hpp"

#include "core/unpack/layer_reader.hpp"
#include "core/unpack/source.hpp"

namespace slipway::unpack {
namespace {

Result<void> copy_entries(LayerReader& reader, TreeWriter& writer) {
  Entry entry;
  while (true) {
    auto more = reader.next(entry);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return writer.finish();
    if (auto added = writer.add(entry, reader.content()); !added) return added;
  }
}

}  // namespace

Result<void> unpack_layer(const linux::Fd& source, const store::LayerSource& layer, TreeWriter& writer) {
  linux::Fd own;
  if (!layer.file.empty()) {
    auto file = open_file_below(source, layer.file);
    if (!file) return tl::unexpected(file.error());
    own = std::move(*file);
  }
  LayerReader reader(own ? own : source, layer);
  auto done = copy_entries(reader, writer);
  if (done) done = reader.check_digest();
  if (!done) {
    constexpr std::size_t kShortDigest = 19;  // "sha256:" and twelve digits, as Docker shows it
    done.error().subject = "layer " + layer.diff_id.substr(0, kShortDigest) + ": " + done.error().subject;
  }
  return done;
}

}  // namespace slipway::unpack
