#include "core/run/cold_start.hpp"

#include "core/plan/start_record.hpp"
#include "core/run/image.hpp"
#include "core/run/image_source.hpp"
#include "core/run/warm_start.hpp"

namespace slipway::run {
namespace {

class FromWords final : public ColdStart {
 public:
  FromWords(const config::Request& request, const store::Store& store, const Interruption& interruption,
            ImageRecords records)
      : request_(request), store_(store), interruption_(interruption), records_(records) {}

  tl::expected<config::Isolation, Failure> read() override {
    auto blueprint = plan::Blueprint::read(request_);
    if (!blueprint) return tl::unexpected(Failure{kOwnFailure, blueprint.error()});
    blueprint_.emplace(std::move(*blueprint));
    if (is_standard_input(blueprint_->image())) {
      auto input = take_standard_input();
      if (!input) return tl::unexpected(failure_of(input.error()));
      input_ = std::move(*input);
    }
    return blueprint_->isolation();
  }

  [[nodiscard]] bool has_taken_input() const override { return static_cast<bool>(input_); }

  tl::expected<Planned, Failure> plan(const linux::HostAbilities& host, const linux::IdMap& ids,
                                      Findings& notes) override {
    blueprint_->on_crash_end_with(kOwnFailure);
    if (auto loaded = blueprint_->load(); !loaded) return tl::unexpected(Failure{kOwnFailure, loaded.error()});
    auto image = resolve_image(store_, *blueprint_, ids, interruption_, records_, input_);
    if (!image) return tl::unexpected(Failure{kOwnFailure, image.error()});
    notes.insert(notes.end(), image->notes.begin(), image->notes.end());
    auto plan = blueprint_->plan({image->text, host, ids}, notes);
    if (!plan) return tl::unexpected(Failure{kOwnFailure, plan.error()});
    return Planned{std::move(*plan), std::move(*image)};
  }

  Result<std::vector<store::Layer>> layers(const ResolvedImage& image, const linux::IdMap& ids,
                                           const store::Announce& announce, store::Losses& losses) override {
    return bring_in_layers(store_, *blueprint_, image, ids, interruption_, announce, losses);
  }

  void remember(const std::string& key, const plan::Plan& plan, const std::string& facts,
                const store::Losses& losses) override {
    if (blueprint_->may_hold_secrets()) return;
    plan::Plan preparation;
    for (const plan::PlannedStep& step : plan.steps) {
      if (step.phase == steps::Phase::prepare) preparation.steps.push_back(step);
    }
    std::vector<plan::KnownFile> extended;
    for (const plan::ExtendedFile& file : blueprint_->extended())
      extended.push_back({file.path, store::fingerprint(file.text)});
    keep_start(store_, key,
               {blueprint_->isolation(), blueprint_->image(), blueprint_->plugin_dirs(), blueprint_->plugin_files(),
                std::move(extended), facts, losses.any() ? store::to_text(losses) : std::string(),
                plan::plan_bytes(preparation), plan::child_steps_bytes(plan), plan::plan_bytes(plan)});
  }

 private:
  const config::Request& request_;
  const store::Store& store_;
  const Interruption& interruption_;
  ImageRecords records_;
  std::optional<plan::Blueprint> blueprint_{};
  linux::Fd input_{};
};

}  // namespace

std::unique_ptr<ColdStart> make_cold_start(const config::Request& request, const store::Store& store,
                                           const Interruption& interruption, ImageRecords records) {
  return std::make_unique<FromWords>(request, store, interruption, records);
}

}  // namespace slipway::run
