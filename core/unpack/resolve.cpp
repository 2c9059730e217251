#include "core/unpack/resolve.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/store/image_fact.hpp"
#include "core/unpack/byte_stream.hpp"
#include "core/unpack/digest.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/session.hpp"

namespace slipway::unpack {
namespace {

using store::Answer;
using store::Failed;

const ShownSource* shown = nullptr;

slipway_text to_c(const std::string& text) { return {text.data(), text.size()}; }

void show(const SourceEntry& entry, slipway_entry& out) {
  out = {to_c(entry.name), to_c(entry.link), entry.offset, entry.size, entry.type, 0};
}

int32_t entry_at(const slipway_host*, uint64_t number, slipway_entry* out) {
  if (shown == nullptr || number >= shown->index().entries().size()) return 1;
  show(shown->index().entries()[number], *out);
  return 0;
}

int32_t find_entry(const slipway_host*, slipway_text name, slipway_entry* out) {
  if (shown == nullptr) return 1;
  const SourceEntry* entry = shown->index().find({name.data, name.size});
  if (entry == nullptr) return 1;
  show(*entry, *out);
  return 0;
}

int32_t read_bytes(const slipway_host*, uint32_t source, uint64_t offset, void* to, uint64_t size) {
  return shown != nullptr && source == 0 && shown->read(offset, to, size) ? 0 : 1;
}

constexpr slipway_source kSource = {sizeof(slipway_source), 0, entry_at, find_entry, read_bytes};

std::vector<store::PluginReport> reports_of(const host::Session& session) {
  std::vector<store::PluginReport> reports;
  for (const host::Report& report : session.reports) {
    const bool known = report.severity >= 0 && report.severity <= static_cast<int>(Severity::debug);
    reports.push_back(
        {known ? static_cast<Severity>(report.severity) : Severity::error, report.at, report.message, report.hint});
  }
  return reports;
}

Result<std::string> digest_of(const linux::Fd& source, const store::LayerSource& bytes) {
  Digest digest;
  const auto stream = open_layer(source, bytes);
  while (true) {
    auto read = stream->read();
    if (!read) return tl::unexpected(read.error());
    if (read->empty()) return digest.finish();
    digest.add(read->data(), read->size());
  }
}

// The one thing in the fact that can be proved: the image's id is the digest of its configuration.
Result<void> check_config(const store::ImageFact& fact, const linux::Fd& source) {
  if (!fact.config) return {};
  const auto found = digest_of(source, {"", store::Compression::none, *fact.config});
  if (!found) return tl::unexpected(found.error());
  if (*found == fact.id) return {};
  return failure(0, "read the image's configuration",
                 "its content is not what the image names: its digest is " + *found + ", expected " + fact.id,
                 "the archive is damaged or was changed; get it anew");
}

// A flat tar says nowhere what its digest is. Yields whether any was missing.
Result<bool> complete_digests(store::ImageFact& fact, const linux::Fd& source) {
  bool any = false;
  for (store::LayerSource& layer : fact.layers) {
    if (!layer.diff_id.empty()) continue;
    auto digest = digest_of(source, layer);
    if (!digest) return tl::unexpected(digest.error());
    layer.diff_id = std::move(*digest);
    any = true;
  }
  if (fact.id.empty()) fact.id = fact.layers.empty() ? "" : fact.layers.back().diff_id;
  return any;
}

Result<std::string> completed(nlohmann::json& json, const ResolveSource& source, std::uint64_t size) {
  const auto to_text = [&json] { return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); };
  if (json.is_object()) json.erase("unfolded");  // no plugin's to say
  if (json.is_object() && source.is_unfolded) json["unfolded"] = size;
  const std::array<std::uint64_t, 1> sizes = {size};
  auto fact = store::parse_image_fact(to_text(), sizes, store::Digests::may_be_missing);
  if (!fact) return tl::unexpected(fact.error());
  auto any = complete_digests(*fact, source.file);
  if (!any) return tl::unexpected(any.error());
  if (*any) {
    json["id"] = fact->id;
    for (std::size_t i = 0; i < fact->layers.size(); ++i) json["layers"][i]["diff_id"] = fact->layers[i].diff_id;
  }
  const std::string text = to_text();
  auto whole = store::parse_image_fact(text, sizes);
  if (!whole) return tl::unexpected(whole.error());
  if (auto checked = check_config(*whole, source.file); !checked) return tl::unexpected(checked.error());
  return text;
}

}  // namespace

ShownSource::ShownSource(const linux::Fd& source, const SourceIndex& index) : source_(source), index_(index) {
  shown = this;
}
ShownSource::~ShownSource() { shown = nullptr; }
const slipway_source* ShownSource::abi() const { return &kSource; }

bool ShownSource::read(std::uint64_t offset, void* to, std::uint64_t size) const {
  if (offset > index_.size() || size > index_.size() - offset) return false;
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = ::pread(source_.get(), at, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    offset += static_cast<std::uint64_t>(count);
    size -= static_cast<std::uint64_t>(count);
  }
  return true;
}

Answer resolve_image(const std::string& plugin, int32_t (*function)(const slipway_host*), const std::string& document,
                     const ResolveSource& source) {
  const auto parsed = nlohmann::json::parse(document, nullptr, false);
  if (parsed.is_discarded()) return Failed{{EPROTO, "read the image plugin's options"}, {}};
  const auto index = SourceIndex::read(source.file);
  if (!index) return Failed{index.error(), {}};
  const ShownSource seen(source.file, *index);
  host::Session session(parsed, host::Session::Entry::resolve);
  session.provides = std::vector<std::string>{"image"};
  session.ability = [&](std::string_view name) -> const void* {
    return name == "slipway.source.1" ? seen.abi() : nullptr;
  };
  host::Guard guard;
  const bool went_well = session.finish(guard.run(plugin, "resolve", [&] { return function(session.abi()); }));
  const Error in_plugin{0, "resolve the image", "plugin " + plugin, ""};
  if (!went_well) return Failed{in_plugin, reports_of(session)};
  if (session.facts.empty()) {
    return Failed{{0, "resolve the image", "plugin " + plugin + " handed over no fact \"image\"", ""},
                  reports_of(session)};
  }
  auto text = completed(session.facts.back().second, source, index->size());
  if (!text) return Failed{text.error(), reports_of(session)};
  return store::Resolved{std::move(*text), reports_of(session)};
}

}  // namespace slipway::unpack
