#include "core/plan/start_record.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <nlohmann/json.hpp>

#include "core/plan/facts.hpp"
#include "core/plugins/plugins.hpp"
#include "sdk/host/codec.hpp"

namespace slipway::plan {
namespace {

using nlohmann::json;

constexpr std::string_view kFormat = "slipway-start 2";
constexpr std::size_t kSections = 4;

json header_of(const StartRecord& record) {
  json plugins = json::array();
  for (const PluginFile& plugin : record.plugins) plugins.push_back({plugin.name, plugin.path, plugin.identity});
  return {{"namespaces", record.isolation.namespaces},
          {"user", static_cast<int>(record.isolation.user)},
          {"ids", static_cast<int>(record.isolation.ids)},
          {"hostname", record.isolation.hostname},
          {"image",
           {record.image.plugin, record.image.library, record.image.identity, record.image.options, record.image.source,
            record.image.pointer}},
          {"plugin_dirs", record.plugin_dirs},
          {"plugins", std::move(plugins)},
          {"facts", record.facts},
          {"losses", record.losses}};
}

void read_header(const json& header, StartRecord& record) {
  header.at("namespaces").get_to(record.isolation.namespaces);
  record.isolation.user = static_cast<config::Isolation::User>(header.at("user").get<int>());
  record.isolation.ids = static_cast<config::Isolation::Ids>(header.at("ids").get<int>());
  header.at("hostname").get_to(record.isolation.hostname);
  const json& image = header.at("image");
  std::size_t at = 0;
  for (std::string* member : {&record.image.plugin, &record.image.library, &record.image.identity,
                              &record.image.options, &record.image.source, &record.image.pointer}) {
    image.at(at++).get_to(*member);
  }
  header.at("plugin_dirs").get_to(record.plugin_dirs);
  for (const json& plugin : header.at("plugins")) {
    record.plugins.push_back({plugin.at(0), plugin.at(1), plugin.at(2)});
  }
  header.at("facts").get_to(record.facts);
  header.at("losses").get_to(record.losses);
}

json encode_owner(const Owner& owner) {
  return {owner.stage,      owner.plugin,     owner.name,        owner.pointer, static_cast<int>(owner.place.source),
          owner.place.name, owner.place.line, owner.place.column};
}

Owner decode_owner(const json& list) {
  Owner owner{list.at(0), list.at(1), list.at(2), list.at(3), {}};
  owner.place.source = static_cast<Place::Source>(list.at(4).get<int>());
  list.at(5).get_to(owner.place.name);
  list.at(6).get_to(owner.place.line);
  list.at(7).get_to(owner.place.column);
  return owner;
}

std::string identity_of_program() {
  struct stat status {};
  if (::stat("/proc/self/exe", &status) != 0) return {};
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + ":" + std::to_string(status.st_size) +
         ":" + std::to_string(status.st_mtim.tv_sec) + ":" + std::to_string(status.st_mtim.tv_nsec);
}

}  // namespace

// A line with the format and the sizes of the sections, then the sections: the big ones are not parsed unless needed.
std::string to_text(const StartRecord& record) {
  const std::string header = header_of(record).dump(-1, ' ', false, json::error_handler_t::replace);
  std::string text(kFormat);
  for (const std::string* section : {&header, &record.preparation, &record.child, &record.whole}) {
    text += " " + std::to_string(section->size());
  }
  return text + "\n" + header + record.preparation + record.child + record.whole;
}

Result<StartRecord> start_record_from(std::string_view text) {
  const auto damaged = failure(0, "read the record of a start");
  if (!text.starts_with(kFormat)) return damaged;
  text.remove_prefix(kFormat.size());
  std::array<std::size_t, kSections> sizes{};
  std::size_t total = 0;
  for (std::size_t& size : sizes) {
    if (!text.starts_with(' ')) return damaged;
    const auto [end, problem] = std::from_chars(text.data() + 1, text.data() + text.size(), size);
    if (problem != std::errc{}) return damaged;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    total += size;
  }
  if (!text.starts_with('\n') || text.size() != total + 1) return damaged;
  text.remove_prefix(1);
  const json header = json::parse(text.substr(0, sizes[0]), nullptr, false);
  text.remove_prefix(sizes[0]);
  StartRecord record;
  try {
    read_header(header, record);
  } catch (const json::exception&) {
    return damaged;
  }
  record.preparation = text.substr(0, sizes[1]);
  record.child = text.substr(sizes[1], sizes[2]);
  record.whole = text.substr(sizes[1] + sizes[2]);
  return record;
}

std::string plan_text(const Plan& plan) {
  json list = json::array();
  for (const PlannedStep& step : plan.steps) {
    list.push_back({host::encode_step({step.step, step.phase, step.common}), encode_owner(step.owner)});
  }
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Plan> plan_from(std::string_view text) {
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return failure(0, "read a recorded plan");
  Plan plan;
  plan.steps.reserve(list.size());
  try {
    for (const json& entry : list) {
      auto decoded = host::decode_step(entry.at(0));
      if (!decoded) return failure(0, "read a recorded plan", decoded.error().front().message);
      plan.steps.push_back(
          {std::move(decoded->step), decoded->phase, std::move(decoded->common), decode_owner(entry.at(1))});
    }
  } catch (const json::exception&) {
    return failure(0, "read a recorded plan");
  }
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
    for (const std::string* part : {&change.path, &change.value, &change.label}) add(*part);
    add(std::to_string(change.words.size()));
    for (const std::string& word : change.words) add(word);
  }
  return text;
}

bool plugins_unchanged(const StartRecord& record) {
  auto builtin = plugins::builtin_directory();
  if (!builtin) return false;
  std::vector<plugins::Directory> directories = {std::move(*builtin)};
  for (const std::string& directory : record.plugin_dirs) directories.push_back({directory, false});
  plugins::Finder finder(std::move(directories), vocabulary());
  for (const PluginFile& plugin : record.plugins) {
    const auto found = finder.locate(plugin.name);
    if (!found || found->path != plugin.path || found->identity != plugin.identity) return false;
  }
  return true;
}

}  // namespace slipway::plan
