#include "core/plan/start_record.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "core/linux/program.hpp"
#include "core/plan/finder.hpp"
#include "core/plan/packed.hpp"

namespace slipway::plan {
namespace {

// Of the one that is called, whichever is running.
std::string identity_of_program() {
  struct stat status {};
  const auto program = linux::in_prefix("bin/slipway");
  if (!program || ::stat(program->c_str(), &status) != 0) return {};
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + ":" + std::to_string(status.st_size) +
         ":" + std::to_string(status.st_mtim.tv_sec) + ":" + std::to_string(status.st_mtim.tv_nsec);
}

}  // namespace

// The three plans as they are: they are unpacked when they are needed, and the whole one seldom is.
std::string to_bytes(const StartRecord& record) {
  Packer packer;
  const config::Isolation& isolation = record.isolation;
  packer.add_all(isolation.namespaces, isolation.joins.size());
  for (const config::Join& join : isolation.joins) packer.add_all(join.space, join.path, join.process);
  packer.add_all(isolation.user, isolation.ranges.to_text(), isolation.ids, isolation.propagation, isolation.hostname,
                 isolation.hostname_of_image);
  const ImageUse& image = record.image;
  packer.add_all(image.plugin, image.library, image.identity, image.options, image.source, image.pointer);
  packer.add_all(record.plugin_dirs, record.plugins.size());
  for (const PluginFile& plugin : record.plugins) packer.add_all(plugin.name, plugin.path, plugin.identity);
  packer.add_all(record.extended.size());
  for (const KnownFile& file : record.extended) packer.add_all(file.path, file.fingerprint);
  const Terms& terms = record.terms;
  packer.add_all(terms.stop_signal, terms.stop_timeout_s, terms.ends_with_terminal, terms.ends_with_parent,
                 terms.preserve_fds, terms.reads_files);
  packer.add_all(record.facts, record.losses, record.preparation, record.child, record.whole);
  return std::move(packer.bytes());
}

Result<StartRecord> start_record_from(std::string_view bytes) {
  Unpacker unpacker(bytes);
  StartRecord record;
  config::Isolation& isolation = record.isolation;
  unpacker.get_all(isolation.namespaces);
  for (auto left = unpacker.get<std::size_t>(); left > 0 && unpacker.whole(); --left) {
    config::Join& join = isolation.joins.emplace_back();
    unpacker.get_all(join.space, join.path, join.process);
  }
  std::string ranges;
  unpacker.get_all(isolation.user, ranges, isolation.ids, isolation.propagation, isolation.hostname,
                   isolation.hostname_of_image);
  if (!ranges.empty()) {
    auto map = linux::IdMap::from_text(ranges);
    if (!map) return tl::unexpected(map.error());
    isolation.ranges = std::move(*map);
  }
  ImageUse& image = record.image;
  unpacker.get_all(image.plugin, image.library, image.identity, image.options, image.source, image.pointer);
  unpacker.get(record.plugin_dirs);
  for (auto left = unpacker.get<std::size_t>(); left > 0 && unpacker.whole(); --left) {
    PluginFile& plugin = record.plugins.emplace_back();
    unpacker.get_all(plugin.name, plugin.path, plugin.identity);
  }
  for (auto left = unpacker.get<std::size_t>(); left > 0 && unpacker.whole(); --left) {
    KnownFile& file = record.extended.emplace_back();
    unpacker.get_all(file.path, file.fingerprint);
  }
  Terms& terms = record.terms;
  unpacker.get_all(terms.stop_signal, terms.stop_timeout_s, terms.ends_with_terminal, terms.ends_with_parent,
                   terms.preserve_fds, terms.reads_files);
  unpacker.get_all(record.facts, record.losses, record.preparation, record.child, record.whole);
  if (!unpacker.at_end()) return failure(0, "read the record of a start");
  return record;
}

std::string plan_bytes(const Plan& plan) {
  Packer packer;
  for (const PlannedStep& step : plan.steps) {
    const auto& [as, from, after, replaces] = step.common;
    const auto& [stage, plugin, name, pointer, place] = step.owner;
    packer.add_all(step.step, step.phase, as, from, after, replaces);
    packer.add_all(stage, plugin, name, pointer, place.source, place.name, place.line, place.column);
  }
  return std::move(packer.bytes());
}

Result<Plan> plan_from(std::string_view bytes) {
  Unpacker unpacker(bytes);
  Plan plan;
  while (unpacker.whole() && !unpacker.at_end()) {
    PlannedStep& step = plan.steps.emplace_back();
    auto& [as, from, after, replaces] = step.common;
    auto& [stage, plugin, name, pointer, place] = step.owner;
    unpacker.get_all(step.step, step.phase, as, from, after, replaces);
    unpacker.get_all(stage, plugin, name, pointer, place.source, place.name, place.line, place.column);
  }
  if (!unpacker.whole()) return failure(0, "read a recorded plan");
  name_sources(plan.steps);
  return plan;
}

Result<std::string> text_of(const config::Request& request) {
  std::array<char, PATH_MAX> directory{};
  if (::getcwd(directory.data(), directory.size()) == nullptr) return failure(errno, "find the current directory");
  std::string text;
  // Each part behind its length, so that no two requests come out alike.
  const auto add = [&text](std::string_view part) { text += std::to_string(part.size()) + ":" + std::string(part); };
  add(identity_of_program());
  add(directory.data());
  for (const std::optional<std::string>* part : {&request.file, &request.file_text, &request.image_source}) {
    add(*part ? "given" : "absent");
    add(part->value_or(""));
  }
  add(request.image_plugin);
  for (const config::Override& change : request.overrides) {
    add(std::to_string(static_cast<int>(change.kind)));
    add(change.path);
    // With its "=", as a name alone takes a variable away.
    const bool gives_value =
        change.kind == config::Override::Kind::environment && change.value.find('=') != std::string::npos;
    add(gives_value ? std::string_view(change.value).substr(0, change.value.find('=') + 1) : change.value);
    add(change.label);
    add(std::to_string(change.words.size()));
    for (const std::string& word : change.words) add(word);
  }
  return text;
}

bool plugins_unchanged(const StartRecord& record) {
  auto finder = finder_for(record.plugin_dirs);
  if (!finder) return false;
  for (const PluginFile& plugin : record.plugins) {
    const auto found = finder->locate(plugin.name);
    if (!found || found->path != plugin.path || found->identity != plugin.identity) return false;
  }
  return true;
}

}  // namespace slipway::plan
