// What one run is to do: from the store's record of an earlier start of the same words, else from the words themselves.
// Makes nothing but entries of the store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/linux/host.hpp"
#include "core/linux/id_map.hpp"
#include "core/plan/plan.hpp"
#include "core/plan/start_record.hpp"
#include "core/run/cold_start.hpp"
#include "core/run/env_files.hpp"
#include "core/run/failure.hpp"
#include "core/run/recorded_image.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// In this order: read(), make_plan(), then the rest.
class Planning {
 public:
  /// All of them outlive it. `cold` may be null. Without `records` every start is a cold one, and none is recorded.
  Planning(const config::Request& request, const store::Store& store, const Interruption& interruption,
           std::unique_ptr<ColdStart> cold, bool records)
      : request_(request), store_(store), interruption_(interruption), cold_(std::move(cold)), records_(records) {}

  [[nodiscard]] bool is_recorded() const { return record_.has_value(); }
  /// After it there is isolation().
  tl::expected<void, Failure> read(const linux::HostAbilities& host);
  [[nodiscard]] const config::Isolation& isolation() const { return isolation_; }
  /// Null where no plugin has functions to call. May be another after make_plan().
  [[nodiscard]] const plan::Caller* caller() const { return caller_; }
  [[nodiscard]] bool has_taken_input() const { return cold_ && cold_->has_taken_input(); }

  /// After it there are plan(), child_steps(), terms() and image(). Only child_steps() has the values of -e, and those
  /// in the environment's files. What plugins warn of is added to `notes`.
  tl::expected<void, Failure> make_plan(const linux::IdMap& ids, Findings& notes);
  /// The files of variables, once there are terms(): reading one may take until somebody writes into a pipe.
  Result<void> read_files();
  /// In a start from a record only the steps of the prepare phase, until need_whole_plan().
  [[nodiscard]] const plan::Plan& plan() const { return plan_; }
  void need_whole_plan();
  [[nodiscard]] const std::string& child_steps() const { return child_steps_; }
  [[nodiscard]] const plan::Terms& terms() const { return terms_; }
  [[nodiscard]] const ResolvedImage& image() const { return image_; }

  /// The image's layers, out of the store or brought in there now; `announce` as in bring_in_layers(). What of them
  /// could not be kept as it is, then or when they were unpacked, is added to `notes`.
  Result<std::vector<store::Layer>> layers(const store::Announce& announce, Findings& notes);

  /// Keeps what was found out for the next start of the same words, where that may be done.
  void remember();

 private:
  tl::expected<void, Failure> read_words();
  tl::expected<void, Failure> plan_from_words(Findings& notes);
  bool plan_from_record();
  Result<void> fill_in_files();
  Result<void> leave_out_hidden_layers();

  const config::Request& request_;
  const store::Store& store_;
  const Interruption& interruption_;
  std::unique_ptr<ColdStart> cold_;
  bool records_;
  std::optional<std::string> key_{};
  std::optional<plan::StartRecord> record_{};
  config::Isolation isolation_{};
  const plan::Caller* caller_ = nullptr;
  linux::HostAbilities host_{};
  linux::IdMap ids_{};
  ResolvedImage image_{};
  std::vector<store::Layer> layers_{};  ///< of a start from a record, until they are asked for
  store::Losses losses_{};              ///< of the layers
  plan::Plan plan_{};
  std::string child_steps_{};
  plan::Terms terms_{};
  FileVariables file_variables_{};
  bool may_remember_ = false;
};

}  // namespace slipway::run
