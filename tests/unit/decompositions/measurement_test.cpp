// Errors in variables, missing cells and the specification curve, each against numbers computed another way.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

double value(const Decomposition& d, const std::string& name, std::size_t i) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return std::get<std::vector<double>>(array.values).at(i);
  throw std::runtime_error("there is no " + name);
}

Index at(const Decomposition& d, const std::string& name) {
  const auto found = std::find(d.estimates.names.begin(), d.estimates.names.end(), name);
  EXPECT_NE(found, d.estimates.names.end()) << name;
  return found - d.estimates.names.begin();
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(ErrorsInVariables, AtReliabilityOneItIsTheFit) {
  const SmallModel m =
      small_model(small_panel(3, 30, 5, 0.9), small_spec("y ~ x + z + q | unit + year", "within", "w"));
  const Decomposition one = m.run("errors_in_variables(term = x, reliability = 1)").front(),
                      change = m.run("change(from = 2010, to = 2014, reading = means)").front();
  for (const char* name : {"first", "second", "other"}) {
    EXPECT_NEAR(one.estimates.values(at(one, name)), change.estimates.values(at(change, name)), 1e-13) << name;
    EXPECT_NEAR(one.covariance(at(one, name), at(one, name)), change.covariance(at(change, name), at(change, name)),
                1e-13);
  }
  EXPECT_NEAR(one.total, change.total, 1e-13);
}

TEST(ErrorsInVariables, OneRegressorIsDividedByItsReliability) {
  Spec spec = small_spec("y ~ x | unit + year", "within");
  spec.drivers = {{"first", parse_terms("x")}};
  const SmallModel m = small_model(small_panel(3, 30, 5), spec);
  const double plain = m.run("errors_in_variables(term = x, reliability = 1)").front().estimates.values(0);
  const Decomposition d = m.run("errors_in_variables(term = x, reliability = 0.8, of = within)").front();
  EXPECT_NEAR(d.estimates.values(0), plain / 0.8, 1e-12);
}

// What the noisy regressor gains, the correlated group loses: with ρ its correlation with z within the effects,
// b_x(λ) = b_x (1 − ρ²)/(λ − ρ²).
TEST(ErrorsInVariables, ContributionsLeakBetweenGroupsByTheirCorrelation) {
  const SmallModel m = small_model(small_panel(3, 30, 5), small_spec("y ~ x + z | unit + year", "within"));
  const Vector x = m.fit.linear->regressors->col(0), z = m.fit.linear->regressors->col(1);
  const double r2 = std::pow(x.dot(z), 2) / (x.squaredNorm() * z.squaredNorm()), lambda = 0.9;
  const Decomposition d = m.run("errors_in_variables(term = x, reliability = 0.9, of = within)").front(),
                      plain = m.run("errors_in_variables(term = x, reliability = 1)").front();
  EXPECT_NEAR(d.estimates.values(0) / plain.estimates.values(0), (1 - r2) / (lambda - r2), 1e-11);
  const double moved = x.dot(z) / z.squaredNorm() * (m.fit.coefficients(0) * ((1 - r2) / (lambda - r2) - 1));
  EXPECT_NEAR(d.estimates.values(1) / plain.estimates.values(1), 1 - moved / m.fit.coefficients(1), 1e-11);
}

TEST(ErrorsInVariables, ItsInfluenceIsTheDerivativeInEachClustersWeight) {
  for (const char* call : {"errors_in_variables(term = x, reliability = 0.85)",
                           "errors_in_variables(term = x, reliability = 0.9, of = within, from = 2011, to = 2013)"})
    expect_influence_is_derivative(small_panel(11, 14, 5, 0.8), "w", [&](const Panel& p) {
      return small_model(p, small_spec("y ~ x + z + q | unit + year", "within", "w")).run(call);
    });
}

TEST(ErrorsInVariables, AReliabilityThatTheDataRefuteIsNamed) {
  const SmallModel m = small_model(small_panel(3, 30, 5), small_spec("y ~ x + z | unit + year", "within"));
  EXPECT_EQ(
      message_of([&] { m.run("errors_in_variables(term = x, reliability = 0.05, of = within)"); }),
      "a reliability of 0.05 would make the noise larger than what the other regressors and effects leave of x, so "
      "the data refute it; give a larger one");
}

// The panel with some cells of x removed.
Panel with_gaps(const Panel& panel, std::vector<Index>& gaps) {
  std::vector<Column> columns = panel.columns();
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  for (Column& column : columns)
    if (column.name == "x")
      for (Index i = 3; i < panel.rows(); i += 7) {
        gaps.push_back(i);
        column.numbers(i) = std::nan("");
      }
  return Panel(std::move(columns), panel.keys(), rows, panel.ledger());
}

TEST(MissingBounds, AreTheExtremesOverEveryCompletion) {
  std::vector<Index> gaps;
  const Panel panel = with_gaps(small_panel(3, 30, 4), gaps);
  const SmallModel m = small_model(panel, small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition d = m.run("missing_bounds(term = x, low = -1, high = 2)").front();
  const Vector& x = panel.column("x").numbers;
  double least = INFINITY, most = -INFINITY;
  for (const double first : {-1.0, 2.0})
    for (const double last : {-1.0, 2.0}) {
      double sums[2] = {0, 0};
      int counts[2] = {0, 0};
      for (Index i = 0; i < panel.rows(); ++i) {
        const std::int32_t t = panel.times().code[static_cast<std::size_t>(i)];
        if (t != 0 && t != 3) continue;
        sums[t == 3] += std::isnan(x(i)) ? (t == 3 ? last : first) : x(i);
        ++counts[t == 3];
      }
      const double part = m.fit.coefficients(0) * (sums[1] / counts[1] - sums[0] / counts[0]);
      least = std::min(least, part);
      most = std::max(most, part);
    }
  EXPECT_NEAR(d.estimates.values(0), least, 1e-13);
  EXPECT_NEAR(d.estimates.values(1), most, 1e-13);
  EXPECT_EQ(value(d, "missing_rows", 0), static_cast<double>(gaps.size()));
  EXPECT_LT(value(d, "bound_low", 1), least);
  EXPECT_GT(value(d, "bound_high", 1), most);
}

TEST(MissingBounds, ItsInfluenceIsTheDerivativeInEachClustersWeight) {
  std::vector<Index> gaps;
  const Panel panel = with_gaps(small_panel(11, 14, 5), gaps);
  expect_influence_is_derivative(panel, "w", [&](const Panel& p) {
    return small_model(p, small_spec("y ~ x + z + q | unit + year", "within", "w"))
        .run("missing_bounds(term = x, low = -3, high = 3)");
  });
}

TEST(MissingBounds, WithoutGapsBothEndsAreThePart) {
  const SmallModel m = small_model(small_panel(3, 30, 4), small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition d = m.run("missing_bounds(term = x)").front(),
                      change = m.run("change(from = 2010, to = 2013)").front();
  EXPECT_NEAR(d.estimates.values(0), change.estimates.values(at(change, "first")), 1e-13);
  EXPECT_NEAR(d.estimates.values(1), d.estimates.values(0), 1e-15);
}

TEST(MissingBounds, SaysWhereTheSignDecidesWhichLimitGivesWhichEnd) {
  const SmallModel m = small_model(small_panel(3, 30, 4), small_spec("y ~ x + q | unit + year", "within"));
  const auto notes_of = [&](const char* call) {
    std::string all;
    const Decomposition d = m.run(call).front();
    for (const Note& note : d.notes)
      if (note.code == "missing_bounds.sign") all += note.message;
    return all;
  };
  EXPECT_EQ(notes_of("missing_bounds(term = x)"), "");
  EXPECT_EQ(notes_of("missing_bounds(term = q)"),
            "the coefficient of q is less than twice its standard error, so which limit gives which end is itself "
            "uncertain");
}

TEST(SpecificationCurve, EverySpecificationIsItsOwnRunOnTheSameRows) {
  const Panel panel = small_panel(7, 30, 5, 0.9);
  const SmallModel m = small_model(panel, small_spec("y ~ x + z + q | unit + year", "within", "w"));
  const std::string of = "change(from = 2010, to = 2014)";
  const Decomposition d = m.run("specification_curve(of = " + of + ", component = first, split = type)").front();
  EXPECT_EQ(d.estimates.names, (Names{"as declared", "without second", "without other", "type = acute", "type = mental",
                                      "type = community"}));
  const Decomposition declared = m.run(of).front();
  EXPECT_DOUBLE_EQ(d.estimates.values(0), declared.estimates.values(0));
  EXPECT_NEAR(d.covariance(0, 0), declared.covariance(0, 0), 1e-15);
  Spec brief = small_spec("y ~ x + q | unit + year", "within", "w");
  brief.drivers = {{"first", parse_terms("x")}};
  const Decomposition own = small_model(panel, brief).run(of).front();
  EXPECT_DOUBLE_EQ(d.estimates.values(1), own.estimates.values(0));
  EXPECT_NEAR(d.covariance(1, 1), own.covariance(0, 0), 1e-15);
  // Splits share no unit, so they are uncorrelated.
  EXPECT_NEAR(d.covariance(3, 4), 0, 1e-18);
  EXPECT_GT(d.covariance(0, 1), 0);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GT(value(d, "joint_p_value", i), 0);
    EXPECT_LE(value(d, "joint_p_value", i), 1);
  }
}

TEST(SpecificationCurve, SubsetsOfDriversAndCoefficients) {
  const SmallModel m = small_model(small_panel(7, 30, 5), small_spec("y ~ x + z + q | unit + year", "within"));
  const Decomposition d = m.run("specification_curve(term = x, drivers = subsets)").front();
  EXPECT_EQ(d.estimates.names, (Names{"as declared", "without second", "without other", "without second, other"}));
  EXPECT_DOUBLE_EQ(d.estimates.values(0), m.fit.coefficients(0));
  EXPECT_NEAR(d.covariance(0, 0), m.rule.matrix(0, 0), 1e-15);
  const SmallModel alone = small_model(small_panel(7, 30, 5), [] {
    Spec s = small_spec("y ~ x | unit + year", "within");
    s.drivers.clear();
    return s;
  }());
  EXPECT_NEAR(d.estimates.values(3), alone.fit.coefficients(0), 1e-13);
}

// Gelbach's identity across the curve: short less full coefficient, with the same joint error.
TEST(SpecificationCurve, DifferencesHaveTheErrorThatGelbachGivesThem) {
  Spec spec = small_spec("y ~ x + z | unit + year", "within");
  spec.profile = "none";
  const SmallModel m = small_model(small_panel(7, 30, 5), spec);
  const Decomposition d = m.run("specification_curve(term = x)").front(), g = m.run("gelbach(base = x)").front();
  EXPECT_NEAR(d.estimates.values(1) - d.estimates.values(0), g.total, 1e-13);
  EXPECT_NEAR(d.covariance(0, 0) + d.covariance(1, 1) - 2 * d.covariance(0, 1), g.total_std_error * g.total_std_error,
              1e-14);
}

TEST(MissingBounds, AsksForTheRegressor) {
  const SmallModel m = small_model(small_panel(3, 20, 4), small_spec("y ~ x + z | unit", "within"));
  try {
    m.run("missing_bounds");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "missing_bounds needs term, the regressor with missing cells, such as missing_bounds(term = z)");
  }
}

}  // namespace
}  // namespace headwater
