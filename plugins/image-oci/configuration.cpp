#include "configuration.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace oci {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestJson = std::uint64_t{4} << 20U;

// The configuration's words for the fact's.
struct Setting {
  const char *from, *to;
};
constexpr std::array kLists = {Setting{"Entrypoint", "entrypoint"}, Setting{"Cmd", "cmd"}, Setting{"Env", "env"}};
constexpr std::array kTexts = {Setting{"User", "user"}, Setting{"WorkingDir", "workdir"},
                               Setting{"StopSignal", "stop_signal"}};

[[noreturn]] void wrong(const std::string& what, const char* hint) {
  throw slipway::Failure(kSource, "the image's configuration " + what, hint);
}

bool is_list_of_texts(const json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
}

json settings_of(const json& config, const char* hint) {
  json settings = json::object();
  const auto inner = config.find("config");
  if (inner == config.end() || inner->is_null()) return settings;
  if (!inner->is_object()) wrong("has a \"config\" that is no object", hint);
  const auto take = [&](const Setting& setting, auto fits, const char* expected) {
    const auto found = inner->find(setting.from);
    if (found == inner->end() || found->is_null()) return;
    if (!fits(*found)) wrong(std::string("has a \"") + setting.from + "\" that is no " + expected, hint);
    settings[setting.to] = *found;
  };
  for (const Setting& setting : kLists) take(setting, is_list_of_texts, "list of texts");
  for (const Setting& setting : kTexts)
    take(
        setting, [](const json& value) { return value.is_string(); }, "text");
  take(
      {"Labels", "labels"},
      [](const json& value) {
        return value.is_object() &&
               std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
      },
      "object of texts");
  return settings;
}

std::vector<std::string> diff_ids_of(const json& config, const char* hint) {
  const auto rootfs = config.find("rootfs");
  if (rootfs == config.end() || !rootfs->is_object() || !rootfs->contains("diff_ids") ||
      !is_list_of_texts(rootfs->at("diff_ids"))) {
    wrong("has no list of diff_ids in its \"rootfs\"", hint);
  }
  return rootfs->at("diff_ids").get<std::vector<std::string>>();
}

}  // namespace

json read_json(const slipway::Resolve& source, const slipway::Entry& entry, const std::string& what, const char* hint) {
  if (entry.size > kLargestJson) {
    throw slipway::Failure(kSource, what + " is " + std::to_string(entry.size) + " bytes long; at most 4 MiB are read",
                           hint);
  }
  const std::string text = source.read_text(entry, kLargestJson);
  // What is too deep for any of these files could be too deep for this stack, once it is taken apart.
  auto parsed = json::parse(
      text, [](int depth, json::parse_event_t, json&) { return depth < 64; }, false);
  if (parsed.is_discarded()) throw slipway::Failure(kSource, what + " is not JSON", hint);
  return parsed;
}

std::string compression_of(const slipway::Resolve& source, const slipway::Entry& layer) {
  struct Magic {
    std::string_view bytes, word;
  };
  static constexpr std::array kKnown = {Magic{"\x1f\x8b", "gzip"}, Magic{"\x28\xb5\x2f\xfd", "zstd"},
                                        Magic{std::string_view("\xfd"
                                                               "7zXZ\0",
                                                               6),
                                              "xz"},
                                        Magic{"BZh", "bzip2"}};
  std::array<char, 6> first{};
  const std::uint64_t size = std::min<std::uint64_t>(layer.size, first.size());
  if (size > 0) source.read_bytes(layer.source, layer.offset, first.data(), size);
  const std::string_view bytes(first.data(), static_cast<std::size_t>(size));
  for (const Magic& magic : kKnown) {
    if (bytes.starts_with(magic.bytes)) return std::string(magic.word);
  }
  return "none";
}

Configuration read_configuration(const slipway::Resolve& source, const slipway::Entry& entry, const char* hint) {
  const json config = read_json(source, entry, "the image's configuration " + entry.name, hint);
  if (!config.is_object()) wrong("is no object", hint);
  if (const auto os = config.find("os"); os != config.end() && *os != "linux")
    wrong("is of another system than linux", hint);
  return {settings_of(config, hint), diff_ids_of(config, hint)};
}

json range_of(const slipway::Entry& entry) {
  return {{"source", entry.source}, {"offset", entry.offset}, {"size", entry.size}};
}

}  // namespace oci
