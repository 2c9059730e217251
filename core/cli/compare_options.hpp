// The options of `slipway compare` that say what an experiment is; for compare_words.cpp alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/compare_words.hpp"

namespace slipway::cli {

/// What options leave behind, the first that makes no sense among it.
struct CompareGiven {
  CompareWords* words = nullptr;
  TargetOptions target{};  ///< filled for its checks alone: the words themselves go on to slipway run
  bool own_factors = false;
  std::optional<Error> problem{};

  compare::Experiment& experiment() const { return words->experiment; }
  template <class T>
  void take(Result<T> value, T& to) {
    if (value) {
      to = std::move(*value);
    } else {
      refuse(value.error());
    }
  }
  void refuse(const Error& error) {
    if (!problem) problem = error;
  }
};

/// Takes a whole number from `least` on.
std::function<void(const std::string&)> as_number(CompareGiven& given, const char* name, std::uint64_t least,
                                                  std::function<void(std::uint64_t)> put);

/// --vary --exclude --variant --against --baseline --cache --parallel
std::vector<Option> design_options(CompareGiven& given);
/// When it ends, what is measured, and what a run has to be.
std::vector<Option> rule_options(CompareGiven& given);

}  // namespace slipway::cli
