// Plugins that were built once, from the SDK of ABI 1.0: what they were told and what they did must go on meaning the
// same. A failure here is a broken promise (docs/abi.md), never a binary to be renewed.
#include <catch2/catch.hpp>
#include <slipway/testing.hpp>

using namespace slipway::testing;
namespace steps = slipway::steps;

#if defined(__x86_64__)
namespace {

Plugin kept(const std::string& which) { return Plugin::load(SLIPWAY_FIXTURES "/fixture-abi-1-0" + which + ".so"); }

std::string lines(const Outcome& outcome) {
  std::string all;
  for (const Step& step : outcome.steps) all += step.json() + "\n";
  return all;
}

}  // namespace

TEST_CASE("a kept rootfs plugin in C++ plans for an image, hands over a fact and throws its failure into a report") {
  const Outcome planned = kept("-rootfs").plan(R"({"made": ["/a", "/b"]})", facts("rootless"));
  CHECK(planned.told() == "");
  CHECK(planned.ok);
  REQUIRE(planned.all<steps::Unpack>().size() == 2);
  REQUIRE(planned.all<steps::Overlay>().size() == 1);
  const auto overlay = planned.all<steps::Overlay>().front();
  CHECK(overlay.lower == std::vector<steps::Reference>{{"layer1"}, {"layer0"}});
  CHECK(planned.all<steps::Scratch>().size() == 1);
  CHECK(planned.all<steps::Mkdir>().at(1).target.text == "/b");
  CHECK(planned.facts.at("root") == R"({"layers":2})");

  CHECK(kept("-rootfs").plan(R"({"upper": "refused"})", facts("root")).told() ==
        "error: /options/upper: is refused | say disk\n");
  CHECK(kept("-rootfs").plan("{}", facts("root").erase("/host/kernel")).told() ==
        "warning: /facts/host/kernel: is not told\n");
}

TEST_CASE("a kept harden plugin in C plans with every function of the host") {
  const Outcome planned = kept("").plan("{}", facts("root"));
  CHECK(planned.ok);
  CHECK(planned.told() == "info: /options/path: is masked by a plugin of ABI 1.0\n");
  CHECK(planned.facts.at("kept") == R"({"path":"/proc/kcore"})");
  CHECK(lines(planned) == R"({"type":"mask","path":"/proc/kcore","phase":"seal","from":"/options/path"})"
                          "\n");
}

TEST_CASE("a kept network plugin in C reads a list out of a fact, and refuses where it lacks a word") {
  CHECK(lines(kept("-network").plan("{}", facts("one-id"))) ==
        R"({"type":"link_up","interface":"lo","phase":"mount","from":"/options/interface"})"
        "\n");
  CHECK(
      kept("-network").plan("{}", facts("root").set("/isolation/namespaces", R"(["mount"])")).told() ==
      "error: /facts/isolation/namespaces: has no network of the container's | add \"net\" to isolation.namespaces\n");
}

TEST_CASE("a kept exec plugin in C reads values as JSON and an object's names") {
  CHECK(lines(kept("-exec").plan(R"({"args": ["echo", "a\"b"]})", facts("root"))) ==
        R"({"type":"environment","variables":["PATH=/bin"],"phase":"confine","from":"/options/env"})"
        "\n"
        R"({"type":"exec","args":["echo","a\"b"],"phase":"exec","from":"/options/args"})"
        "\n");
}

TEST_CASE("kept image plugins in C and C++ read their source's entries") {
  Source source;
  source.directory("etc/").file("etc/hello", "hello").file("etc/other", "other").symlink("etc/l", "hello");
  for (const auto& [which, label] :
       {std::pair{"-image", R"("greeting":"hello")"}, std::pair{"-image-c", R"("first":"68656c6c")"}}) {
    INFO(which);
    const Outcome resolved = kept(which).resolve(R"({"source": "/x.tar"})", source);
    CHECK(resolved.told() == "");
    REQUIRE(resolved.ok);
    CHECK_THAT(resolved.facts.at("image"),
               Catch::Contains(label) && Catch::Contains(R"("files":"2")") && Catch::Contains(R"("size":3072)"));
    const Outcome without = kept(which).resolve(R"({"source": "/x.tar", "greeting": "no"})", source);
    CHECK(without.told() == "error: /options/greeting: is not in the archive | name one of its files\n");
  }
}
#else
TEST_CASE("plugins that were built once still load") { WARN("SKIPPED: the kept binaries are for x86-64"); }
#endif
