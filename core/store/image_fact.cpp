#include "core/store/image_fact.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "core/store/store.hpp"

namespace slipway::store {
namespace {

using Json = nlohmann::json;

// The first thing wrong is told; the rest of the fact is then not worth reading.
class Reader {
 public:
  Reader(std::span<const std::uint64_t> sizes, Digests digests)
      : sizes_(sizes), digests_(digests), is_directory_(sizes.empty()) {}

  Result<ImageFact> read(const Json& json) {
    ImageFact fact;
    if (!json.is_object()) return wrong("", "is no object");
    if (json.contains("unfolded")) {
      fact.unfolded = number(json, "unfolded", "");
      sizes_ = std::span(&*fact.unfolded, 1);
    }
    if (is_directory_) read_files(json);
    fact.id = text(json, "id", "/id");
    fact.name = text(json, "name", "/name");
    fact.kind = text(json, "kind", "/kind");
    if (const auto settings = json.find("settings"); settings != json.end()) read_settings(*settings, fact.settings);
    if (const auto config = json.find("config"); config != json.end() && !config->is_null()) {
      fact.config = range(*config, "/config");
      if (!is_digest(fact.id)) note("/id", "is no digest, but the fact has a config");
    }
    read_digested(json, fact.digested);
    read_layers(json, fact.layers);
    if (fact.id.empty() && !lacks_digest_) note("/id", "is missing");
    if (problem_.empty()) return fact;
    return wrong(place_, problem_);
  }

 private:
  static tl::unexpected<Error> wrong(const std::string& place, const std::string& what) {
    return failure(0, "check what the image plugin found", "/facts/image" + place + " " + what,
                   "the archive is damaged, or the image plugin has a fault");
  }

  void note(const std::string& place, std::string_view what) {
    if (!problem_.empty()) return;
    place_ = place;
    problem_ = what;
  }

  std::string checked(const Json& value, const std::string& place) {
    if (!value.is_string()) {
      note(place, "is no text");
      return {};
    }
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() > kLongestSetting) note(place, "is longer than " + std::to_string(kLongestSetting) + " bytes");
    if (text.find('\0') != std::string::npos) note(place, "has a NUL in it");
    return text;
  }

  std::string text(const Json& object, const char* member, const std::string& place) {
    const auto found = object.find(member);
    return found == object.end() || found->is_null() ? std::string() : checked(*found, place);
  }

  std::vector<std::string> texts(const Json& object, const char* member) {
    const std::string place = std::string("/settings/") + member;
    std::vector<std::string> list;
    const auto found = object.find(member);
    if (found == object.end() || found->is_null()) return list;
    if (!found->is_array()) {
      note(place, "is no list");
    } else if (found->size() > kMostSettings) {
      note(place, "has more than " + std::to_string(kMostSettings) + " members");
    } else {
      for (const Json& item : *found) list.push_back(checked(item, place + "/" + std::to_string(list.size())));
    }
    return list;
  }

  void read_settings(const Json& json, ImageSettings& settings) {
    if (!json.is_object()) return note("/settings", "is no object");
    settings.entrypoint = texts(json, "entrypoint");
    settings.cmd = texts(json, "cmd");
    settings.env = texts(json, "env");
    settings.user = text(json, "user", "/settings/user");
    settings.workdir = text(json, "workdir", "/settings/workdir");
    settings.stop_signal = text(json, "stop_signal", "/settings/stop_signal");
    const auto labels = json.find("labels");
    if (labels == json.end() || labels->is_null()) return;
    if (!labels->is_object()) return note("/settings/labels", "is no object");
    if (labels->size() > kMostSettings) return note("/settings/labels", "has too many members");
    for (const auto& [key, value] : labels->items()) settings.labels[key] = checked(value, "/settings/labels");
  }

  std::uint64_t number(const Json& object, const char* member, const std::string& place) {
    const auto found = object.find(member);
    if (found != object.end() && found->is_number_unsigned()) return found->get<std::uint64_t>();
    if (found != object.end() && found->is_number_integer() && found->get<std::int64_t>() >= 0) {
      return found->get<std::uint64_t>();
    }
    note(place + "/" + member, "is no number of bytes");
    return 0;
  }

  Range range(const Json& json, const std::string& place) {
    Range range;
    if (!json.is_object()) {
      note(place, "is no object");
      return range;
    }
    const std::uint64_t source = json.contains("source") ? number(json, "source", place) : 0;
    range.offset = number(json, "offset", place);
    range.size = number(json, "size", place);
    if (source >= sizes_.size()) {
      note(place, "lies in a file that the source does not have");
      return range;
    }
    range.source = static_cast<std::uint32_t>(source);
    const std::uint64_t end = sizes_[range.source];
    if (range.offset > end || range.size > end - range.offset) note(place, "lies outside the source");
    return range;
  }

  void read_files(const Json& json) {
    const auto found = json.find("files");
    if (found == json.end() || !found->is_array()) return;
    for (const Json& item : *found) {
      const std::string place = "/files/" + std::to_string(files_.size());
      if (!item.is_object()) return note(place, "is no object");
      files_.push_back(text(item, "name", place + "/name"));
      own_sizes_.push_back(number(item, "size", place));
    }
    sizes_ = own_sizes_;
  }

  void read_digested(const Json& json, std::vector<Digested>& digested) {
    const auto found = json.find("digested");
    if (found == json.end()) return;
    if (!found->is_array() || found->size() > kMostLayers) return note("/digested", "is no short list");
    for (const Json& item : *found) {
      const std::string place = "/digested/" + std::to_string(digested.size());
      Digested one{{}, range(item, place)};
      if (!item.is_object()) return;
      one.digest = text(item, "digest", place + "/digest");
      if (!is_digest(one.digest)) note(place + "/digest", "is no digest (sha256: and 64 digits)");
      digested.push_back(std::move(one));
    }
  }

  void read_layers(const Json& json, std::vector<LayerSource>& layers) {
    const auto found = json.find("layers");
    if (found == json.end() || !found->is_array()) return note("/layers", "is no list");
    if (found->size() > kMostLayers) {
      return note("/layers", "has " + std::to_string(found->size()) + " members; at most " +
                                 std::to_string(kMostLayers) + " layers can be stacked");
    }
    for (const Json& item : *found) {
      const std::string place = "/layers/" + std::to_string(layers.size());
      LayerSource layer;
      if (is_directory_ && item.is_object() && item.contains("diff_id") && item["diff_id"] == kInPlace) {
        if (found->size() > 1) return note(place, "is a directory beside other layers");
        layer.diff_id = kInPlace;
        layers.push_back(std::move(layer));
        return;
      }
      layer.bytes = range(item, place);
      if (layer.bytes.source < files_.size()) layer.file = files_[layer.bytes.source];
      if (!item.is_object()) return;
      layer.diff_id = text(item, "diff_id", place + "/diff_id");
      const bool is_missing = layer.diff_id.empty() && digests_ == Digests::may_be_missing;
      lacks_digest_ = lacks_digest_ || is_missing;
      if (!is_missing && !is_digest(layer.diff_id)) note(place + "/diff_id", "is no digest (sha256: and 64 digits)");
      const std::string word = text(item, "compression", place + "/compression");
      const auto compression = compression_of(word.empty() ? "none" : word);
      if (!compression) note(place + "/compression", "is none of none, gzip, zstd, xz, bzip2");
      layer.compression = compression.value_or(Compression::none);
      layers.push_back(std::move(layer));
    }
  }

  std::span<const std::uint64_t> sizes_;
  Digests digests_;
  bool is_directory_;
  std::vector<std::string> files_{};
  std::vector<std::uint64_t> own_sizes_{};
  bool lacks_digest_ = false;
  std::string place_{}, problem_{};
};

}  // namespace

Result<ImageFact> parse_image_fact(std::string_view json, std::span<const std::uint64_t> source_sizes,
                                   Digests digests) {
  if (json.size() > kLargestFact) return failure(EFBIG, "check what the image plugin found");
  const Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) return failure(0, "check what the image plugin found: it is no JSON");
  return Reader(source_sizes, digests).read(parsed);
}

}  // namespace slipway::store
