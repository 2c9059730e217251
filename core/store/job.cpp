#include "core/store/job.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace slipway::store {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kSeverities = {"error", "warning", "info", "debug"};
constexpr std::size_t kMostReports = 256;
constexpr std::string_view kExact = "exact", kSquashed = "squashed";

// Texts can hold a stranger's bytes; those that are not UTF-8 are replaced rather than thrown at.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json to_json(const LayerSource& layer) {
  return {{"diff_id", layer.diff_id},     {"compression", to_word(layer.compression)},
          {"source", layer.bytes.source}, {"offset", layer.bytes.offset},
          {"size", layer.bytes.size},     {"file", layer.file}};
}

Json to_json(const std::vector<LayerSource>& layers) {
  Json list = Json::array();
  for (const LayerSource& layer : layers) list.push_back(to_json(layer));
  return list;
}

Json to_json(const std::vector<PluginReport>& reports) {
  Json list = Json::array();
  for (const PluginReport& report : reports) {
    if (list.size() == kMostReports) break;
    list.push_back({{"severity", kSeverities.at(static_cast<std::size_t>(report.severity))},
                    {"at", report.at},
                    {"message", report.message},
                    {"hint", report.hint}});
  }
  return list;
}

std::vector<LayerSource> layers_from(const Json& json) {
  std::vector<LayerSource> layers;
  for (const Json& item : json) {
    layers.push_back({item.at("diff_id").get<std::string>(),
                      compression_of(item.at("compression").get<std::string>()).value_or(Compression::none),
                      {item.at("source").get<std::uint32_t>(), item.at("offset").get<std::uint64_t>(),
                       item.at("size").get<std::uint64_t>()},
                      item.at("file").get<std::string>()});
  }
  return layers;
}

std::vector<PluginReport> reports_from(const Json& json) {
  std::vector<PluginReport> reports;
  for (const Json& item : json) {
    if (reports.size() == kMostReports) break;
    PluginReport report;
    const auto word = item.at("severity").get<std::string>();
    for (std::size_t i = 0; i < kSeverities.size(); ++i) {
      if (kSeverities.at(i) == word) report.severity = static_cast<Severity>(i);
    }
    report.at = item.at("at").get<std::string>();
    report.message = printable(item.at("message").get<std::string>(), 4096);
    report.hint = printable(item.at("hint").get<std::string>(), 4096);
    reports.push_back(std::move(report));
  }
  return reports;
}

LayerLosses layer_losses_from(const Json& json) {
  LayerLosses losses;
  for (const auto& [diff_id, text] : json.items()) {
    auto lost = losses_from(text.get<std::string>());
    if (!lost) throw std::invalid_argument(sentence(lost.error()));
    losses.emplace(diff_id, std::move(*lost));
  }
  return losses;
}

struct JobEncoder {
  Json operator()(const Begin& begin) const {
    return {{"job", "begin"},
            {"id_map", begin.id_map},
            {"plugin", begin.plugin},
            {"has_staging", begin.has_staging},
            {"has_target", begin.has_target},
            {"owners", begin.owners == Owners::exact ? kExact : kSquashed},
            {"has_spool", begin.has_spool},
            {"options", begin.options}};
  }
  Json operator()(const Resolve& resolve) const {
    return {{"job", "resolve"}, {"document", resolve.document}, {"lint", resolve.lint}};
  }
  Json operator()(const Unpack& unpack) const {
    return {{"job", "unpack"}, {"layers", to_json(unpack.layers)}, {"form", unpack.form}};
  }
  Json operator()(const Merge& merge) const { return {{"job", "merge"}, {"layers", to_json(merge.layers)}}; }
};

struct AnswerEncoder {
  Json operator()(const Ready&) const { return {{"answer", "ready"}}; }
  Json operator()(const InPlugin& now) const { return {{"answer", "in_plugin"}, {"is_entered", now.is_entered}}; }
  Json operator()(const Resolved& resolved) const {
    return {{"answer", "resolved"}, {"fact", resolved.fact}, {"reports", to_json(resolved.reports)}};
  }
  Json operator()(const Unpacked& unpacked) const {
    Json losses = Json::object();
    for (const auto& [diff_id, lost] : unpacked.losses) losses[diff_id] = to_text(lost);
    return {{"answer", "unpacked"},
            {"losses", std::move(losses)},
            {"entries", unpacked.entries},
            {"bytes", unpacked.bytes}};
  }
  Json operator()(const Failed& failed) const {
    return {{"answer", "failed"},          {"code", failed.error.code},
            {"doing", failed.error.doing}, {"subject", failed.error.subject},
            {"hint", failed.error.hint},   {"reports", to_json(failed.reports)}};
  }
};

Job job_from(const Json& json) {
  const auto word = json.at("job").get<std::string>();
  if (word == "begin") {
    return Begin{json.at("id_map").get<std::string>(),
                 json.at("plugin").get<std::string>(),
                 json.at("has_staging").get<bool>(),
                 json.at("has_target").get<bool>(),
                 json.at("owners") == kExact ? Owners::exact : Owners::squashed,
                 json.at("has_spool").get<bool>(),
                 json.at("options").get<std::vector<std::string>>()};
  }
  if (word == "resolve") return Resolve{json.at("document").get<std::string>(), json.at("lint").get<bool>()};
  if (word == "unpack") return Unpack{layers_from(json.at("layers")), json.at("form").get<std::string>()};
  if (word == "merge") return Merge{layers_from(json.at("layers"))};
  throw std::invalid_argument("unknown job");
}

Answer answer_from(const Json& json) {
  const auto word = json.at("answer").get<std::string>();
  if (word == "ready") return Ready{};
  if (word == "in_plugin") return InPlugin{json.at("is_entered").get<bool>()};
  if (word == "resolved") return Resolved{json.at("fact").get<std::string>(), reports_from(json.at("reports"))};
  if (word == "unpacked") {
    return Unpacked{layer_losses_from(json.at("losses")), json.at("entries").get<std::uint64_t>(),
                    json.at("bytes").get<std::uint64_t>()};
  }
  if (word == "failed") {
    constexpr std::size_t kLongestText = 8192;
    return Failed{{json.at("code").get<int>(), printable(json.at("doing").get<std::string>(), kLongestText),
                   printable(json.at("subject").get<std::string>(), kLongestText),
                   printable(json.at("hint").get<std::string>(), kLongestText)},
                  reports_from(json.at("reports"))};
  }
  throw std::invalid_argument("unknown answer");
}

template <class T, class From>
Result<T> decode(std::string_view text, const char* doing, From from) {
  // The library throws at a missing or ill-typed member; here is where that ends.
  try {
    return from(Json::parse(text));
  } catch (const std::exception& problem) {
    return failure(EPROTO, doing, printable(problem.what()));
  }
}

}  // namespace

std::string encode(const Job& job) { return dump(std::visit(JobEncoder{}, job)); }
std::string encode(const Answer& answer) { return dump(std::visit(AnswerEncoder{}, answer)); }
Result<Job> decode_job(std::string_view text) { return decode<Job>(text, "read a job", job_from); }
Result<Answer> decode_answer(std::string_view text) {
  return decode<Answer>(text, "read the worker's answer", answer_from);
}

Result<void> send_message(const linux::Fd& socket, std::string_view text) {
  if (text.size() > kLargestMessage) return failure(EMSGSIZE, "send a message");
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string message(sizeof size, '\0');
  for (std::size_t i = 0; i < sizeof size; ++i) message[i] = static_cast<char>((size >> (8 * i)) & 0xFFU);
  message += text;
  return linux::send_all(socket, message);
}

Result<std::string> receive_message(const linux::Fd& socket) {
  std::array<unsigned char, 4> length{};
  std::size_t have = 0;
  while (have < length.size()) {
    const ssize_t count = ::recv(socket.get(), length.data() + have, length.size() - have, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, "receive a message");
    if (count == 0) return failure(ECONNRESET, "receive a message");
    have += static_cast<std::size_t>(count);
  }
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < length.size(); ++i) size |= static_cast<std::uint32_t>(length.at(i)) << (8 * i);
  if (size > kLargestMessage) return failure(EMSGSIZE, "receive a message");
  std::string text(size, '\0');
  if (auto read = linux::read_exactly(socket, text.data(), text.size()); !read)
    return failure(ECONNRESET, "receive a message");
  return text;
}

}  // namespace slipway::store
