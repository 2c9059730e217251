// The harness without a test framework, without a library of JSON, and with the plugin linked into the test: all that
// this program is built with is slipway::testing.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <slipway/testing.hpp>

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::printf("FAILED: %s\n", what);
  ++failures;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  std::ifstream file(words[1]);  // its plugin.json
  const std::string manifest(std::istreambuf_iterator<char>(file), {});
  const slipway::testing::Plugin plugin(slipway_plugin_1, manifest);
  check(plugin.name() == "fixture-c", "the plugin has the name of its manifest");
  check(plugin.stage() == "harden", "the plugin has the stage of its manifest");
  const auto planned = plugin.plan(R"({"paths": ["/x"]})", slipway::testing::facts("rootless"));
  check(planned.ok, "a plugin that is linked into its test plans");
  check(planned.all<slipway::steps::Mask>().size() == 1, "its steps come out");
  try {
    const slipway::testing::Plugin wrong(slipway_plugin_1, "{}");
    check(false, "a manifest that is none is refused");
  } catch (const slipway::testing::Error&) {
  }
  std::puts(failures == 0 ? "all as expected" : "not as expected");
  return failures == 0 ? 0 : 1;
}
