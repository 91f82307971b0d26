// Identities between estimators that must hold for any panel.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <memory>

#include "headwater/covariances/covariance.hpp"
#include "headwater/estimators/fit.hpp"
#include "random_panel.hpp"
#include "unit/estimators/estimated.hpp"

namespace headwater::property {
namespace {

Column numeric(const std::string& name, const Vector& values) {
  return {.name = name, .type = Column::Type::number, .numbers = values};
}

Vector as_numbers(const std::vector<std::int32_t>& codes, double first) {
  Vector values(static_cast<Index>(codes.size()));
  for (std::size_t i = 0; i < codes.size(); ++i) values(static_cast<Index>(i)) = first + codes[i];
  return values;
}

Panel panel_of(const Shape& shape, const Cells& cells) {
  const Index n = cells.n();
  const Matrix x = normals(shape, 1, n, 3);
  Vector y = x * Vector::LinSpaced(3, 1, -1) + normals(shape, 2, n, 1);
  for (Index i = 0; i < n; ++i)
    y(i) += 2.0 * cells.unit[static_cast<std::size_t>(i)] + 0.3 * cells.period[static_cast<std::size_t>(i)];
  std::vector<Column> columns = {numeric("id", as_numbers(cells.unit, 1)),
                                 numeric("year", as_numbers(cells.period, 2010)),
                                 numeric("y", y),
                                 numeric("x1", x.col(0)),
                                 numeric("x2", x.col(1)),
                                 numeric("x3", x.col(2)),
                                 numeric("w", weights_of(shape, n))};
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < n; ++i) rows.push_back(i + 2);
  return Panel(std::move(columns), {.unit = "id", .time = "year"}, std::move(rows), DataLedger{});
}

Fit fitted(const Panel& panel, const std::string& formula, const std::string& method, const std::string& weights = "") {
  return test::estimated(panel, formula, method, weights, "cluster(id)");
}

void same_slopes(const Fit& a, const Fit& b, double tolerance) {
  for (const std::string name : {"x1", "x2", "x3"}) {
    RC_ASSERT(coefficient_index(a, name).has_value());
    RC_ASSERT(coefficient_index(b, name).has_value());
    const Index i = *coefficient_index(a, name), j = *coefficient_index(b, name);
    const double scale = std::max(std::abs(a.coefficients(i)), std::sqrt(a.goodness.sigma2 * a.bread(i, i)));
    RC_ASSERT(std::abs(a.coefficients(i) - b.coefficients(j)) <= tolerance * scale);
    RC_ASSERT(std::abs(a.bread(i, i) - b.bread(j, j)) <= 1e-8 * a.bread(i, i));
  }
}

// Enough rows for three slopes and two sets of effects.
bool large_enough(const Shape& shape, const Cells& cells) { return cells.n() > shape.units + shape.periods + 6; }

RC_GTEST_PROP(Within, EqualsLeastSquaresWithExplicitDummies, ()) {
  const Shape shape = any_shape();
  const Cells cells = cells_of(shape);
  RC_PRE(large_enough(shape, cells));
  const Panel panel = panel_of(shape, cells);
  const std::string weights = *rc::gen::arbitrary<bool>() ? "w" : "";
  const Fit absorbed = fitted(panel, "y ~ x1 + x2 + x3 | id + year", "within", weights);
  RC_PRE(absorbed.k() == 3);
  const Fit explicit_dummies = fitted(panel, "y ~ x1 + x2 + x3 + factor(id) + factor(year)", "pooled", weights);
  same_slopes(absorbed, explicit_dummies, 1e-10);
  RC_ASSERT(absorbed.df_residual == explicit_dummies.df_residual);
  RC_ASSERT(std::abs(absorbed.goodness.rss - explicit_dummies.goodness.rss) <= 1e-10 * explicit_dummies.goodness.rss);
  RC_ASSERT(std::abs(absorbed.goodness.r_squared - explicit_dummies.goodness.r_squared) <= 1e-10);
}

RC_GTEST_PROP(Mundlak, EqualsWithinOnBalancedPanels, ()) {
  Shape shape = any_shape(true);
  shape.units += 8;
  const Cells cells = cells_of(shape);
  const Panel panel = panel_of(shape, cells);
  same_slopes(fitted(panel, "y ~ x1 + x2 + x3 | id", "within"), fitted(panel, "y ~ x1 + x2 + x3", "mundlak"), 1e-10);
  same_slopes(fitted(panel, "y ~ x1 + x2 + x3 | id + year", "within"),
              fitted(panel, "y ~ x1 + x2 + x3 | year", "mundlak"), 1e-10);
}

// Without period effects the identity holds on unbalanced and weighted panels too.
RC_GTEST_PROP(Mundlak, EqualsWithinOnUnbalancedPanels, ()) {
  Shape shape = any_shape();
  shape.units += 8;
  const Cells cells = cells_of(shape);
  RC_PRE(large_enough(shape, cells));
  const Panel panel = panel_of(shape, cells);
  const std::string weights = *rc::gen::arbitrary<bool>() ? "w" : "";
  same_slopes(fitted(panel, "y ~ x1 + x2 + x3 | id", "within", weights),
              fitted(panel, "y ~ x1 + x2 + x3", "mundlak", weights), 1e-10);
}

RC_GTEST_PROP(FirstDifference, EqualsWithinOnTwoPeriods, ()) {
  Shape shape = any_shape(true);
  shape.periods = 2;
  shape.units += 8;
  const Panel panel = panel_of(shape, cells_of(shape));
  const Fit within = fitted(panel, "y ~ x1 + x2 + x3 | id + year", "within");
  const Fit differences = fitted(panel, "y ~ x1 + x2 + x3", "first_difference");
  for (const std::string name : {"x1", "x2", "x3"}) {
    const double a = within.coefficients(*coefficient_index(within, name)),
                 b = differences.coefficients(*coefficient_index(differences, name));
    RC_ASSERT(std::abs(a - b) <= 1e-9 * (std::abs(a) + std::sqrt(within.goodness.sigma2)));
  }
  RC_ASSERT(within.df_residual == differences.df_residual);
}

RC_GTEST_PROP(Weights, OfConstantSizeChangeNothingButTheScaleOfSigma, ()) {
  const Shape shape = any_shape();
  const Cells cells = cells_of(shape);
  RC_PRE(large_enough(shape, cells));
  const Panel panel = panel_of(shape, cells);
  Fit weighted = fitted(panel, "y ~ x1 + x2 + x3 | id", "within", "w");
  Design scaled = *weighted.design;
  scaled.weights *= 4;
  const Fit other = estimate(panel, std::make_shared<const Design>(scaled));
  RC_ASSERT((other.coefficients - weighted.coefficients).norm() <= 1e-12 * weighted.coefficients.norm());
  const Matrix a = covariance(weighted, parse_method_call("cluster(id)"), "fixest").matrix;
  const Matrix b = covariance(other, parse_method_call("cluster(id)"), "fixest").matrix;
  RC_ASSERT((a - b).norm() <= 1e-12 * a.norm());
}

}  // namespace
}  // namespace headwater::property
