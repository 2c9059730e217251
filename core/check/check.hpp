// The conformance kit: whether a plugin's library keeps the contract of the plugin boundary, told check by check.
// Loads a library in processes of its own alone, and knows nothing of command lines or of how a report is shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::check {

enum class Layer : std::uint8_t { library, load, contract, lifecycle };
/// not_applicable: there is nothing of the kind in this plugin. not_checked: there may be, and nobody has looked, for a
/// reason that lies in this machine or in this build of slipway.
enum class Verdict : std::uint8_t { ok, failed, note, not_applicable, not_checked };

std::string_view word_of(Layer layer);
std::string_view word_of(Verdict verdict);

/// What came of one check.
struct Outcome {
  Layer layer = Layer::library;
  std::string name{};  ///< "exports-one-symbol": for programs, and for who looks it up in the manual
  Verdict verdict = Verdict::ok;
  std::string text{};    ///< what was found; for a failure what, where and why
  std::string remedy{};  ///< of a failure: what mends it
};

struct Report {
  std::string file{};
  std::string plugin{};  ///< of the manifest; the file's name where there is none
  std::uint64_t seed = 0;
  std::vector<Outcome> outcomes{};

  void add(Layer layer, std::string name, Verdict verdict, std::string text, std::string remedy = {});
  [[nodiscard]] bool conforms() const;
  [[nodiscard]] std::size_t count(Verdict verdict) const;
};

struct Wishes {
  std::string file{};
  std::vector<std::string> options{};  ///< JSON objects, each a further set of options to call the plugin with
  std::uint64_t seed = 1;
  unsigned rounds = 200;                   ///< of documents made by chance
  std::chrono::milliseconds limit{10000};  ///< for one call of the plugin's
  bool with_lifecycle = false;
};

/// Fails only where there is nothing to check: no such file, options that are no JSON.
Result<Report> check_plugin(const Wishes& wishes);

/// For people: a line a check, and what mends each failure.
std::string to_text(const Report& report);
std::string to_json(const Report& report);
/// As continuous integration reads it: a test suite a layer, a test case a check.
std::string to_junit(const Report& report);

}  // namespace slipway::check
