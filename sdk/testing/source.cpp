#include <nlohmann/json.hpp>

#include "sdk/testing/shown_source.hpp"

namespace slipway::testing {
namespace {

constexpr std::size_t kBlock = 512;  // a tar's: what an archive holds begins behind a block with its name

thread_local const Source* shown = nullptr;

slipway_text to_c(const std::string& text) { return {text.data(), text.size()}; }

std::string_view plain(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  return name;
}

std::string_view without_slash(std::string_view name) {
  while (name.ends_with('/')) name.remove_suffix(1);
  return name;
}

std::int32_t show(const Source::Entry& entry, slipway_entry* out) {
  *out = {to_c(entry.name), to_c(entry.link), entry.offset, entry.size, entry.type, entry.source};
  return 0;
}

std::int32_t entry_at(const slipway_host* /*host*/, std::uint64_t index, slipway_entry* out) {
  if (shown == nullptr || index >= shown->entries().size()) return 1;
  return show(shown->entries()[static_cast<std::size_t>(index)], out);
}

std::int32_t find_entry(const slipway_host* /*host*/, slipway_text name, slipway_entry* out) {
  if (shown == nullptr) return 1;
  std::string_view wanted = plain({name.data, static_cast<std::size_t>(name.size)});
  const bool asks_directory = wanted.ends_with('/');
  if (shown->kind() == Source::Kind::directory) wanted = without_slash(wanted);
  const auto& entries = shown->entries();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {  // the last of a name counts
    if (plain(entry->name) != wanted) continue;
    if (shown->kind() == Source::Kind::directory && asks_directory && entry->type != 'd') return 1;
    return show(*entry, out);
  }
  return 1;
}

std::int32_t read_bytes(const slipway_host* /*host*/, std::uint32_t source, std::uint64_t offset, void* to,
                        std::uint64_t size) {
  if (shown == nullptr || source >= shown->files().size()) return 1;
  const std::string& file = shown->files()[source];
  if (offset > file.size() || size > file.size() - offset) return 1;
  file.copy(static_cast<char*>(to), static_cast<std::size_t>(size), static_cast<std::size_t>(offset));
  return 0;
}

constexpr slipway_source kSource = {sizeof(slipway_source), 0, entry_at, find_entry, read_bytes};

}  // namespace

Source& Source::add(Entry entry, std::string_view content) {
  entry.size = content.size();
  if (kind_ == Kind::directory) {
    while (entry.name.ends_with('/')) entry.name.pop_back();
    if (entry.type == 'f') {
      entry.source = static_cast<std::uint32_t>(files_.size());
      files_.emplace_back(content);
    }
  } else {
    if (files_.empty()) files_.emplace_back();
    std::string& archive = files_.front();
    archive.append(kBlock, '\0');
    entry.offset = archive.size();
    archive += content;
    archive.append((kBlock - archive.size() % kBlock) % kBlock, '\0');
  }
  entries_.push_back(std::move(entry));
  return *this;
}

Source& Source::file(std::string name, std::string_view content) { return add({std::move(name), {}, 'f'}, content); }
Source& Source::directory(std::string name) { return add({std::move(name), {}, 'd'}, {}); }
Source& Source::symlink(std::string name, std::string target) {
  return add({std::move(name), std::move(target), 'l'}, {});
}
Source& Source::hard_link(std::string name, std::string target) {
  return add({std::move(name), std::move(target), 'h'}, {});
}

std::string Source::bytes(std::uint64_t offset, std::uint64_t size, std::uint32_t source) const {
  if (source >= files_.size() || offset > files_[source].size() || size > files_[source].size() - offset) {
    throw Error("the source has no " + std::to_string(size) + " bytes at " + std::to_string(offset) + " of file " +
                std::to_string(source));
  }
  return files_[source].substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

ShownSource::ShownSource(const Source& source) { shown = &source; }
ShownSource::~ShownSource() { shown = nullptr; }
// NOLINTNEXTLINE(readability-convert-member-functions-to-static): only while one is shown
const slipway_source* ShownSource::abi() const { return &kSource; }

nlohmann::json fact_of(const Source& source) {
  if (source.kind() == Source::Kind::directory) return {{"type", "directory"}};
  return {{"type", "file"}, {"size", source.files().empty() ? 0 : source.files().front().size()}};
}

}  // namespace slipway::testing
