// Made-up outcomes, for tests of several files.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/compare/blocks.hpp"
#include "core/compare/outcome/outcome.hpp"
#include "core/compare/random.hpp"
#include "core/compare/statistics/distributions.hpp"

namespace slipway::compare {

inline RunVariant made_variant(std::string name, std::vector<std::size_t> levels, const std::string& rootfs) {
  RunVariant variant;
  variant.command = {"slipway", "run", "--use", "rootfs=" + rootfs, "image.tar", "true"};
  variant.pipeline = "{\n  \"rootfs\": {\n    \"use\": \"" + rootfs +
                     "\"\n  },\n  \"exec\": {\n    \"use\": \"exec-process\"\n  }\n}\n";
  variant.digests = {{"image", "sha256:11"}, {"plugin " + rootfs, "sha256:22"}};
  variant.variant = {.name = std::move(name), .levels = std::move(levels)};
  return variant;
}

/// A baseline, its control, a second variant, one host, and no run.
inline Outcome small_outcome() {
  Outcome outcome;
  outcome.slipway = "1.0.0";
  outcome.begun = "2031-05-17T09:30:00Z";
  outcome.experiment = "{\"rounds\": 2}";
  outcome.seed = 18446744073709551615U;
  outcome.factors = {{.name = "rootfs", .levels = {"fs-overlay", "fs-copy"}}};
  outcome.variants = {made_variant("rootfs=fs-overlay", {0}, "fs-overlay"),
                      made_variant("rootfs=fs-copy", {1}, "fs-copy"),
                      made_variant("rootfs=fs-overlay (control)", {0}, "fs-overlay")};
  outcome.baseline = 0;
  outcome.control = 2;
  outcome.hosts = {{.facts = {{"kernel", "6.1.0-18-amd64"}, {"processor", "Pentium <III> & \"co\""}}}};
  outcome.notes = {"the page cache was not dropped: that takes root"};
  outcome.ended = Ended::rounds;
  return outcome;
}

/// A block of which each variant took that long.
inline void add_block(Outcome& outcome, std::size_t block, const std::vector<double>& wall) {
  for (std::size_t variant = 0; variant < wall.size(); ++variant) {
    Run run{.block = block, .place = variant, .variant = variant};
    run.at_s = static_cast<double>(outcome.runs.size());
    run.figures["wall"] = wall[variant];
    outcome.runs.push_back(std::move(run));
  }
}

/// What a comparison of two factors and an external command would find: 3 × 2 variants, the command, the control.
struct MadeUp {
  std::size_t blocks = 40;
  std::uint64_t seed = 2031;
  double slow_runs = 0.02;  ///< so many runs take three times as long
};

inline Outcome made_up_outcome(const MadeUp& made = {}) {
  const std::vector<std::string> rootfs = {"fs-overlay", "fs-copy", "fs-idmapped"},
                                 network = {"net-loopback", "net-none"};
  const std::vector<double> of_rootfs = {3.1, 9.4, 3.4}, of_network = {0.8, 0.2};
  Outcome outcome = small_outcome();
  outcome.seed = made.seed;
  outcome.factors = {{.name = "rootfs", .levels = rootfs}, {.name = "network", .levels = network}};
  outcome.question.measures = {"wall", "user", "memory.child"};
  outcome.variants.clear();
  for (std::size_t i = 0; i < 6; ++i) {
    const std::string name = "rootfs=" + rootfs[i / 2] + " network=" + network[i % 2];
    outcome.variants.push_back(made_variant(name, {i / 2, i % 2}, rootfs[i / 2]));
  }
  outcome.variants.push_back(made_variant("bwrap", {}, ""));
  outcome.variants.back().command = {"bwrap", "--ro-bind", "/", "/", "--", "true"};
  outcome.variants.back().pipeline.clear();
  outcome.variants.push_back(outcome.variants[0]);
  outcome.variants.back().variant.name += " (control)";
  outcome.baseline = 0;
  outcome.control = 7;
  Random random(made.seed, 0);
  const auto noise = [&](double spread) { return std::exp(spread * normal_quantile(random.between_0_and_1())); };
  for (std::size_t block = 0; block < made.blocks; ++block) {
    const double level = noise(0.1);
    const auto order = order_of_block(made.seed, block, outcome.variants.size());
    for (std::size_t place = 0; place < order.size(); ++place) {
      const std::size_t variant = order[place];
      const bool external = variant == 6;
      const std::size_t cell = variant == 7 ? 0 : variant;
      const double slow = random.between_0_and_1() < made.slow_runs ? 3 : 1;
      const double root = external ? 4.2 : of_rootfs[cell / 2], net = external ? 0 : of_network[cell % 2];
      const double start = root * level * slow * noise(0.05), start_net = net * level * noise(0.05);
      const double interacting = cell == 2 ? 1.5 : 0, program = 0.9 * level * noise(0.05);
      Run run{.block = block, .place = place, .variant = variant};
      run.at_s = 0.02 * static_cast<double>(outcome.runs.size());
      run.figures = {{"wall", start + start_net + interacting + program},
                     {"user", 1.1 * noise(0.04)},
                     {"memory.child", 1'040'000 + 4096 * std::round(3 * noise(0.3))}};
      if (!external) {
        run.figures["span.prepare"] = 0.3 * start;
        run.figures["span.start"] = 0.7 * start + start_net + interacting;
        run.figures["span.program"] = program;
        run.figures["stage.rootfs"] = 0.8 * start;
        run.figures["stage.network"] = start_net;
      }
      outcome.runs.push_back(std::move(run));
    }
  }
  return outcome;
}

}  // namespace slipway::compare
