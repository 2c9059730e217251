#include "core/run/preview.hpp"

#include "core/run/ids.hpp"
#include "core/run/image.hpp"

namespace slipway::run {

namespace {

struct Seen {
  plan::Facts facts{};
  std::string image{};  ///< described in a line
  Findings notes{};
};

// With `load` the plugins that plan are loaded before the image is looked at: what is wrong with them is told sooner.
enum class Load { no, yes };

tl::expected<Seen, Failure> see(plan::Blueprint& blueprint, const std::string& store_path,
                                const linux::HostAbilities& host, Load load) {
  auto ids = ids_of(blueprint.isolation());
  if (!ids) return tl::unexpected(failure_of(ids.error()));
  auto store = open_store(store_path);
  if (!store) return tl::unexpected(failure_of(store.error()));
  if (load == Load::yes) {
    if (auto loaded = blueprint.load(); !loaded) return tl::unexpected(Failure{kOwnFailure, loaded.error()});
  }
  auto image = resolve_image(*store, blueprint, *ids, {});
  if (!image) return tl::unexpected(Failure{kOwnFailure, image.error()});
  return Seen{
      {std::move(image->text), host, *ids, linux::known_filesystems()}, describe(image->fact), std::move(image->notes)};
}

}  // namespace

tl::expected<Preview, Failure> preview(plan::Blueprint& blueprint, const std::string& store,
                                       const linux::HostAbilities& host) {
  auto seen = see(blueprint, store, host, Load::yes);
  if (!seen) return tl::unexpected(seen.error());
  auto plan = blueprint.plan(seen->facts, seen->notes);
  if (!plan) return tl::unexpected(Failure{kOwnFailure, plan.error()});
  return Preview{std::move(*plan), blueprint.facts_text(seen->facts), std::move(seen->image), seen->facts.ids,
                 std::move(seen->notes)};
}

tl::expected<std::string, Failure> facts_here(plan::Blueprint& blueprint, const std::string& store,
                                              const linux::HostAbilities& host) {
  const auto seen = see(blueprint, store, host, Load::no);
  if (!seen) return tl::unexpected(seen.error());
  return blueprint.facts_text(seen->facts);
}

}  // namespace slipway::run
