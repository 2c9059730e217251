// The C++ face of the boundary, with a host that is made up.
#include <catch2/catch.hpp>
#include <slipway/plugin.hpp>
#include <string_view>

namespace {

// Takes every step but those on /refused.
std::int32_t take(const slipway_host* /*host*/, slipway_text step) {
  return std::string_view(step.data, step.size).find("/refused") == std::string_view::npos ? 0 : 1;
}

}  // namespace

TEST_CASE("the handle of a refused step is empty, and the call has failed") {
  slipway_host host{};
  host.struct_size = sizeof host;
  host.step = &take;
  slipway::Plan plan(&host);

  CHECK(plan.open({.path = {"/taken"}}, {.as = "one"}).name() == "one");
  CHECK(plan.scratch({}).name() == "scratch0");
  CHECK(plan.add_json(R"({"type": "readonly", "path": "/taken"})"));
  CHECK_FALSE(plan.failed());

  CHECK(plan.open({.path = {"/refused"}}, {.as = "two"}).name().empty());
  CHECK(plan.failed());
  CHECK_FALSE(plan.add_json(R"({"type": "readonly", "path": "/refused"})"));
}
