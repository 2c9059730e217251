#include "core/run/preview.hpp"

#include "core/run/ids.hpp"
#include "core/run/image.hpp"

namespace slipway::run {

tl::expected<Preview, Failure> preview(plan::Blueprint& blueprint, const std::string& store_path,
                                       const linux::HostAbilities& host) {
  auto ids = ids_of(blueprint.isolation());
  if (!ids) return tl::unexpected(failure_of(ids.error()));
  auto store = open_store(store_path);
  if (!store) return tl::unexpected(failure_of(store.error()));
  if (auto loaded = blueprint.load(); !loaded) return tl::unexpected(Failure{kOwnFailure, loaded.error()});
  auto image = resolve_image(*store, blueprint, *ids, {});
  if (!image) return tl::unexpected(Failure{kOwnFailure, image.error()});
  const plan::Facts facts{image->text, host, *ids, linux::known_filesystems()};
  Findings notes = image->notes;
  auto plan = blueprint.plan(facts, notes);
  if (!plan) return tl::unexpected(Failure{kOwnFailure, plan.error()});
  return Preview{std::move(*plan), blueprint.facts_text(facts), describe(image->fact), *ids, std::move(notes)};
}

}  // namespace slipway::run
