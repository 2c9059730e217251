#include "core/compare/statistics/distributions.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>

namespace slipway::compare {

double normal_below(double z) { return boost::math::cdf(boost::math::normal(), z); }

double normal_quantile(double probability) { return boost::math::quantile(boost::math::normal(), probability); }

double binomial_at_most(double successes, std::size_t trials, double probability) {
  const auto most = static_cast<double>(trials);
  if (successes < 0) return 0;
  if (successes >= most) return 1;
  return boost::math::cdf(boost::math::binomial(most, probability), successes);
}

}  // namespace slipway::compare
