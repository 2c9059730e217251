#include "tests/support/planned.hpp"

using namespace slipway::tests;

TEST_CASE("B2: the plan is a file for each of the three, and the host's resolv.conf is read when it is carried out") {
  CHECK(
      plan_of(SLIPWAY_PLUGIN, nlohmann::json::object(), facts_of_root()).steps ==
      R"({"type":"file","target":"/etc/hosts","text":"127.0.0.1\u0009localhost\n::1\u0009localhost ip6-localhost ip6-loopback\n127.0.0.1\u0009box\n::1\u0009box\n","from":"/options/hosts"})"
      "\n"
      R"({"type":"file","target":"/etc/hostname","text":"box\n","from":"/options/hostname"})"
      "\n"
      R"({"type":"file","target":"/etc/resolv.conf","copy_of":"/etc/resolv.conf","absent":"empty","from":"/options/resolv_conf"})"
      "\n");
}

TEST_CASE("B2: a container without a name of its own keeps the image's hostname, and one called localhost is it once") {
  nlohmann::json facts = facts_of_user();
  facts["isolation"]["hostname"] = "";
  const std::string nameless = plan_of(SLIPWAY_PLUGIN, {{"resolv_conf", false}}, facts).steps;
  CHECK(
      nameless ==
      R"({"type":"file","target":"/etc/hosts","text":"127.0.0.1\u0009localhost\n::1\u0009localhost ip6-localhost ip6-loopback\n","from":"/options/hosts"})"
      "\n");
  facts["isolation"]["hostname"] = "localhost";
  CHECK(plan_of(SLIPWAY_PLUGIN, {{"resolv_conf", false}, {"hostname", false}}, facts).steps == nameless);
}
