// What a plugin is called with: options that its schema allows, with the facts of several hosts; and documents that are
// wrong in a way that a seed decides.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <slipway/testing.hpp>
#include <string>
#include <vector>

#include "core/check/subject.hpp"

namespace slipway::check {

struct Case {
  std::string name{};                       ///< "rootless, upper=disk"
  nlohmann::json document{};                ///< {"options": …, "facts": {…}}
  const testing::Source* source = nullptr;  ///< what an image plugin is shown
  /// Options that fit the schema but were guessed: of a text that may be anything a plugin can want more than its
  /// schema says, and slipway then tells the user what is wrong with it.
  bool is_guessed = false;
  /// With the defaults alone, or with what --options gave: what a user begins with, and it ought to have a plan then.
  bool is_basic = false;
};

/// Each set of options with the first host's facts, and the first set with each host's.
std::vector<Case> reference_cases(const Subject& subject);

/// The same without one of the facts.
std::vector<Case> cases_without_facts(const Subject& subject);

/// Makes documents out of right ones; the same seed makes the same ones everywhere.
class Fuzzer {
 public:
  Fuzzer(std::vector<Case> base, std::uint64_t seed) : base_(std::move(base)), random_(seed) {}
  Case next();

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound); }
  nlohmann::json value(int depth);
  std::string mutate(nlohmann::json& document);

  std::vector<Case> base_;
  std::mt19937_64 random_;
};

}  // namespace slipway::check
