#include "core/run/cold_start.hpp"

#include "core/plan/start_record.hpp"
#include "core/run/given_environment.hpp"
#include "core/run/image.hpp"
#include "core/run/image_source.hpp"
#include "core/run/warm_start.hpp"

namespace slipway::run {
namespace {

class FromWords final : public ColdStart {
 public:
  FromWords(const config::Request& request, const store::Store& store, const Interruption& interruption,
            ImageRecords records)
      : request_(request),
        store_(store),
        interruption_(interruption),
        records_(records),
        is_veiled_(gives_values(request)) {}

  tl::expected<config::Isolation, Failure> read() override {
    auto read = read_blueprint(is_veiled_ ? veiled(request_) : request_);
    if (!read && is_veiled_) read = unveil();
    if (!read) return tl::unexpected(read.error());
    if (is_standard_input(blueprint_->image())) {
      auto input = take_standard_input();
      if (!input) return tl::unexpected(failure_of(input.error()));
      input_ = std::move(*input);
    }
    return blueprint_->isolation();
  }

  [[nodiscard]] bool has_taken_input() const override { return static_cast<bool>(input_); }

  tl::expected<const plan::Caller*, Failure> load_caller() override {
    if (!blueprint_->may_call()) return nullptr;
    if (auto loaded = load(); !loaded) return tl::unexpected(loaded.error());
    auto caller = blueprint_->caller();
    if (!caller) return tl::unexpected(failure_of(caller.error()));
    caller_ = std::move(*caller);
    return caller_.get();
  }

  tl::expected<Planned, Failure> plan(const linux::HostAbilities& host, const linux::IdMap& ids,
                                      Findings& notes) override {
    if (auto loaded = load(); !loaded) return tl::unexpected(loaded.error());
    auto image = resolve_image(store_, *blueprint_, ids, interruption_, records_, input_);
    if (!image) return tl::unexpected(Failure{kOwnFailure, image.error()});
    notes.insert(notes.end(), image->notes.begin(), image->notes.end());
    const std::size_t said = notes.size();
    const plan::Facts facts{image->text, host, ids, linux::known_filesystems()};
    auto plan = blueprint_->plan(facts, notes);
    const bool is_plain = plan && notes.size() == said && !uses_values_elsewhere(*plan, request_);
    if (is_veiled_ && !is_plain) {
      notes.resize(said);
      if (auto unveiled = unveil(); !unveiled) return tl::unexpected(unveiled.error());
      if (auto loaded = load(); !loaded) return tl::unexpected(loaded.error());
      plan = blueprint_->plan(facts, notes);
    }
    if (!plan) return tl::unexpected(Failure{kOwnFailure, plan.error()});
    return Planned{std::move(*plan), std::move(*image), is_plain && !has_values_};
  }

  Result<std::vector<store::Layer>> layers(const ResolvedImage& image, const linux::IdMap& ids,
                                           const store::Announce& announce, store::Losses& losses) override {
    return bring_in_layers(store_, *blueprint_, image, ids, interruption_, announce, losses);
  }

  void remember(const std::string& key, const plan::Plan& plan, const std::string& facts,
                const store::Losses& losses) override {
    if (blueprint_->may_hold_secrets() || plan::has_calls(plan)) return;
    plan::Plan preparation;
    for (const plan::PlannedStep& step : plan.steps) {
      if (step.phase == steps::Phase::prepare) preparation.steps.push_back(step);
    }
    std::vector<plan::KnownFile> extended;
    for (const plan::ExtendedFile& file : blueprint_->extended())
      extended.push_back({file.path, store::fingerprint(file.text)});
    keep_start(
        store_, key,
        {blueprint_->isolation(), blueprint_->image(), blueprint_->plugin_dirs(), blueprint_->plugin_files(),
         std::move(extended), facts, losses.any() ? store::to_text(losses) : std::string(),
         plan::plan_bytes(preparation), plan::child_steps_bytes(plan), plan::terms_of(plan), plan::plan_bytes(plan)});
  }

 private:
  tl::expected<void, Failure> read_blueprint(const config::Request& request) {
    auto blueprint = plan::Blueprint::read(request);
    if (!blueprint) return tl::unexpected(Failure{kOwnFailure, blueprint.error()});
    blueprint_.emplace(std::move(*blueprint));
    return {};
  }

  // From the beginning with the values of -e as they are: a message shows them, or a plugin makes something else of
  // them than variables. Such a plan is for this start alone.
  tl::expected<void, Failure> unveil() {
    is_veiled_ = false;
    has_values_ = true;
    return read_blueprint(request_);
  }

  tl::expected<void, Failure> load() {
    blueprint_->on_crash_end_with(kOwnFailure);
    if (auto loaded = blueprint_->load(); !loaded) return tl::unexpected(Failure{kOwnFailure, loaded.error()});
    return {};
  }

  const config::Request& request_;
  const store::Store& store_;
  const Interruption& interruption_;
  ImageRecords records_;
  bool is_veiled_;           ///< the blueprint has words in the places of values
  bool has_values_ = false;  ///< the blueprint has values that must not stay on disk
  std::optional<plan::Blueprint> blueprint_{};
  linux::Fd input_{};
  std::unique_ptr<plan::Caller> caller_{};
};

}  // namespace

std::unique_ptr<ColdStart> make_cold_start(const config::Request& request, const store::Store& store,
                                           const Interruption& interruption, ImageRecords records) {
  return std::make_unique<FromWords>(request, store, interruption, records);
}

}  // namespace slipway::run
