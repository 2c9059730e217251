// The form of `hyperfine --export-json`, so that scripts that read it read these results too: seconds, a variant a
// command, its levels as parameters (https://github.com/sharkdp/hyperfine, hyperfine(1)).
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/compare/report/export.hpp"
#include "core/compare/statistics/quantiles.hpp"

namespace slipway::compare {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMillisecondsASecond = 1000;

struct Samples {
  std::vector<double> wall{}, user{}, system{};  ///< seconds
  std::vector<int> statuses{};
  std::size_t failures = 0;
};

std::vector<Samples> samples_of(const Outcome& outcome) {
  std::vector<Samples> all(outcome.variants.size());
  const auto add = [](const Run& run, std::string_view measure, std::vector<double>& figures) {
    const auto figure = run.figures.find(measure);
    if (figure != run.figures.end()) figures.push_back(figure->second / kMillisecondsASecond);
  };
  for (const Run& run : outcome.runs) {
    Samples& samples = all[run.variant];
    if (!run.failure.empty() || !run.figures.contains("wall")) {
      ++samples.failures;
      continue;
    }
    add(run, "wall", samples.wall);
    add(run, "user", samples.user);
    add(run, "system", samples.system);
    samples.statuses.push_back(run.status);
  }
  return all;
}

double mean(const std::vector<double>& figures) {
  if (figures.empty()) return 0;
  return std::accumulate(figures.begin(), figures.end(), 0.0) / static_cast<double>(figures.size());
}

/// Of the sample, divided by one less; null of a single figure, as there.
Json standard_deviation(const std::vector<double>& figures) {
  if (figures.size() < 2) return nullptr;
  const double middle = mean(figures);
  double squares = 0;
  for (const double figure : figures) squares += (figure - middle) * (figure - middle);
  return std::sqrt(squares / static_cast<double>(figures.size() - 1));
}

Json result_of(const Outcome& outcome, std::size_t variant, const Samples& samples) {
  const Summary summary = summarise(samples.wall);
  Json parameters = Json::object();
  const std::vector<std::size_t>& levels = outcome.variants[variant].variant.levels;
  for (std::size_t factor = 0; factor < levels.size(); ++factor)
    parameters[outcome.factors[factor].name] = outcome.factors[factor].levels[levels[factor]];
  Json result = {{"command", outcome.variants[variant].variant.name},
                 {"mean", summary.mean},
                 {"stddev", standard_deviation(samples.wall)},
                 {"median", summary.median},
                 {"user", mean(samples.user)},
                 {"system", mean(samples.system)},
                 {"min", summary.least},
                 {"max", summary.most},
                 {"times", samples.wall},
                 {"exit_codes", samples.statuses}};
  if (!parameters.empty()) result["parameters"] = std::move(parameters);
  if (samples.failures > 0) result["failures"] = samples.failures;
  return result;
}

}  // namespace

std::string to_hyperfine(const Outcome& outcome) {
  Json results = Json::array();
  Json left_out = Json::array();
  const std::vector<Samples> all = samples_of(outcome);
  for (std::size_t variant = 0; variant < all.size(); ++variant) {
    // Whoever reads this form expects numbers, and a variant without a single time has none.
    if (!all[variant].wall.empty()) {
      results.push_back(result_of(outcome, variant, all[variant]));
    } else {
      left_out.push_back({{"command", outcome.variants[variant].variant.name}, {"failures", all[variant].failures}});
    }
  }
  Json document = {{"results", std::move(results)}};
  if (!left_out.empty()) document["left_out"] = std::move(left_out);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace slipway::compare
