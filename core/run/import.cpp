#include "core/run/import.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "core/run/explain.hpp"
#include "core/run/failure.hpp"
#include "core/run/ids.hpp"
#include "core/run/image.hpp"
#include "core/run/journal.hpp"
#include "core/run/losses.hpp"
#include "core/run/removal.hpp"
#include "core/run/runtime_directory.hpp"
#include "core/run/signals.hpp"

namespace slipway::run {
namespace {

Result<std::string> path_of(const linux::Fd& directory) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(directory.get());
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  if (size < 0) return failure(errno, "read", link, "slipway needs /proc on the host");
  return std::string(path.data(), static_cast<std::size_t>(size));
}

Result<std::vector<Imported::Layer>> named(const std::vector<store::Layer>& layers, const store::ImageFact& image) {
  std::vector<Imported::Layer> found;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto path = path_of(layers[i].tree);
    if (!path) return tl::unexpected(path.error());
    found.push_back({image.layers.at(i).diff_id, std::move(*path)});
  }
  return found;
}

}  // namespace

tl::expected<Imported, Findings> import_image(const plan::Blueprint& blueprint, const std::string& store_path,
                                              Findings& notes) {
  const auto failed = [](const Error& error) { return tl::unexpected(failure_of(error).findings); };
  auto signals = Signals::take();
  if (!signals) return failed(signals.error());
  Imported imported;
  const Interruption interruption{&signals->descriptor(), [&] {
                                    while (const auto signal = signals->next()) {
                                      if (asks_to_end(*signal)) imported.asked_to_end = *signal;
                                    }
                                    return imported.asked_to_end != 0;
                                  }};
  auto all_ids = ids_of(blueprint.isolation());
  if (!all_ids) return failed(all_ids.error());
  const linux::IdMap ids = layer_ids(blueprint.isolation(), *all_ids);
  auto store = open_store(store_path);
  if (!store) return failed(store.error());
  auto image = resolve_image(*store, blueprint, *all_ids, interruption);
  if (!image && imported.asked_to_end != 0) return imported;
  if (!image) return tl::unexpected(image.error());
  notes.insert(notes.end(), image->notes.begin(), image->notes.end());
  // A layer that is half made when this is killed is removed by the next run, as a run's own would be.
  const std::string runtime = runtime_directory();
  auto journal = Journal::begin(runtime);
  if (!journal) return failed(explain_runtime_directory(journal.error(), runtime));
  const auto announce = [&](const std::string& staging) {
    return journal->add(RunDirectory{RunDirectory::Kind::staging, staging, ids.to_text(), store->path()});
  };
  store::Losses losses;
  auto layers = bring_in_layers(*store, blueprint, *image, *all_ids, interruption, announce, losses);
  const auto remove = [](const RunDirectory& record) { return remove_run_directory(record); };
  auto undone = journal->undo(remove);
  if (!layers && imported.asked_to_end != 0) return imported;
  if (!layers) return failed(layers.error());
  if (!undone) return failed(undone.error());
  for (Finding& note : loss_notes(losses, blueprint.isolation())) notes.push_back(std::move(note));
  auto found = named(*layers, image->fact);
  if (!found) return failed(found.error());
  imported.id = image->fact.id;
  imported.layers = std::move(*found);
  return imported;
}

}  // namespace slipway::run
