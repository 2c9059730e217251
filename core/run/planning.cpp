#include "core/run/planning.hpp"

#include <algorithm>

#include "core/run/losses.hpp"
#include "core/run/warm_start.hpp"

namespace slipway::run {
namespace {

// Passwords are given to programs by -e, or by what else changes exec.env, and a record of the start would keep them on
// disk.
bool says_secrets(const config::Request& request) {
  return std::any_of(request.overrides.begin(), request.overrides.end(), [](const config::Override& change) {
    return change.kind == config::Override::Kind::environment || change.path == "exec" ||
           change.path.starts_with("exec.env");
  });
}

}  // namespace

tl::expected<void, Failure> Planning::read() {
  if (records_ && !says_secrets(request_)) key_ = start_key(request_);
  if (key_) record_ = find_start(store_, *key_);
  if (record_) {
    isolation_ = record_->isolation;
  } else if (auto read = read_blueprint(); !read) {
    return read;
  }
  return {};
}

tl::expected<void, Failure> Planning::read_blueprint() {
  auto blueprint = plan::Blueprint::read(request_);
  if (!blueprint) return tl::unexpected(Failure{kOwnFailure, blueprint.error()});
  blueprint_.emplace(std::move(*blueprint));
  isolation_ = blueprint_->isolation();
  return {};
}

tl::expected<void, Failure> Planning::make_plan(const linux::HostAbilities& host, const linux::IdMap& ids,
                                                Findings& notes) {
  host_ = host;
  ids_ = ids;
  if (record_) {
    if (plan_from_record()) return {};
    // The image, the host or the store is not what it was: from the beginning.
    record_.reset();
    if (auto read = read_blueprint(); !read) return read;
  }
  return plan_anew(notes);
}

bool Planning::plan_from_record() {
  auto warm = warm_image(store_, *record_, host_, ids_);
  if (!warm) return false;
  auto plan = plan::plan_from(record_->preparation);
  if (!plan) return false;
  image_.emplace(std::move(warm->image));
  layers_ = std::move(warm->layers);
  losses_ = std::move(warm->losses);
  plan_ = std::move(*plan);
  child_steps_ = std::move(record_->child);
  return true;
}

tl::expected<void, Failure> Planning::plan_anew(Findings& notes) {
  blueprint_->on_crash_end_with(kOwnFailure);
  if (auto loaded = blueprint_->load(); !loaded) return tl::unexpected(Failure{kOwnFailure, loaded.error()});
  auto image = resolve_image(store_, *blueprint_, ids_, interruption_);
  if (!image) return tl::unexpected(Failure{kOwnFailure, image.error()});
  image_.emplace(std::move(*image));
  notes.insert(notes.end(), image_->notes.begin(), image_->notes.end());
  auto plan = blueprint_->plan({image_->text, host_, ids_}, notes);
  if (!plan) return tl::unexpected(Failure{kOwnFailure, plan.error()});
  plan_ = std::move(*plan);
  child_steps_ = plan::child_steps_text(plan_);
  may_remember_ = notes.empty();  // what has to be said again must be found out again
  return {};
}

void Planning::need_whole_plan() {
  if (!record_ || record_->whole.empty()) return;
  if (auto plan = plan::plan_from(record_->whole)) plan_ = std::move(*plan);
  record_->whole.clear();
}

Result<std::vector<store::Layer>> Planning::layers(Findings& notes) {
  auto layers = layers_.empty() ? bring_in_layers(store_, *blueprint_, *image_, ids_, interruption_, losses_)
                                : Result<std::vector<store::Layer>>(std::move(layers_));
  if (!layers || !losses_.any()) return layers;
  for (Finding& note : loss_notes(losses_, isolation_)) notes.push_back(std::move(note));
  return layers;
}

void Planning::remember() {
  if (!may_remember_ || !key_) return;
  keep_start(store_, *key_, *blueprint_, plan_, facts_fingerprint(image_->text, host_, ids_), losses_);
}

}  // namespace slipway::run
