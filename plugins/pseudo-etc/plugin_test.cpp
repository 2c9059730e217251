#include <catch2/catch.hpp>
#include <slipway/testing.hpp>

using namespace slipway::testing;

namespace {

const Plugin& plugin() {
  static const Plugin loaded = Plugin::load(SLIPWAY_PLUGIN);
  return loaded;
}

}  // namespace

TEST_CASE("B2: the plan is a file for each of the three, and the host's resolv.conf is read when it is carried out") {
  for (const char* host : {"root", "rootless", "no-overlay"})
    CHECK(difference(SLIPWAY_GOLDEN "/named.json", plugin().plan("{}", facts(host))) == "");
}

TEST_CASE("B2: a container without a name of its own keeps the image's hostname, and one called localhost is it once") {
  const std::string nameless = SLIPWAY_GOLDEN "/nameless.json";
  Facts told = facts("rootless").set("/isolation/hostname", R"("")");
  CHECK(difference(nameless, plugin().plan(R"({"resolv_conf": false})", told)) == "");
  told.set("/isolation/hostname", R"("localhost")");
  CHECK(difference(nameless, plugin().plan(R"({"resolv_conf": false, "hostname": false})", told)) == "");
}
