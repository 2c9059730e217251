// What a rootfs plugin promises: the tree that the image's layers make, seen by a program in a container.
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/check/apart.hpp"
#include "core/check/sha256.hpp"
#include "core/check/subject.hpp"
#include "core/check/trial.hpp"
#include "core/linux/program.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;

constexpr const char* kName = "reference-tree";

std::string end_of_tar() { return std::string(1024, '\0'); }

// Under one directory, because other stages make their own places beside it.
std::string lower_layer(const std::string& program) {
  return tar_member("bin/", '5', "") + tar_member("bin/tree", '0', program) + tar_member("etc/", '5', "") +
         tar_member("etc/passwd", '0', "root:x:0:0::/:/bin/sh\n", "0644") + tar_member("ref/", '5', "") +
         tar_member("ref/a/", '5', "") + tar_member("ref/a/kept", '0', "below", "0640") +
         tar_member("ref/a/gone", '0', "below") + tar_member("ref/changed", '0', "below", "0644") +
         tar_member("ref/dir-gone/", '5', "") + tar_member("ref/dir-gone/x", '0', "below") +
         tar_member("ref/file-then-dir", '0', "below") + tar_member("ref/link", '2', "", "0777", "a/kept") +
         tar_member("ref/opaque/", '5', "") + tar_member("ref/opaque/old", '0', "below") +
         tar_member("ref/set-id", '0', "x", "4755") + end_of_tar();
}

std::string upper_layer() {
  return tar_member("ref/", '5', "") + tar_member("ref/a/", '5', "", "0700") + tar_member("ref/a/.wh.gone", '0', "") +
         tar_member("ref/changed", '0', "above", "0600") + tar_member("ref/.wh.dir-gone", '0', "") +
         tar_member("ref/file-then-dir/", '5', "") + tar_member("ref/file-then-dir/new", '0', "above", "0644") +
         tar_member("ref/opaque/", '5', "") + tar_member("ref/opaque/.wh..wh..opq", '0', "") +
         tar_member("ref/opaque/new", '0', "above", "0644") + end_of_tar();
}

constexpr std::string_view kTree =
    "d 0755 0:0 /ref\n"
    "d 0700 0:0 /ref/a\n"
    "f 0640 0:0 /ref/a/kept = below\n"
    "f 0600 0:0 /ref/changed = above\n"
    "d 0755 0:0 /ref/file-then-dir\n"
    "f 0644 0:0 /ref/file-then-dir/new = above\n"
    "l 0777 0:0 /ref/link = a/kept\n"
    "d 0755 0:0 /ref/opaque\n"
    "f 0644 0:0 /ref/opaque/new = above\n"
    "f 4755 0:0 /ref/set-id = x\n";

// As docker save writes it.
std::string archive(const std::string& program) {
  const std::string lower = lower_layer(program);
  const std::string upper = upper_layer();
  const std::string config =
      json({{"architecture", "amd64"},
            {"os", "linux"},
            {"config", {{"Cmd", {"/bin/tree", "/ref"}}}},
            {"rootfs", {{"type", "layers"}, {"diff_ids", {"sha256:" + sha256(lower), "sha256:" + sha256(upper)}}}}})
          .dump();
  const std::string config_name = sha256(config) + ".json";
  const json manifest =
      json::array({{{"Config", config_name}, {"RepoTags", nullptr}, {"Layers", {"lower.tar", "upper.tar"}}}});
  return tar_member("lower.tar", '0', lower) + tar_member("upper.tar", '0', upper) +
         tar_member(config_name, '0', config) + tar_member("manifest.json", '0', manifest.dump()) + end_of_tar();
}

std::string difference(const std::string& tree) {
  std::istringstream given(tree);
  std::istringstream right{std::string(kTree)};
  std::string expected;
  std::string found;
  while (true) {
    const bool has_expected = static_cast<bool>(std::getline(right, expected));
    const bool has_found = static_cast<bool>(std::getline(given, found));
    if (!has_expected && !has_found) return {};
    if (!has_expected || !has_found || expected != found)
      return "\"" + (has_found ? found : "the end") + "\" instead of \"" + (has_expected ? expected : "the end") + "\"";
  }
}

struct Setting {
  std::string name{};     // "rootfs.upper=disk"
  std::string options{};  // a JSON object
};

// The options to begin with, and each word of each option that has some.
std::vector<Setting> settings_of(const Subject& subject, std::string& why) {
  const json first = json::parse(first_options(subject, why));
  std::vector<Setting> all{{first.empty() ? "its defaults" : "--options " + first.dump(), first.dump()}};
  const json properties = subject.manifest.options->value("properties", json::object());
  for (const auto& [name, property] : properties.items()) {
    for (const json& word : property.value("enum", json::array())) {
      if (!word.is_string()) continue;
      json options = first;
      options[name] = word;
      all.push_back({"rootfs." + name + "=" + word.get<std::string>(), options.dump()});
    }
  }
  return all;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void tell(const char* what, const std::string& text) {
  answer(json{{what, text}}.dump(-1, ' ', true, json::error_handler_t::replace));
}

void try_trees(const Subject& subject) {
  std::string why = hidden_by(subject);
  const std::vector<Setting> settings = settings_of(subject, why);
  if (!why.empty()) return tell("skip", why);
  const auto program = linux::in_prefix("libexec/slipway/slipway-tree");
  if (!program) return tell("skip", sentence(program.error()));
  std::ofstream("image.tar", std::ios::binary) << archive(read_text(*program));
  (void)make_runtime(why);
  if (!why.empty()) return tell("skip", why);
  const Ended usual = slipway({"run", "--store", "store", "image.tar"});
  if (usual.status != 0) return tell("skip", "no container can be run here: " + first_line(usual.errors));
  for (const auto& [name, options] : settings) {
    Words words = with_plugin(subject, {"run"}, options);
    words.emplace_back("image.tar");
    const Ended ended = slipway(words);
    const std::string with = "with " + name;
    if (ended.status != 0) {
      tell("wrong", with + ": " + first_line(ended.errors));
    } else if (const std::string other = difference(ended.output); !other.empty()) {
      tell("wrong", std::string(with).append(": ").append(other));
    } else {
      tell("right", with);
    }
  }
}

}  // namespace

void check_trees(const Subject& subject, Report& report) {
  constexpr std::chrono::minutes kLongest{2};
  const auto ran = run_apart([&] { try_trees(subject); }, kLongest);
  std::vector<std::string> wrong;
  std::vector<std::string> right;
  std::string skip = ran ? "" : sentence(ran.error());
  std::istringstream lines(ran ? ran->answer : "");
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    if (event.contains("wrong")) wrong.push_back(event["wrong"].get<std::string>());
    if (event.contains("right")) right.push_back(event["right"].get<std::string>());
    skip = event.value("skip", skip);
  }
  if (!skip.empty()) return report.add(Layer::contract, kName, Verdict::not_checked, skip);
  if (wrong.empty() && !right.empty())
    return report.add(Layer::contract, kName, Verdict::ok, "the tree of the reference image " + listed(right));
  report.add(Layer::contract, kName, Verdict::failed, wrong.empty() ? "no container came to its end" : listed(wrong, 3),
             "layers are given the lowest first; an overlay's `lower` has the uppermost first (reversed)");
}

}  // namespace slipway::check
