#include "core/compare/design.hpp"

#include <catch2/catch.hpp>

namespace slipway::compare {
namespace {

std::vector<std::string> names(const Variants& variants) {
  std::vector<std::string> found;
  for (const Variant& variant : variants.all) found.push_back(variant.name);
  return found;
}

std::string refusal(const Design& design) {
  const auto variants = variants_of(design);
  REQUIRE_FALSE(variants.has_value());
  return sentence(variants.error()) + " | " + variants.error().hint;
}

const Factor kRootfs{.name = "rootfs", .levels = {"fs-overlay", "fs-copy"}};
const Factor kNetwork{.name = "network", .levels = {"net-loopback", "net-none"}};

using Names = std::vector<std::string>;

TEST_CASE("factors are multiplied out, the first one changing slowest, and the baseline takes part twice") {
  const auto variants = variants_of({.factors = {kRootfs, kNetwork}});
  REQUIRE(variants.has_value());
  CHECK(names(*variants) == Names{"rootfs=fs-overlay network=net-loopback", "rootfs=fs-overlay network=net-none",
                                  "rootfs=fs-copy network=net-loopback", "rootfs=fs-copy network=net-none",
                                  "rootfs=fs-overlay network=net-loopback (control)"});
  CHECK(variants->baseline == 0);
  CHECK(variants->control == 4);
  CHECK(variants->all[2].levels == std::vector<std::size_t>{1, 0});
  CHECK(variants->all[4].levels == variants->all[0].levels);
}

TEST_CASE("where nothing is varied there is the pipeline and its control") {
  const auto variants = variants_of({});
  REQUIRE(variants.has_value());
  CHECK(names(*variants) == Names{"pipeline", "pipeline (control)"});
}

TEST_CASE("an excluded combination is left out, and every variant that has all of its choices") {
  const Factor parallel{.name = "parallel", .levels = {"1", "8"}};
  const auto variants =
      variants_of({.factors = {kRootfs, kNetwork, parallel},
                   .excluded = {{{"rootfs", "fs-copy"}, {"parallel", "8"}}, {{"network", "net-none"}}}});
  REQUIRE(variants.has_value());
  CHECK(names(*variants) == Names{"rootfs=fs-overlay network=net-loopback parallel=1",
                                  "rootfs=fs-overlay network=net-loopback parallel=8",
                                  "rootfs=fs-copy network=net-loopback parallel=1",
                                  "rootfs=fs-overlay network=net-loopback parallel=1 (control)"});
}

TEST_CASE("a baseline is named by levels, the rest at their first, or by a variant's name") {
  const auto by_level = variants_of({.factors = {kRootfs, kNetwork}, .baseline = {{"network", "net-none"}}});
  REQUIRE(by_level.has_value());
  CHECK(by_level->all[by_level->baseline].name == "rootfs=fs-overlay network=net-none");
  CHECK(by_level->all[by_level->control].name == "rootfs=fs-overlay network=net-none (control)");

  const auto by_name = variants_of({.factors = {kRootfs}, .named = {"true", "bwrap / true"}, .baseline_named = "true"});
  REQUIRE(by_name.has_value());
  CHECK(names(*by_name) == Names{"rootfs=fs-overlay", "rootfs=fs-copy", "true", "bwrap / true", "true (control)"});
  CHECK(by_name->baseline == 2);
  CHECK(by_name->all[by_name->control].levels.empty());
}

TEST_CASE("a design that makes no sense is refused with what is wrong and what would be right") {
  struct Row {
    std::string_view name;
    Design design;
    std::string says;
  };
  const std::vector<Row> rows = {
      {"no levels", {.factors = {{.name = "rootfs"}}}, "rootfs | it needs at least one level"},
      {"a level twice", {.factors = {{"rootfs", {"a", "a"}}}}, "rootfs=a | this level is there twice"},
      {"an empty level", {.factors = {{"rootfs", {""}}}}, "a level is one word"},
      {"a level of two words", {.factors = {{"rootfs", {"a b"}}}}, "a level is one word"},
      {"a factor without a name", {.factors = {{"", {"a"}}}}, "one word without blanks"},
      {"a factor with an equals sign", {.factors = {{"a=b", {"c"}}}}, "one word without blanks"},
      {"a control character", {.factors = {{"a\x1b[2J", {"c"}}}}, "\\x1b"},
      {"a factor twice", {.factors = {kRootfs, kRootfs}}, "this factor is there twice"},
      {"an unknown factor", {.factors = {kRootfs}, .excluded = {{{"rotfs", "fs-copy"}}}}, "did you mean rootfs?"},
      {"an unknown level", {.factors = {kRootfs}, .excluded = {{{"rootfs", "fs-cpy"}}}}, "did you mean fs-copy?"},
      {"far from any level", {.factors = {kRootfs}, .baseline = {{"rootfs", "zfs"}}}, "there is: fs-overlay, fs-copy"},
      {"nothing excluded", {.factors = {kRootfs}, .excluded = {{}}}, "name at least one factor"},
      {"everything excluded",
       {.factors = {kRootfs}, .excluded = {{{"rootfs", "fs-copy"}}, {{"rootfs", "fs-overlay"}}}},
       "rootfs=fs-overlay | this combination is excluded"},
      {"an unknown treatment", {.factors = {{"treatment", {"warm", "cool"}}}}, "cool"},
      {"parallel nothing", {.factors = {{"parallel", {"1", "0"}}}}, "a whole number from 1"},
      {"parallel words", {.factors = {{"parallel", {"many"}}}}, "a whole number from 1"},
      {"a name twice", {.named = {"true", "true"}}, "this name is there twice"},
      {"a name like a combination", {.named = {"rootfs=fs-copy"}}, "a name of its own"},
      {"an unknown named baseline", {.named = {"bwrap"}, .baseline_named = "bwarp"}, "did you mean bwrap?"},
      {"two baselines", {.baseline = {{"a", "b"}}, .baseline_named = "c"}, "not both"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK_THAT(refusal(row.design), Catch::Contains(row.says));
  }
}

TEST_CASE("more variants than a block can hold are refused, however many factors overflow their product") {
  Design design;
  for (int factor = 0; factor < 70; ++factor) {
    design.factors.push_back({.name = "f" + std::to_string(factor), .levels = {"a", "b"}});
  }
  CHECK_THAT(refusal(design), Catch::Contains("more than 1000 variants"));
  design.factors.resize(9);
  CHECK(variants_of(design).has_value());
}

TEST_CASE("treatments and parallel runs are factors like any other") {
  const auto variants = variants_of({.factors = {{std::string(kTreatment), {"cold", "store-warm", "warm"}},
                                                 {std::string(kParallel), {"1", "2", "4", "8"}}}});
  REQUIRE(variants.has_value());
  CHECK(variants->all.size() == 13);
  CHECK(variants->all[1].name == "treatment=cold parallel=2");
}

TEST_CASE("a factor and its level are read from one word") {
  const auto choice = read_choice("rootfs.upper=a=b");
  REQUIRE(choice.has_value());
  CHECK(choice->factor == "rootfs.upper");
  CHECK(choice->level == "a=b");
  for (const char* wrong : {"", "rootfs", "=x", "rootfs="}) {
    INFO(wrong);
    CHECK_FALSE(read_choice(wrong).has_value());
  }
}

}  // namespace
}  // namespace slipway::compare
