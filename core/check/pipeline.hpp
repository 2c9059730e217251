// The plugin in a pipeline of its own, which is planned and run for the sake of a check. To be used within run_apart().
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/check/trial.hpp"

namespace slipway::check {

struct TriedStep {
  int number = 0;
  std::string type{}, phase{}, function{};
  nlohmann::json arguments{};
};

class Pipeline {
 public:
  /// `options`: a JSON object, or empty for the defaults.
  Pipeline(const Subject& subject, std::string runtime, std::string options)
      : subject_(subject), runtime_(std::move(runtime)), options_(std::move(options)) {}

  /// Writes the image that it runs; its program cannot be executed, so that a run which gets there ends with 126.
  static void make_image();
  static constexpr int kGotThere = 126;

  /// The plugin's own steps; nothing and a reason where there is no plan.
  std::vector<TriedStep> steps(std::string& why) const;
  [[nodiscard]] Ended run(const Words& options) const;
  [[nodiscard]] static Ended clean();
  /// The same image without the plugin: whether any container can be run here.
  [[nodiscard]] static Ended run_without();

  /// What is there that would be left by a run: mounts, network interfaces, journals, and entries where runs keep what
  /// is theirs alone. A line each.
  [[nodiscard]] std::vector<std::string> traces() const;

 private:
  [[nodiscard]] Words words(Words first) const;

  const Subject& subject_;
  std::string runtime_;
  std::string options_;
};

/// What is in `now` and was not in `before`, or the other way round; empty where nothing is.
std::string difference(const std::vector<std::string>& before, const std::vector<std::string>& now);

}  // namespace slipway::check
