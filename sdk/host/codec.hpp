// Steps and their JSON form. Everything is read from the tables of slipway::steps::Shape, so a new step type needs no
// line here.
#pragma once

#include <concepts>
#include <nlohmann/json_fwd.hpp>
#include <slipway/steps.hpp>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sdk/host/problem.hpp"

namespace slipway::host {

struct DecodedStep {
  steps::Step step{};
  steps::Phase phase{};
  steps::Common common{};
};

/// Refuses, each with what was found and what is expected: text that is not JSON; an unknown type or member; a required
/// member that is missing; a value of the wrong kind; a phase in which the type may not stand. All problems of a step
/// are told; Problem::at is a pointer into the step ("/flags/1"). Container paths come out in one spelling
/// ("/dev//pts/" becomes "/dev/pts"), so that equal targets are equal text.
tl::expected<DecodedStep, Problems> decode_step(std::string_view text);
tl::expected<DecodedStep, Problems> decode_step_object(const nlohmann::json& object);

/// A template, because text would turn into a JSON string without a word.
template <std::same_as<nlohmann::json> Json>
tl::expected<DecodedStep, Problems> decode_step(const Json& object) {
  return decode_step_object(object);
}

/// The exact inverse; the phase is always written.
nlohmann::json encode_step(const DecodedStep& step);
std::string encode_step_text(const DecodedStep& step);

/// The word of a step's type: "bind".
std::string_view type_of(const steps::Step& step);
std::string_view word_of(steps::Phase phase);

/// All types, in alphabetical order; the members of one (empty for an unknown type); what it is for.
std::span<const std::string> step_types();
std::span<const std::string> step_members(std::string_view type);
std::string_view step_meaning(std::string_view type);

/// What is longer is refused before it is parsed.
inline constexpr std::size_t kLongestStep = std::size_t{1} << 20U;

}  // namespace slipway::host
