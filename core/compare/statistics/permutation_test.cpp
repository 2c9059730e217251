#include "core/compare/statistics/permutation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/compare/statistics/pairs.hpp"
#include "core/compare/statistics/test_data.hpp"

namespace slipway::compare {
namespace {

using Values = std::vector<double>;

TEST_CASE("Darwin's maize has Fisher's number of combinations as extreme as the one found") {
  // "The Design of Experiments", § 21: 863 of 32768 on one side. Both sides are looked at here, one half of the
  // combinations standing for the other.
  const SignFlip test = sign_flip_test(kDarwin, {});
  CHECK(test.exact);
  CHECK(test.combinations == 16384);
  CHECK(test.p == Approx(2.0 * 863 / 32768).epsilon(1e-12));
}

TEST_CASE("the depression scores have the published signed ranks and p") {
  // Hollander and Wolfe, pp. 29f.: T+ = 40, one-sided 0.0195.
  const auto apart = differences(pair_up(kDepressionAfter, kDepressionBefore));
  const Values ranks = signed_ranks(apart);
  double positive = 0;
  for (const double rank : ranks) positive += std::max(0.0, rank);
  CHECK(positive == 40);
  CHECK(sign_flip_test(ranks, {}).p == Approx(2 * 0.01953125));
}

TEST_CASE("equal differences share their rank, and none takes one without counting") {
  CHECK(signed_ranks(Values{-1, 1, 0, 3}) == Values{-2.5, 2.5, 0, 4});
  CHECK(signed_ranks(Values{}).empty());
  CHECK(signed_ranks(Values{0, -0.0}) == Values{0, 0});
}

TEST_CASE("nothing, or nothing but zeros, is no difference") {
  CHECK(sign_flip_test(Values{}, {}).p == 1);
  CHECK(sign_flip_test(Values{0, 0, 0}, {}).p == 1);
  CHECK(sign_flip_test(Values{5}, {}).p == 1);  // -5 is as far from 0
}

TEST_CASE("the smallest p of some blocks is the one of all on one side") {
  for (const std::size_t blocks : {1U, 2U, 5U, 6U, 10U, 20U}) {
    INFO(blocks);
    CHECK(sign_flip_test(Values(blocks, 1.5), {}).p == Approx(smallest_p(blocks)));
  }
  CHECK(smallest_p(6) == 0.03125);
  CHECK(smallest_p(0) == 1);
  CHECK(smallest_p(5000) > 0);
}

TEST_CASE("sums of the same numbers in another order are equally extreme") {
  // 0.1 + 0.2 - 0.3 is not 0 in doubles; all 4 halves of the combinations are at least as extreme.
  CHECK(sign_flip_test(Values{0.1, 0.2, -0.3}, {}).p == 1);
}

TEST_CASE("random signs come close to all combinations, are never 0, and are the same for the same seed") {
  const SignFlip all = sign_flip_test(kDarwin, {});
  const SignFlip some = sign_flip_test(kDarwin, {.all_up_to = 0, .most = 99'999, .seed = 5});
  CHECK_FALSE(some.exact);
  CHECK(some.combinations == 99'999);
  CHECK(some.p == Approx(all.p).margin(4 * std::sqrt(all.p / 1e5)));
  CHECK(some.p == sign_flip_test(kDarwin, {.all_up_to = 0, .most = 99'999, .seed = 5}).p);
  CHECK(some.p != sign_flip_test(kDarwin, {.all_up_to = 0, .most = 99'999, .seed = 6}).p);
  CHECK(sign_flip_test(Values(200, 1.0), {.most = 999}).p == Approx(1.0 / 1000));
}

TEST_CASE("a million differences are tested") {
  Values values(1'000'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = (i % 2 == 0 ? 1.0 : -1.0) * static_cast<double>(i % 1000);
  const SignFlip test = sign_flip_test(values, {});
  CHECK(test.combinations >= 999);
  CHECK(test.p > 0.05);
  CHECK(signed_ranks(values).size() == values.size());
}

}  // namespace
}  // namespace slipway::compare
