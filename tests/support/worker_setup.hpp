// What the worker's tests share: an image's archive with all that a worker is given for it.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/run/worker.hpp"
#include "core/store/staging.hpp"
#include "core/store/store.hpp"
#include "tests/support/archive.hpp"

namespace slipway::run {

using linux::Fd;
using tests::docker_save;
using tests::ImageSpec;
using tests::Layout;
using tests::Packing;
using tests::TarEntry;

inline Fd open_file(const std::string& path) { return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

inline std::string words(const WorkerFailure& failure) {
  std::string text = sentence(failure.error);
  for (const auto& report : failure.reports) text += " | " + report.at + ": " + report.message;
  return text;
}

template <class T>
T expect(WorkerResult<T> result) {
  if (!result) throw std::runtime_error(words(result.error()));
  return std::move(*result);
}

// An image's archive with all that a worker is given for it. The plain members come first, for `context` borrows them.
struct Setup {
  explicit Setup(const std::string& archive, const std::string& directory, linux::IdMap map = {})
      : source(make_source(archive, directory)), plugin(open_file(SLIPWAY_PLUGINS "/image-docker-save.so")) {
    auto opened = store::Store::open(directory + "/store");
    if (!opened) throw std::runtime_error(sentence(opened.error()));
    store.emplace(std::move(*opened));
    form = store::form_of(map, store::Owners::squashed);
    take_staging();
    context.program = SLIPWAY_WORKER;
    context.source = &source;
    context.source_name = "image.tar";
    context.plugin = &plugin;
    context.plugin_name = "image-docker-save";
    context.map = std::move(map);
  }

  // As a run does: a new directory for the worker.
  void take_staging() {
    auto taken = store::Staging::in_store(store->directory(), form);
    if (!taken) throw std::runtime_error(sentence(taken.error()));
    staging.reset();
    staging.emplace(std::move(*taken));
    context.staging = &staging->directory();
  }

  // Unpacks, and gives the layers their names.
  store::Unpacked unpack(Worker worker, const std::vector<store::LayerSource>& layers) {
    auto unpacked = expect(worker.unpack(layers, form));
    for (const auto& one : layers) {
      const std::string entry = store::layer_entry(one.diff_id, form);
      if (auto kept = staging->commit(entry, {}); !kept) throw std::runtime_error(sentence(kept.error()));
    }
    staging.reset();
    return unpacked;
  }

  static Fd make_source(const std::string& archive, const std::string& directory) {
    tests::write_file(directory + "/image.tar", archive);
    return open_file(directory + "/image.tar");
  }

  static std::string document() { return R"({"options":{"source":"image.tar","image":""}})"; }

  WorkerResult<Resolution> resolve() {
    auto worker = Worker::start(context);
    if (!worker) return tl::unexpected(worker.error());
    return worker->resolve(document());
  }

  [[nodiscard]] std::string layer(const std::string& diff_id) const {
    return store->path() + "/layers/" + store::layer_entry(diff_id, form) + "/tree";
  }

  Fd source, plugin;
  std::optional<store::Store> store{};
  std::optional<store::Staging> staging{};
  WorkerContext context{};
  std::string form{};
};

inline bool is_root() { return ::geteuid() == 0; }

inline std::size_t entries_in(const std::string& directory) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

inline std::string image_with_layer(const std::vector<TarEntry>& entries) {
  ImageSpec image;
  image.tags = {"bad:1"};
  image.layers = {{tests::make_tar({tests::file("good")}), Packing::plain}, {tests::make_tar(entries), Packing::gzip}};
  return docker_save({image}, Layout::docker25);
}

}  // namespace slipway::run
