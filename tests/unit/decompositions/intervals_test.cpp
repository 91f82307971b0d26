// Intervals of sums of products: against a search over the ellipsoid's surface, and against the delta method where the
// reach is short.
#include "headwater/decompositions/intervals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "unit/decompositions/small_panel.hpp"

namespace headwater {
namespace {

ProductSum pair(double left, double right) {
  ProductSum sum;
  append(sum, Vector::Constant(1, left), Matrix::Zero(1, 1), Vector::Constant(1, right), Matrix::Zero(1, 1));
  return sum;
}

Matrix covariance_of(double first, double second, double correlation) {
  Matrix V(2, 2);
  V << first * first, correlation * first * second, correlation * first * second, second * second;
  return V;
}

TEST(ProductInterval, EqualsASearchOverTheEllipse) {
  const double reach = 1.96;
  for (const double left : {0.0, 0.5, 2.0, -3.0})
    for (const double right : {0.0, 1.0, -6.0})
      for (const double correlation : {0.0, 0.6, -0.9}) {
        const double s = 0.7, t = 1.3;
        double low = left * right, high = low;
        const int steps = 200000;
        for (int step = 0; step < steps; ++step) {
          const double angle = 2 * std::numbers::pi * step / steps, u = reach * std::cos(angle),
                       v = reach * std::sin(angle);
          const double f =
              (left + s * u) * (right + t * (correlation * u + std::sqrt(1 - correlation * correlation) * v));
          low = std::min(low, f);
          high = std::max(high, f);
        }
        const Interval found = product_interval(pair(left, right), covariance_of(s, t, correlation), reach);
        EXPECT_NEAR(found.low, low, 1e-7) << left << " " << right << " " << correlation;
        EXPECT_NEAR(found.high, high, 1e-7) << left << " " << right << " " << correlation;
      }
}

TEST(ProductInterval, FactorsOfVeryDifferentSizeLoseNoDigits) {
  const Interval one = product_interval(pair(1.5, -2), covariance_of(0.7, 1.3, 0.4), 2);
  const Interval scaled = product_interval(pair(1.5e9, -2e-9), covariance_of(0.7e9, 1.3e-9, 0.4), 2);
  EXPECT_NEAR(scaled.low, one.low, 1e-12);
  EXPECT_NEAR(scaled.high, one.high, 1e-12);
}

TEST(ProductInterval, AKnownFactorLeavesTheOtherSymmetricInterval) {
  const Interval found = product_interval(pair(3, 2), covariance_of(0.5, 0, 0), 1.96);
  EXPECT_NEAR(found.low, 6 - 1.96 * 0.5 * 2, 1e-13);
  EXPECT_NEAR(found.high, 6 + 1.96 * 0.5 * 2, 1e-13);
}

TEST(ProductInterval, NothingUncertainHasNoWidth) {
  const Interval found = product_interval(pair(3, 2), Matrix::Zero(2, 2), 1.96);
  EXPECT_EQ(found.low, 6);
  EXPECT_EQ(found.high, 6);
}

// A short reach sees only the slope: the factors' uncertainty is then the part's own standard error.
void expect_delta_method(const SmallModel& model, const std::string& call) {
  bool any = false;
  for (const Decomposition& d : model.run(call)) {
    ASSERT_EQ(d.products.size(), static_cast<std::size_t>(d.estimates.values.size())) << call;
    for (Index i = 0; i < d.estimates.values.size(); ++i) {
      const ProductSum& product = d.products[static_cast<std::size_t>(i)];
      if (product.pairs() == 0) continue;
      any = true;
      const Index k = product.pairs();
      const double value = product.factors.values.head(k).dot(product.factors.values.tail(k)),
                   error = std::sqrt(d.covariance(i, i)), reach = 1e-6;
      const std::string which = call + ": " + d.estimates.names[static_cast<std::size_t>(i)];
      EXPECT_NEAR(value, d.estimates.values(i), 1e-12 * (1 + std::abs(value))) << which;
      const Interval found = interval(d, i, reach);
      EXPECT_NEAR((found.high - found.low) / (2 * reach), error, 1e-6 * error + 1e-9) << which;
    }
  }
  EXPECT_TRUE(any) << call;
}

TEST(ProductInterval, ShortReachIsTheStandardErrorOfEveryPart) {
  for (const std::string covariance : {"cluster(unit)", "robust", "iid", "driscoll_kraay(lag=1)"})
    for (const std::string weights : {"", "w"}) {
      const SmallModel model = small_model(small_panel(5, 30, 6, 0.8),
                                           small_spec("y ~ x + z + q | unit + year", "within", weights, covariance));
      expect_delta_method(model, "change(from = 2011, to = 2014)");
      expect_delta_method(model, "change(from = 2011, to = 2014, reading = chain)");
      expect_delta_method(model, "contributions(by = type)");
      if (covariance == "iid") continue;  // two regressions: iid has no joint block
      expect_delta_method(model, "gelbach(base = x)");
      expect_delta_method(model, "gelbach(base = x, effects = added)");
      const SmallModel pooled =
          small_model(small_panel(6, 30, 6, 0.8), small_spec("y ~ x + z + q", "pooled", weights, covariance));
      expect_delta_method(pooled, "oaxaca(groups = type, a = acute, b = mental)");
      expect_delta_method(pooled, "oaxaca(groups = type, a = acute, b = mental, form = threefold)");
    }
}

TEST(ProductInterval, MeansTakenAsGivenLeaveSymmetricIntervals) {
  const SmallModel model = small_model(small_panel(5), small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition d = model.run("change(from = 2011, to = 2014, uncertainty = coefficients)").front();
  for (Index i = 0; i < d.estimates.values.size(); ++i) {
    const Interval found = interval(d, i, 2);
    EXPECT_NEAR(found.high + found.low, 2 * d.estimates.values(i), 1e-12);
  }
}

}  // namespace
}  // namespace headwater
