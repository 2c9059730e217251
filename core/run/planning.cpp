#include "core/run/planning.hpp"

#include <algorithm>
#include <set>

#include "core/run/env_files.hpp"
#include "core/run/given_environment.hpp"
#include "core/run/ids.hpp"
#include "core/run/losses.hpp"
#include "core/run/warm_start.hpp"

namespace slipway::run {
tl::expected<void, Failure> Planning::read(const linux::HostAbilities& host) {
  host_ = host;
  if (records_ && may_be_recorded(request_.overrides)) key_ = start_key(request_, host_);
  if (key_) record_ = find_start(store_, *key_);
  if (!record_) return read_words();
  isolation_ = record_->isolation;
  return {};
}

tl::expected<void, Failure> Planning::read_words() {
  if (!cold_) return tl::unexpected(Failure{kNeedsColdStart, {}});
  auto isolation = cold_->read();
  if (!isolation) return tl::unexpected(isolation.error());
  isolation_ = std::move(*isolation);
  return {};
}

tl::expected<void, Failure> Planning::make_plan(const linux::IdMap& ids, Findings& notes) {
  ids_ = ids;
  if (record_) {
    if (plan_from_record()) return {};
    // The image, the host or the store is not what it was: from the beginning.
    record_.reset();
    if (auto read = read_words(); !read) return read;
  }
  return plan_from_words(notes);
}

bool Planning::plan_from_record() {
  auto warm = warm_image(store_, *record_, host_, ids_);
  if (!warm) return false;
  auto plan = plan::plan_from(record_->preparation);
  if (!plan) return false;
  auto steps = with_values(std::move(record_->child), request_);
  if (!steps) return false;
  image_ = std::move(warm->image);
  layers_ = std::move(warm->layers);
  losses_ = std::move(warm->losses);
  plan_ = std::move(*plan);
  child_steps_ = std::move(*steps);
  terms_ = record_->terms;
  return true;
}

Result<void> Planning::read_files() {
  if (!terms_.reads_files) return {};
  auto variables = read_files_of(child_steps_, interruption_);
  if (!variables) return tl::unexpected(variables.error());
  file_variables_ = std::move(*variables);
  return fill_in_files();
}

Result<void> Planning::fill_in_files() {
  if (!terms_.reads_files) return {};
  auto steps = with_files(child_steps_, file_variables_);
  if (!steps) return tl::unexpected(steps.error());
  child_steps_ = std::move(*steps);
  return {};
}

tl::expected<void, Failure> Planning::plan_from_words(Findings& notes) {
  linux::probe_rest(host_);
  auto planned = cold_->plan(host_, ids_, notes);
  if (!planned) return tl::unexpected(planned.error());
  image_ = std::move(planned->image);
  plan_ = std::move(planned->plan);
  auto steps = with_values(plan::child_steps_bytes(plan_), request_);
  if (!steps) return tl::unexpected(failure_of(steps.error()));
  child_steps_ = std::move(*steps);
  // What has to be said again must be found out again, and another image may come through the same pipe.
  may_remember_ = planned->may_remember && notes.empty() && image_.is_lasting;
  terms_ = plan::terms_of(plan_);
  return {};
}

void Planning::need_whole_plan() {
  if (!record_ || record_->whole.empty()) return;
  if (auto plan = plan::plan_from(record_->whole)) plan_ = std::move(*plan);
  record_->whole.clear();
}

// Overlay merges the top directories of all its layers, whatever marks they have. A start from a record has this in it.
Result<void> Planning::leave_out_hidden_layers() {
  const std::string form = layer_form(isolation_, ids_);
  std::set<std::string> hiding;
  bool leaves_out = false;
  for (plan::PlannedStep& step : plan_.steps) {
    const auto* unpack = std::get_if<steps::Unpack>(&step.step);
    if (unpack != nullptr && store_.hides_lower_layers(unpack->diff_id, form)) hiding.insert(step.common.as);
    auto* overlay = std::get_if<steps::Overlay>(&step.step);
    if (overlay == nullptr || hiding.empty()) continue;
    const auto last = std::find_if(overlay->lower.begin(), overlay->lower.end(),
                                   [&](const steps::Reference& layer) { return hiding.contains(layer.name); });
    if (last == overlay->lower.end()) continue;
    overlay->lower.erase(std::next(last), overlay->lower.end());
    leaves_out = true;
  }
  if (!leaves_out) return {};
  auto steps = with_values(plan::child_steps_bytes(plan_), request_);
  if (!steps) return tl::unexpected(steps.error());
  child_steps_ = std::move(*steps);
  return fill_in_files();
}

Result<std::vector<store::Layer>> Planning::layers(const store::Announce& announce, Findings& notes) {
  const bool is_cold = layers_.empty() && cold_;
  auto layers =
      is_cold ? cold_->layers(image_, ids_, announce, losses_) : Result<std::vector<store::Layer>>(std::move(layers_));
  if (layers && is_cold && !image_.fact.is_in_place()) {
    if (auto left_out = leave_out_hidden_layers(); !left_out) return tl::unexpected(left_out.error());
  }
  if (!layers || !losses_.any()) return layers;
  for (Finding& note : loss_notes(losses_, isolation_)) notes.push_back(std::move(note));
  return layers;
}

void Planning::remember() {
  if (!may_remember_ || !key_ || !cold_) return;
  cold_->remember(*key_, plan_, facts_fingerprint(image_.text, host_, ids_), losses_);
}

}  // namespace slipway::run
