#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/fit.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/estimators/estimated.hpp"

namespace headwater {
namespace {

Panel panel_from(const std::string& csv) {
  RawTable table = parse_csv(csv, "panel.csv", ',', {});
  return Panel(std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows),
               std::move(table.ledger));
}

Fit fitted(const Panel& panel, const std::string& formula, const std::string& method, const std::string& weights = "",
           const std::string& rule = "iid") {
  return test::estimated(panel, formula, method, weights, rule);
}

// Three firms over 2010-2014; firm c misses 2012. `still` never changes; `twice` is 2x; `flat` is one number.
const char* const kPanel =
    "id,year,y,x,z,still,twice,flat,w,area\n"
    "a,2010,1.0,2.0,0.3,5,4.0,7,1,n\n"
    "a,2011,1.9,2.5,0.1,5,5.0,7,2,n\n"
    "a,2012,2.2,3.9,0.9,5,7.8,7,1,n\n"
    "a,2013,2.1,3.0,0.5,5,6.0,7,3,n\n"
    "a,2014,3.7,4.4,0.2,5,8.8,7,1,n\n"
    "b,2010,5.2,1.1,0.8,6,2.2,7,1,n\n"
    "b,2011,5.9,1.9,0.4,6,3.8,7,1,n\n"
    "b,2012,6.4,2.2,0.6,6,4.4,7,4,s\n"
    "b,2013,6.1,2.0,0.7,6,4.0,7,1,s\n"
    "b,2014,7.7,3.8,0.0,6,7.6,7,2,s\n"
    "c,2010,9.1,0.4,0.5,9,0.8,7,1,s\n"
    "c,2011,9.0,0.5,0.9,9,1.0,7,1,s\n"
    "c,2013,10.2,1.6,0.2,9,3.2,7,5,s\n"
    "c,2014,10.9,2.2,0.3,9,4.4,7,1,s\n";

template <class Call>
void expect_error(ErrorKind kind, const std::string& message, const Call& call) {
  try {
    call();
    FAIL() << "no error; expected: " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    EXPECT_EQ(error.message(), message);
  }
}

TEST(Within, NamesWhatAbsorbsARegressor) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x + still + twice + flat | id", "within");
  EXPECT_EQ(fit.names, Names{"x"});
  ASSERT_EQ(fit.not_identified.size(), 3u);
  EXPECT_EQ(fit.not_identified[0].term, "still");
  EXPECT_EQ(fit.not_identified[0].because, std::vector<std::string>{"id"});
  EXPECT_EQ(fit.not_identified[1].term, "flat");
  EXPECT_EQ(fit.not_identified[1].because, std::vector<std::string>{"the constant"});
  EXPECT_EQ(fit.not_identified[2].term, "twice");
  EXPECT_EQ(fit.not_identified[2].because, std::vector<std::string>{"x"});
  EXPECT_EQ(fit.df_residual, 14 - 1 - 3);
}

TEST(Within, EqualsLeastSquaresOnUnitDeviations) {
  const Panel panel = panel_from(kPanel);
  const Fit fit = fitted(panel, "y ~ x | id", "within");
  const Vector &x = panel.column("x").numbers, &y = panel.column("y").numbers;
  double sxy = 0, sxx = 0;
  for (const auto& [from, count] : {std::pair<Index, Index>{0, 5}, {5, 5}, {10, 4}}) {
    const double mx = x.segment(from, count).mean(), my = y.segment(from, count).mean();
    for (Index i = from; i < from + count; ++i) {
      sxy += (x(i) - mx) * (y(i) - my);
      sxx += (x(i) - mx) * (x(i) - mx);
    }
  }
  EXPECT_NEAR(fit.coefficients(0), sxy / sxx, 1e-13);
  EXPECT_EQ(fit.effects_rank.rank, 3);
}

TEST(Pooled, RefusesEffects) {
  expect_error(ErrorKind::usage,
               "the estimator pooled does not take effects, which the model y ~ x | id has; use within",
               [] { fitted(panel_from(kPanel), "y ~ x | id", "pooled"); });
}

TEST(Estimators, RefuseInstruments) {
  for (const std::string method : {"mundlak", "ppml", "frontier"}) {
    try {
      fitted(panel_from(kPanel), "y ~ x | z ~ w", method);
      FAIL() << method << " took instruments";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "estimator.unsupported");
      EXPECT_NE(error.message().find("the estimator " + method + " does not take instruments"), std::string::npos)
          << error.message();
    }
  }
}

// A mean that weighs its rows: least squares on rows that all hold their unit's means.
TEST(Between, WeighsMeansByTheirRows) {
  const std::string csv =
      "id,year,y,x,my,mx\na,1,1,2,2,3\na,2,3,4,2,3\nb,1,5,1,5,1\nc,1,2,6,4,5\nc,2,4,4,4,5\nc,3,6,5,4,5\nd,1,9,8,9,"
      "8\n";
  const Fit weighed = fitted(panel_from(csv), "y ~ x", "between(means = rows)"),
            rows = fitted(panel_from(csv), "my ~ mx", "pooled"), equal = fitted(panel_from(csv), "y ~ x", "between");
  EXPECT_LT((weighed.coefficients - rows.coefficients).norm(), 1e-13);
  EXPECT_NEAR(weighed.goodness.rss, rows.goodness.rss, 1e-12);
  EXPECT_EQ(weighed.df_residual, 2);
  EXPECT_GT((weighed.coefficients - equal.coefficients).norm(), 1e-2);
}

TEST(Between, RefusesWeights) {
  expect_error(ErrorKind::usage,
               "the estimator between does not take weights, which the model y ~ x has; leave the weights out or use "
               "within or pooled",
               [] { fitted(panel_from(kPanel), "y ~ x", "between", "w"); });
}

TEST(Between, RefusesClustersThatAUnitLeaves) {
  expect_error(ErrorKind::usage,
               "a id belongs to several levels of cluster 'area', so its mean has no cluster; cluster by id or "
               "something coarser",
               [] { fitted(panel_from(kPanel), "y ~ x", "between", "", "cluster(area)"); });
}

TEST(Between, FitsTheLineThroughUnitMeans) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x", "between");
  EXPECT_EQ(fit.n(), 3);
  EXPECT_EQ(fit.df_residual, 1);
  EXPECT_EQ(fit.atoms.time.count, 0);
  EXPECT_NEAR((*fit.linear->regressors)(0, 1), (2.0 + 2.5 + 3.9 + 3.0 + 4.4) / 5, 1e-15);
}

TEST(FirstDifference, FormsNoDifferenceAcrossAGap) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x", "first_difference");
  EXPECT_EQ(fit.n(), 4 + 4 + 2);
  EXPECT_EQ(fit.names, (Names{"(Intercept)", "x"}));
  ASSERT_EQ(fit.notes.size(), 1u);
  EXPECT_EQ(fit.notes[0].code, "difference.gaps");
  EXPECT_EQ(fit.notes[0].message.rfind("1 row has no partner exactly 1 period before (a gap)", 0), 0u)
      << fit.notes[0].message;
}

TEST(FirstDifference, BridgesGapsWhenAsked) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x", "first_difference(gaps = bridge)");
  EXPECT_EQ(fit.n(), 4 + 4 + 3);
}

TEST(FirstDifference, RefusesAnUnknownOption) {
  EXPECT_THROW(fitted(panel_from(kPanel), "y ~ x", "first_difference(gaps = ignore)"), Error);
  EXPECT_THROW(fitted(panel_from(kPanel), "y ~ x", "first_difference(lag = 2)"), Error);
}

TEST(LongDifference, ComparesPeriodsByValue) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x", "long_difference(periods = 3)");
  EXPECT_EQ(fit.n(), 2 + 2 + 2);
  EXPECT_NEAR(fit.linear->outcome(0), 2.1 - 1.0, 1e-15);   // firm a, 2013 on 2010
  EXPECT_NEAR(fit.linear->outcome(4), 10.2 - 9.1, 1e-14);  // firm c, 2013 on 2010, over the gap in 2012
}

TEST(LongDifference, SaysWhenNoPairExists) {
  expect_error(ErrorKind::data, "no unit has two rows 9 periods apart, so there is no difference to fit",
               [] { fitted(panel_from(kPanel), "y ~ x", "long_difference(periods = 9)"); });
}

TEST(Mundlak, AddsMeansOfWhatVariesOnly) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x + still", "mundlak");
  EXPECT_EQ(fit.names, (Names{"(Intercept)", "x", "still", "mean(x)"}));
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_EQ(fit.origins[j].column, (std::vector<Index>{0, 1, 2, 1}[j]));
    EXPECT_EQ(fit.origins[j].unit_means, j == 3);
  }
}

TEST(Mundlak, RefusesTheUnitsOwnEffect) { EXPECT_THROW(fitted(panel_from(kPanel), "y ~ x | id", "mundlak"), Error); }

TEST(Estimators, RefuseAConstantOutcome) {
  expect_error(ErrorKind::data, "the outcome flat has the same value in all 14 rows used; there is nothing to explain",
               [] { fitted(panel_from(kPanel), "flat ~ x", "pooled"); });
  expect_error(ErrorKind::data,
               "the outcome still does not vary within the absorbed effects; there is nothing to explain",
               [] { fitted(panel_from(kPanel), "still ~ x | id", "within"); });
}

TEST(Estimators, SayWhenDigitsAreLostToAnOffset) {
  std::string csv = "id,year,y,x\n";
  for (int i = 0; i < 8; ++i)
    csv += "a," + std::to_string(2000 + i) + ",100000000000000" + std::to_string(i % 3) + "," +
           std::to_string(i * i % 7) + "\n";
  expect_error(
      ErrorKind::data,
      "the outcome y varies by only 2 around 1e+15, and numbers that large keep too few digits of it; subtract a "
      "constant from it",
      [&] { fitted(panel_from(csv), "y ~ x", "pooled"); });
}

TEST(Within, SaysWhenNoRowConnectsTheEffects) {
  std::string csv = "id,year,y,x\n";
  for (int i = 0; i < 6; ++i)
    for (int t = 0; t < 4; ++t)
      csv += std::string(1, static_cast<char>('a' + i)) + "," + std::to_string(2000 + t + (i > 2 ? 10 : 0)) + "," +
             std::to_string((i * 5 + t * t) % 7) + "," + std::to_string((i * 3 + t * t) % 5) + "\n";
  const Fit fit = fitted(panel_from(csv), "y ~ x | id + year", "within");
  EXPECT_EQ(fit.effects_rank.rank, 6 + 8 - 2);
  ASSERT_EQ(fit.notes.size(), 1u);
  EXPECT_EQ(
      fit.notes[0].message,
      "the effects id and year fall into 2 groups that no row connects: slopes are not affected, but levels of an "
      "effect can be compared within a group only");
}

TEST(Estimators, RefuseModelsWithoutDegreesOfFreedom) {
  expect_error(ErrorKind::identification,
               "0 coefficients and effects of rank 14 leave no degrees of freedom in 14 rows; use fewer regressors or "
               "coarser effects",
               [] { fitted(panel_from(kPanel), "y ~ x + z | id^year", "within"); });
  expect_error(ErrorKind::identification,
               "3 coefficients and effects of rank 0 leave no degrees of freedom in 3 rows; use fewer regressors or "
               "coarser effects",
               [] { fitted(panel_from(kPanel), "y ~ x + z + still", "between"); });
}

TEST(Estimators, RefuseNumbersWhoseSquaresAreNone) {
  std::string csv = kPanel;
  csv.replace(csv.find("3.9,0.9"), 3, "1e300");
  expect_error(
      ErrorKind::numerical,
      "panel.csv, row 4: x is 1e+300 and its square is beyond what a number can hold; correct the cell or change "
      "the unit of the column",
      [&] { fitted(panel_from(csv), "y ~ x | id", "within"); });
}

TEST(Estimators, NoteAPerfectFit) {
  const Fit fit = fitted(panel_from(kPanel), "twice ~ x + z", "pooled");
  ASSERT_EQ(fit.notes.size(), 1u);
  EXPECT_EQ(fit.notes[0].code, "fit.perfect");
}

TEST(Estimators, SuggestTheNearestName) {
  expect_error(ErrorKind::usage, "there is no estimator 'witin'; did you mean 'within'?", [] { estimator("witin"); });
}

TEST(EffectCoefficients, ReproduceTheFit) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x | id + year", "within", "w");
  const std::vector<Matrix> effects = effect_coefficients(fit);
  const Design& design = *fit.design;
  for (Index i = 0; i < fit.n(); ++i) {
    double predicted = design.X(i, 0) * fit.coefficients(0);
    for (std::size_t q = 0; q < 2; ++q)
      predicted += effects[q](design.effects[q].levels.code[static_cast<std::size_t>(i)], 0);
    EXPECT_NEAR(design.y(i) - predicted, fit.linear->residuals(i), 1e-12);
  }
}

TEST(Influence, AddsUpToNothing) {
  const Fit fit = fitted(panel_from(kPanel), "y ~ x + z | id", "within", "w");
  EXPECT_LT(influence(fit).colwise().sum().cwiseAbs().maxCoeff(), 1e-14);
}

TEST(DescribeFit, HoldsWhatTheTablesNeed) {
  const Tree tree = describe(fitted(panel_from(kPanel), "y ~ x + still | id", "within"));
  EXPECT_EQ(labels(tree, "term"), Names{"x"});
  EXPECT_EQ(labels(tree, "unidentified"), Names{"still"});
  EXPECT_EQ(numbers(tree, "estimate").size(), 1u);
  EXPECT_EQ(integers(tree, "effect_columns"), std::vector<std::int64_t>{3});
  EXPECT_EQ(text_attribute(tree, "status"), "converged");
}

}  // namespace
}  // namespace headwater
