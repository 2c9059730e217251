#include "tests/support/planned.hpp"

using namespace slipway::tests;

TEST_CASE("a bind's source is opened before anything is made, and its target made where it is missing") {
  const nlohmann::json options = {
      {"binds",
       {{{"source", "/srv/a"},
         {"target", "/data/x"},
         {"access", "read_only"},
         {"owners", "host"},
         {"flags", {"nosuid"}}},
        {{"source", "/srv/b"}, {"target", "/b"}, {"access", "read_write"}, {"owners", "container"}}}}};
  CHECK(
      plan_of(SLIPWAY_PLUGIN, options, facts_of_user()).steps ==
      R"({"type":"open","path":"/srv/a","as":"data.x-0-6241","from":"/options/binds/0/source"})"
      "\n"
      R"({"type":"bind","source":"@data.x-0-6241","target":"/data/x","access":"read_only","flags":["nosuid"],"create":"missing","submounts":"taken","from":"/options/binds/0/target"})"
      "\n"
      R"({"type":"open","path":"/srv/b","owners":"container","as":"b-1-2339","from":"/options/binds/1/source"})"
      "\n"
      R"({"type":"bind","source":"@b-1-2339","target":"/b","create":"missing","owners":"container","from":"/options/binds/1/target"})"
      "\n");
}

TEST_CASE("without binds there is nothing to plan") {
  CHECK(plan_of(SLIPWAY_PLUGIN, nlohmann::json::object(), facts_of_root()).steps.empty());
}
