#include "core/unpack/resolve.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/store/image_fact.hpp"
#include "core/unpack/byte_stream.hpp"
#include "core/unpack/digest.hpp"
#include "core/unpack/lint.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/session.hpp"

namespace slipway::unpack {
namespace {

using store::Answer;
using store::Failed;

Source* shown = nullptr;

slipway_text to_c(const std::string& text) { return {text.data(), text.size()}; }

int32_t show(const SourceEntry* entry, slipway_entry* out) {
  if (entry == nullptr) return 1;
  *out = {to_c(entry->name), to_c(entry->link), entry->offset, entry->size, entry->type, entry->source};
  return 0;
}

int32_t entry_at(const slipway_host*, uint64_t number, slipway_entry* out) {
  return show(shown == nullptr ? nullptr : shown->entry(number), out);
}

int32_t find_entry(const slipway_host*, slipway_text name, slipway_entry* out) {
  return show(shown == nullptr ? nullptr : shown->find({name.data, static_cast<std::size_t>(name.size)}), out);
}

int32_t read_bytes(const slipway_host*, uint32_t source, uint64_t offset, void* to, uint64_t size) {
  return shown != nullptr && shown->read(source, offset, to, size) ? 0 : 1;
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

Result<std::string> digest_of(const Source& source, const store::LayerSource& bytes) {
  const linux::Fd* const file = source.file(bytes.bytes.source);
  if (file == nullptr) return failure(EBADF, "read the image's source");
  Digest digest;
  const auto stream = open_layer(*file, bytes);
  while (true) {
    auto read = stream->read();
    if (!read) return tl::unexpected(read.error());
    if (read->empty()) return digest.finish();
    digest.add(read->data(), read->size());
  }
}

Result<void> check_digest(const Source& source, const store::Digested& wanted, const char* what) {
  const auto found = digest_of(source, {"", store::Compression::none, wanted.bytes, {}});
  if (!found) return tl::unexpected(found.error());
  if (*found == wanted.digest) return {};
  return failure(0, what,
                 "its content is not what the image names: its digest is " + *found + ", expected " + wanted.digest,
                 "the archive is damaged or was changed; get it anew");
}

// What can be proved of the fact: the image's id is the digest of its configuration, and what led to that is what it
// was said to be.
Result<void> check_digests(const Source& source, const store::ImageFact& fact) {
  for (const store::Digested& one : fact.digested) {
    if (auto checked = check_digest(source, one, "read the image's index"); !checked) return checked;
  }
  if (!fact.config) return {};
  return check_digest(source, {fact.id, *fact.config}, "read the image's configuration");
}

// A flat tar says nowhere what its digest is. Yields whether any was missing.
Result<bool> complete_digests(store::ImageFact& fact, const Source& source) {
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

/// A source as the worker opened it.
struct Opened {
  std::unique_ptr<Source> source{};
  const DirectorySource* directory = nullptr;
  bool is_unfolded = false;

  static Result<Opened> open(const ResolveSource& from) {
    struct stat status {};
    if (::fstat(from.file.get(), &status) != 0) return failure(errno, "look at the image");
    if (S_ISDIR(status.st_mode)) {
      auto directory = std::make_unique<DirectorySource>(from.file);
      const DirectorySource* const seen = directory.get();
      return Opened{std::move(directory), seen, false};
    }
    auto archive = ArchiveSource::open(from.file);
    if (!archive) return tl::unexpected(archive.error());
    return Opened{std::move(*archive), nullptr, from.is_unfolded};
  }

  // What plugins are told.
  [[nodiscard]] nlohmann::json fact() const {
    if (directory != nullptr) return {{"type", "directory"}};
    return {{"type", "file"}, {"size", source->size(0)}};
  }

  // What no plugin has to say.
  void complete(nlohmann::json& fact) const {
    fact.erase("unfolded");
    fact.erase("files");
    if (is_unfolded) fact["unfolded"] = source->size(0);
    if (directory == nullptr) return;
    nlohmann::json files = nlohmann::json::array();
    for (const DirectorySource::File& file : directory->files())
      files.push_back({{"name", file.name}, {"size", file.size}});
    fact["files"] = std::move(files);
  }

  [[nodiscard]] std::vector<std::uint64_t> sizes() const {
    if (directory != nullptr) return {};
    return {source->size(0)};
  }
};

Result<std::string> completed(nlohmann::json& json, const Opened& opened) {
  const auto to_text = [&json] { return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); };
  if (json.is_object()) opened.complete(json);
  const std::vector<std::uint64_t> sizes = opened.sizes();
  auto fact = store::parse_image_fact(to_text(), sizes, store::Digests::may_be_missing);
  if (!fact) return tl::unexpected(fact.error());
  auto any = complete_digests(*fact, *opened.source);
  if (!any) return tl::unexpected(any.error());
  if (*any) {
    json["id"] = fact->id;
    for (std::size_t i = 0; i < fact->layers.size(); ++i) json["layers"][i]["diff_id"] = fact->layers[i].diff_id;
  }
  const std::string text = to_text();
  auto whole = store::parse_image_fact(text, sizes);
  if (!whole) return tl::unexpected(whole.error());
  if (auto checked = check_digests(*opened.source, *whole); !checked) return tl::unexpected(checked.error());
  return text;
}

}  // namespace

ShownSource::ShownSource(Source& source) { shown = &source; }
ShownSource::~ShownSource() { shown = nullptr; }
const slipway_source* ShownSource::abi() const { return &kSource; }

Answer resolve_image(const Resolver& resolver, const std::string& document, const ResolveSource& source,
                     const TellInPlugin& tell) {
  const std::string& plugin = resolver.plugin;
  auto parsed = nlohmann::json::parse(document, nullptr, false);
  if (parsed.is_discarded() || !parsed.is_object()) return Failed{{EPROTO, "read the image plugin's options"}, {}};
  const auto opened = Opened::open(source);
  if (!opened) return Failed{opened.error(), {}};
  parsed["facts"]["source"] = opened->fact();
  const ShownSource seen(*opened->source);
  host::Session session(parsed, host::Session::Entry::resolve);
  session.provides = std::vector<std::string>{"image"};
  session.options = resolver.options;
  session.ability = [&](std::string_view name) -> const void* {
    return name == "slipway.source.1" ? seen.abi() : nullptr;
  };
  host::Guard guard;
  tell({true});
  const bool went_well = session.finish(guard.run(plugin, "resolve", [&] { return resolver.function(session.abi()); }));
  tell({false});
  const Error in_plugin{0, "resolve the image", "plugin " + plugin, ""};
  if (!went_well) return Failed{in_plugin, reports_of(session)};
  if (session.facts.empty()) {
    return Failed{{0, "resolve the image", "plugin " + plugin + " handed over no fact \"image\"", ""},
                  reports_of(session)};
  }
  auto text = completed(session.facts.back().second, *opened);
  if (!text) return Failed{text.error(), reports_of(session)};
  std::vector<store::PluginReport> reports = reports_of(session);
  const bool is_flat = session.facts.back().second["kind"] == "flat tar";
  if (source.lint && (is_flat || session.facts.back().second["kind"] == "directory")) {
    for (store::PluginReport& odd : misplaced_root(*opened->source)) reports.push_back(std::move(odd));
  }
  if (source.lint && is_flat) {
    for (store::PluginReport& odd : lint(*opened->source)) reports.push_back(std::move(odd));
  }
  return store::Resolved{std::move(*text), std::move(reports)};
}

}  // namespace slipway::unpack
