#include "core/run/given_environment.hpp"

#include <catch2/catch.hpp>

using slipway::config::Override;
using slipway::config::Request;
using namespace slipway;

namespace {

Override variable(const std::string& value) { return {Override::Kind::environment, "", value, "-e", {}}; }

Request request_of(std::vector<Override> overrides) {
  Request request;
  request.overrides = std::move(overrides);
  return request;
}

plan::Plan plan_of(std::vector<std::string> variables, std::vector<std::string> words = {"/bin/true"}) {
  plan::Plan plan;
  plan.steps.push_back({steps::Environment{std::move(variables)}, steps::Phase::confine, {}, {}});
  plan.steps.push_back({steps::Exec{std::move(words)}, steps::Phase::exec, {}, {}});
  return plan;
}

std::vector<std::string> variables_in(const std::string& child_steps) {
  const auto read = plan::child_steps_from(child_steps);
  REQUIRE(read);
  return std::get<steps::Environment>(read->front().step).variables;
}

}  // namespace

TEST_CASE("a plan for a veiled request has no value of -e, and gets each of them back in its place") {
  const Request request = request_of({variable("A=secret"),
                                      {Override::Kind::workdir, "", "A=secret", "-w", {}},
                                      variable("B="),
                                      variable("A=other=one"),
                                      variable("NOTHING")});
  const Request veil = run::veiled(request);
  REQUIRE(veil.overrides.size() == 5);
  CHECK(veil.overrides[0].value.starts_with("A="));
  CHECK(veil.overrides[0].value != veil.overrides[3].value);
  for (const std::size_t i : {0U, 3U}) {
    CHECK(veil.overrides[i].value.find("secret") == std::string::npos);
    CHECK(veil.overrides[i].value.find("other") == std::string::npos);
  }
  CHECK(veil.overrides[1].value == "A=secret");
  CHECK(veil.overrides[4].value == "NOTHING");  // which takes a variable away

  const plan::Plan plan = plan_of({"IMAGE=own", veil.overrides[0].value, veil.overrides[2].value,
                                   veil.overrides[3].value, "C=" + veil.overrides[0].value.substr(2)});
  const auto filled = run::with_values(plan::child_steps_bytes(plan), request);
  REQUIRE(filled);
  // A variable of another name is left as it is: an image could have it.
  CHECK(variables_in(*filled) == std::vector<std::string>{"IMAGE=own", "A=secret", "B=", "A=other=one",
                                                          "C=" + veil.overrides[0].value.substr(2)});
  CHECK(plan::child_steps_from(*filled)->back().number == 2);
}

TEST_CASE("a plugin that makes something else of the values of -e is found out") {
  const Request request = request_of({variable("A=secret")});
  const std::string word = run::veiled(request).overrides[0].value;
  CHECK_FALSE(run::uses_values_elsewhere(plan_of({"X=1", word}), request));
  CHECK(run::uses_values_elsewhere(plan_of({"X=" + word}), request));
  CHECK(run::uses_values_elsewhere(plan_of({}, {"/bin/echo", word}), request));
  CHECK(run::uses_values_elsewhere(plan_of({}, {"/bin/echo", "it is " + word.substr(2)}), request));
  CHECK_FALSE(run::uses_values_elsewhere(plan_of({}, {"/bin/echo", word}), request_of({})));
}
