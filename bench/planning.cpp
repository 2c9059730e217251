// What each plugin of a directory costs: finding it (its file, owners and manifest), loading it, and its plan (of one
// that serves the stage image: its resolve). Each sample is a process of its own, as a library is loaded once in each;
// there another plugin comes before it, so that what is slow the first time alone is not counted.
//
//   planning DIRECTORY ROUNDS      one line each, in nanoseconds: NAME FIND LOAD PLAN
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <slipway/testing.hpp>

#include "core/plugins/plugins.hpp"
#include "sdk/host/session.hpp"
#include "sdk/testing/options.hpp"
#include "sdk/testing/shown_source.hpp"

namespace {

namespace testing = slipway::testing;
using nlohmann::json;

constexpr const char* kDigest = "2c8b30c43cc49b783ba4ff2e580d8f40e797f65ca391b65038baf26062430e05";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): one thread
}

std::string image_config() {
  const json config = {{"architecture", "amd64"},
                       {"os", "linux"},
                       {"config", {{"Cmd", {"/bin/true"}}, {"Env", {"PATH=/bin"}}}},
                       {"rootfs", {{"type", "layers"}, {"diff_ids", {std::string("sha256:") + kDigest}}}}};
  return config.dump();
}

testing::Source docker_save() {
  const json manifest = {{{"Config", "config.json"}, {"RepoTags", {"bench:latest"}}, {"Layers", {"layer.tar"}}}};
  testing::Source source;
  source.file("config.json", image_config()).file("layer.tar", std::string(1024, '\0'));
  source.file("manifest.json", manifest.dump());
  return source;
}

json descriptor(const char* type, const std::string& digest, std::size_t size) {
  return {{"mediaType", std::string("application/vnd.oci.image.") + type}, {"digest", digest}, {"size", size}};
}

testing::Source oci_layout() {
  const auto digest = [](char digit) { return std::string("sha256:") + std::string(64, digit); };
  const auto blob = [](char digit) { return std::string("blobs/sha256/") + std::string(64, digit); };
  const json manifest = {{"schemaVersion", 2},
                         {"config", descriptor("config.v1+json", digest('a'), image_config().size())},
                         {"layers", {descriptor("layer.v1.tar", std::string("sha256:") + kDigest, 1024)}}};
  const json index = {{"schemaVersion", 2},
                      {"manifests", {descriptor("manifest.v1+json", digest('b'), manifest.dump().size())}}};
  testing::Source source;
  source.file("oci-layout", R"({"imageLayoutVersion": "1.0.0"})").file("index.json", index.dump());
  source.file(blob('a'), image_config()).file(blob('b'), manifest.dump());
  source.file(std::string("blobs/sha256/") + kDigest, std::string(1024, '\0'));
  return source;
}

testing::Source source_for(const std::string& plugin) {
  if (plugin == "image-oci") return oci_layout();
  if (plugin == "image-directory") {
    testing::Source source(testing::Source::Kind::directory);
    source.directory("bin").file("bin/true", "x");
    return source;
  }
  if (plugin == "image-crane-export") {
    testing::Source source;
    source.directory("bin").file("bin/true", "x");
    return source;
  }
  return docker_save();
}

json document_for(const slipway::host::Manifest& manifest, const testing::Source& source) {
  json document = {{"options", json::object()}, {"facts", json::parse(testing::facts("root").json())}};
  json& options = document["options"];
  if (manifest.stage == "image") {
    options["source"] = "image.tar";
    document["facts"] = {{"source", testing::fact_of(source)}};
  }
  if (manifest.name == "net-host") document["facts"]["isolation"]["namespaces"] = {"mount", "pid", "ipc", "uts"};
  if (manifest.name == "pseudo-binds") options["binds"] = {{{"source", "/etc"}, {"target", "/mnt"}}};
  testing::fill_defaults(*manifest.options, options);
  return document;
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

using Sample = std::array<std::int64_t, 3>;

// A plugin with what it is called with.
struct Subject {
  std::string name{};
  json document{};
  testing::Source source{};
};

Sample measure(slipway::plugins::Finder& finder, const Subject& subject) {
  const testing::ShownSource shown(subject.source);
  const std::int64_t begin = now();
  auto found = finder.find(subject.name);
  const std::int64_t known = now();
  if (!found) give_up(slipway::sentence(found.error()));
  const auto loaded = slipway::plugins::load(*found, 125);  // guarded, as a run does it
  const std::int64_t there = now();
  if (!loaded) give_up(slipway::sentence(loaded.error()));
  const bool is_image = found->manifest.stage == "image";
  slipway::host::Session session(
      subject.document, is_image ? slipway::host::Session::Entry::resolve : slipway::host::Session::Entry::plan);
  session.needs = found->manifest.needs;
  session.provides = found->manifest.provides;
  session.ability = [&shown](std::string_view ability) -> const void* {
    return ability == "slipway.source.1" ? shown.abi() : nullptr;
  };
  const bool went_well = session.finish((is_image ? loaded->resolve() : loaded->plan())(session.abi()));
  const std::int64_t end = now();
  if (!went_well) {
    give_up(subject.name + ": " + (session.reports.empty() ? "failed" : session.reports.front().message));
  }
  return {known - begin, there - known, end - there};
}

Sample measure_apart(const std::string& directory, const Subject& first, const Subject& subject) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) give_up(std::string("pipe: ") + std::strerror(errno));
  const pid_t child = ::fork();
  if (child == 0) {
    slipway::plugins::Finder finder({{directory, true}}, slipway::host::standard_vocabulary());
    measure(finder, first);
    const Sample sample = measure(finder, subject);
    ::_exit(::write(ends[1], sample.data(), sizeof sample) == sizeof sample ? 0 : 1);
  }
  ::close(ends[1]);
  Sample sample{};
  const bool whole = ::read(ends[0], sample.data(), sizeof sample) == sizeof sample;
  ::close(ends[0]);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0 || !whole) {
    give_up(subject.name + " was not measured");
  }
  return sample;
}

std::vector<Subject> subjects_in(const std::string& directory) {
  slipway::plugins::Finder finder({{directory, true}}, slipway::host::standard_vocabulary());
  std::vector<Subject> subjects;
  for (const slipway::plugins::Listed& listed : finder.list()) {
    if (!listed.manifest) give_up(listed.path + " can't be used");
    const testing::Source source = source_for(listed.name);
    subjects.push_back({listed.name, document_for(*listed.manifest, source), source});
  }
  if (subjects.size() < 2) give_up("there are no two plugins in " + directory);
  return subjects;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) give_up("usage: planning DIRECTORY ROUNDS");
  const std::string directory = words[1];
  const int rounds = std::atoi(words[2]);
  const std::vector<Subject> subjects = subjects_in(directory);
  // Round by round, so that what else happens on the machine meets all plugins alike.
  for (int round = 0; round < rounds; ++round) {
    for (const Subject& subject : subjects) {
      const Subject& first = &subject == &subjects.front() ? subjects.back() : subjects.front();
      const Sample sample = measure_apart(directory, first, subject);
      std::printf("%s %lld %lld %lld\n", subject.name.c_str(), static_cast<long long>(sample[0]),
                  static_cast<long long>(sample[1]), static_cast<long long>(sample[2]));
    }
  }
  return 0;
}
