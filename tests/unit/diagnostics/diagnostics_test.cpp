// Tests, minimum detectable effects, influential units and variation against arithmetic and refits.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

std::string csv_without(int left_out = -1) {
  std::string csv = "id,year,y,x,z,w\n";
  for (int i = 0; i < 30; ++i)
    for (int t = 0; t < 6; ++t) {
      if (i == left_out) continue;
      const int x = (i * 7 + t * 5) % 11, z = (i * i + 3 * t * t) % 13, noise = (i * 13 + t * 29 + i * t) % 17 - 8;
      csv += "u" + std::to_string(i) + "," + std::to_string(2010 + t) + "," +
             std::to_string(0.5 * x - 0.2 * z + i % 5 + noise * 0.3) + "," + std::to_string(x) + "," +
             std::to_string(z) + "," + std::to_string(1 + (i + t) % 3) + "\n";
    }
  return csv;
}

Panel panel_of(const std::string& csv) {
  RawTable table = parse_csv(csv, "panel.csv", ',', {.unit = "id", .time = "year"});
  return {
      std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows), std::move(table.ledger)};
}

Fit fitted(const std::string& formula, const std::string& csv = csv_without(),
           const std::vector<std::pair<std::string, std::string>>& drivers = {}) {
  const Panel panel = panel_of(csv);
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  spec.estimator = parse_method_call(spec.formula.effects.empty() ? "pooled" : "within");
  spec.covariance = parse_method_call("cluster(id)");
  for (const auto& [name, terms] : drivers) spec.drivers.push_back({name, parse_terms(terms)});
  return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

TEST(Coefficients, HaveIntervalsAndMinimumDetectableEffects) {
  const Fit fit = fitted("y ~ x + z | id");
  const Covariance V = covariance(fit);
  const CoefficientTable table = coefficient_table(fit, V);
  const Detectable detectable = minimum_detectable_effects(fit, V, coefficient_table(fit, V));
  ASSERT_DOUBLE_EQ(V.df, 29);
  const double t = student_quantile(0.975, 29), power = student_quantile(0.8, 29);
  for (Index j = 0; j < 2; ++j) {
    const double se = std::sqrt(V.matrix(j, j));
    EXPECT_NEAR(table.statistic(j), fit.coefficients(j) / se, 1e-12 * std::abs(table.statistic(j)));
    EXPECT_NEAR(table.p_value(j), student_two_sided(table.statistic(j), 29), 1e-15);
    EXPECT_NEAR(table.conf_low(j), fit.coefficients(j) - t * se, 1e-12);
    EXPECT_NEAR(table.conf_high(j), fit.coefficients(j) + t * se, 1e-12);
    EXPECT_NEAR(detectable.mde(j), (t + power) * se, 1e-12);
    const Vector column = fit.linear->regressors->col(j);
    const double sd = std::sqrt((column.array() - column.mean()).square().mean());
    EXPECT_NEAR(detectable.mde_per_within_sd(j), detectable.mde(j) * sd, 1e-12);
  }
}

TEST(Coefficients, OfVariancesAndSharesStayWhereTheyCanBe) {
  Fit fit = fitted("y ~ x + z");
  fit.scales = {ParameterScale::linear, ParameterScale::log, ParameterScale::logit};
  Covariance V = covariance(fit);
  fit.coefficients << 1, 0.2, 0.797206197423056;
  V.matrix.setZero();
  V.matrix.diagonal() << 1, 0.25, 0.16411041271038668 * 0.16411041271038668;
  V.df = std::numeric_limits<double>::infinity();

  const CoefficientTable table = coefficient_table(fit, V);
  EXPECT_NEAR(table.conf_low(0), 1 - 1.959963984540054, 1e-13);
  EXPECT_NEAR(table.conf_low(1), 0.2 * std::exp(-1.959963984540054 * 0.5 / 0.2), 1e-15);
  EXPECT_NEAR(table.conf_high(1), 0.2 * std::exp(1.959963984540054 * 0.5 / 0.2), 1e-12);
  EXPECT_NEAR(table.conf_low(2), 0.349634817751286, 1e-14);
  EXPECT_NEAR(table.conf_high(2), 0.9663818222695137, 1e-14);
  const Detectable detectable = minimum_detectable_effects(fit, V, coefficient_table(fit, V));
  for (const Index j : {1, 2}) {
    EXPECT_TRUE(std::isnan(table.statistic(j)));
    EXPECT_TRUE(std::isnan(table.p_value(j)));
    EXPECT_TRUE(std::isnan(detectable.mde(j)));
  }
  EXPECT_TRUE(std::isfinite(table.p_value(0)) && std::isfinite(detectable.mde(0)));
}

TEST(Wald, OfOneCoefficientIsTheSquareOfItsT) {
  const Fit fit = fitted("y ~ x + z | id", csv_without(), {{"capital", "x"}, {"workforce", "z"}});
  const Covariance V = covariance(fit);
  const std::vector<headwater::Test> tests = driver_tests(fit, V);
  ASSERT_EQ(tests.size(), 2u);
  const double t = fit.coefficients(0) / std::sqrt(V.matrix(0, 0));
  EXPECT_NEAR(tests[0].statistic, t * t, 1e-10 * t * t);
  EXPECT_EQ(tests[0].distribution, "F(1, 29)");
  EXPECT_NEAR(tests[0].p_value, student_two_sided(t, 29), 1e-12);
}

TEST(Wald, OfADriverIsTheQuadraticFormOverItsTerms) {
  const Fit fit = fitted("y ~ x + z + I(x*z) | id", csv_without(), {{"capital", "x + z"}});
  const Covariance V = covariance(fit);
  const std::vector<headwater::Test> tests = driver_tests(fit, V);
  ASSERT_EQ(tests.size(), 2u) << "capital, and other for the rest";
  const double a = V.matrix(0, 0), b = V.matrix(0, 1), c = V.matrix(1, 1), u = fit.coefficients(0),
               v = fit.coefficients(1);
  EXPECT_NEAR(tests[0].statistic, (c * u * u - 2 * b * u * v + a * v * v) / (a * c - b * b) / 2,
              1e-9 * tests[0].statistic);
  EXPECT_EQ(tests[0].hypothesis, "every coefficient of capital is zero (2 terms)");
  EXPECT_EQ(tests[0].distribution, "F(2, 29)");
}

TEST(EffectiveUnits, AreThoseWhoseVariationDecidesATest) {
  const Fit fit = fitted("y ~ x | id");
  const auto one = linear_test(fit, covariance(fit), linear_null(fit, "x = 0"));
  std::vector<double> by_unit(30, 0);
  for (Index i = 0; i < fit.n(); ++i)
    by_unit[static_cast<std::size_t>(i / 6)] += (*fit.linear->regressors)(i, 0) * (*fit.linear->regressors)(i, 0);
  double sum = 0, squares = 0;
  for (const double s : by_unit) {
    sum += s;
    squares += s * s;
  }
  EXPECT_NEAR(one.carriers.effective, sum * sum / squares, 1e-12 * one.carriers.effective);
  EXPECT_TRUE(one.notes.empty());
}

TEST(EffectiveUnits, OfACombinationThatOneUnitCarriesAreFewAndSaidSo) {
  const Fit fit = fitted("y ~ x + z + I((id == 'u3') * (year > 2012)) | id", csv_without(),
                         {{"a", "x"}, {"b", "z + I((id == 'u3') * (year > 2012))"}});
  const auto tests = driver_tests(fit, covariance(fit));
  ASSERT_EQ(tests.size(), 2);
  EXPECT_GT(tests[0].carriers.effective, 20);
  EXPECT_LT(tests[1].carriers.effective, 1.1);
  ASSERT_EQ(tests[1].notes.size(), 1);
  EXPECT_EQ(tests[1].notes[0].message.substr(0, 92),
            "the test 'every coefficient of b is zero (2 terms)' rests on 1 of 30 units in effect ('u3' c");
}

TEST(EffectiveUnits, OfEachCoefficientStandInItsTableAndInANote) {
  const Fit fit = fitted("y ~ x + I((id == 'u3') * (year > 2012)) | id + year");
  const CoefficientTable table = coefficient_table(fit, covariance(fit));
  EXPECT_GT(table.carriers[0].effective, 20);
  EXPECT_LT(table.carriers[1].effective, 1.2);
  ASSERT_EQ(table.notes.size(), 1);
  EXPECT_EQ(table.notes[0].code, "covariance.few_carriers");
  EXPECT_EQ(
      table.notes[0].message,
      "few units carry I((id == \"u3\") * (year > 2012)) (1.1 of 30 in effect): the standard error is far too small, "
      "and neither p value nor interval is to be relied on, whatever the number of units");
  EXPECT_TRUE(coefficient_table(fit, covariance(fit, parse_method_call("iid"), "fixest")).notes.empty())
      << "iid errors need no sums over units";
}

TEST(NotEstimable, CoefficientsHaveNoNumbersAndTestsOfThemNoAnswer) {
  const Fit fit = fitted("y ~ I((id == 'u3') * (year == 2012)) | id", csv_without(),
                         {{"policy", "I((id == 'u3') * (year == 2012))"}});
  const Covariance V = covariance(fit);
  const CoefficientTable table = coefficient_table(fit, V);
  for (const Vector* column : {&table.std_error, &table.statistic, &table.p_value, &table.conf_low, &table.conf_high})
    EXPECT_TRUE(std::isnan((*column)(0)));
  EXPECT_TRUE(std::isnan(minimum_detectable_effects(fit, V, coefficient_table(fit, V)).mde(0)));
  EXPECT_TRUE(table.notes.empty()) << "what has no error needs no warning of it";
  EXPECT_TRUE(influential_units(fit, V).entries.empty());
  const headwater::Test test = driver_tests(fit, V).at(0);
  EXPECT_TRUE(std::isnan(test.statistic) && std::isnan(test.p_value));
  EXPECT_EQ(test.distribution, "not estimable");
  EXPECT_EQ(test.notes.at(0).message,
            "the test 'every coefficient of policy is zero (1 term)' is not estimable: I((id == \"u3\") * (year == "
            "2012)) has no standard error");
  EXPECT_TRUE(std::isnan(V.std_error(Vector::Constant(1, 2))));
}

TEST(LinearCombination, IsReadWithItsNumbers) {
  const Fit fit = fitted("y ~ x + z | id");
  const Covariance V = covariance(fit);
  const headwater::Test test = linear_test(fit, V, linear_null(fit, "x + 2*z = 0.5"));
  const double estimate = fit.coefficients(0) + 2 * fit.coefficients(1);
  const double error = std::sqrt(V.matrix(0, 0) + 4 * V.matrix(0, 1) + 4 * V.matrix(1, 1));
  EXPECT_NEAR(test.estimate, estimate, 1e-13);
  EXPECT_NEAR(test.std_error, error, 1e-13);
  EXPECT_NEAR(test.statistic, (estimate - 0.5) / error, 1e-10);
  EXPECT_EQ(test.distribution, "t(29)");
  EXPECT_NEAR(linear_test(fit, V, linear_null(fit, "(x - z)/2 = z")).estimate,
              fit.coefficients(0) / 2 - 1.5 * fit.coefficients(1), 1e-13);
  EXPECT_NEAR(linear_test(fit, V, linear_null(fit, "x")).estimate, fit.coefficients(0), 1e-15)
      << "against zero when nothing is said";
}

std::string test_message(const std::string& text) {
  const Fit fit = fitted("y ~ log(x + 1) + z | id");
  try {
    linear_null(fit, text);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(LinearCombination, RefusesWhatItCannotTest) {
  EXPECT_EQ(test_message("log(x + 1) = 0"), "no error");
  EXPECT_EQ(test_message("`log(x + 1)` = 0"), "no error");
  EXPECT_EQ(test_message("zz = 0"),
            "the test 'zz = 0' names 'zz', which is not a coefficient of the model; did you mean 'z'?");
  EXPECT_EQ(test_message("z*z = 0"),
            "'z*z = 0' is not linear in the coefficients; add, subtract or multiply by numbers only");
  EXPECT_EQ(test_message("z = z"), "the test 'z = z' names no coefficient, or each of them cancels");
  EXPECT_EQ(test_message("z = 0 = 1"), "the test 'z = 0 = 1' has more than one '='; write a + b = 0");
}

TEST(LongRun, AddsTheLagsAndTheVariableItself) {
  const Fit lags = fitted("y ~ l(x, 1:3) + z | id");
  const std::vector<headwater::Test> only = long_run_sums(lags, covariance(lags));
  ASSERT_EQ(only.size(), 1u);
  EXPECT_EQ(only[0].hypothesis, "the sum over 3 lags of x is zero");
  EXPECT_NEAR(only[0].estimate, lags.coefficients.head(3).sum(), 1e-13);
  const Fit both = fitted("y ~ x + lag(x, 1) + l(z, 2) | id");
  const std::vector<headwater::Test> with_current = long_run_sums(both, covariance(both));
  ASSERT_EQ(with_current.size(), 1u) << "one lag alone is no distributed lag";
  EXPECT_EQ(with_current[0].hypothesis, "the sum over x and 1 lag of it is zero");
  EXPECT_NEAR(with_current[0].estimate, both.coefficients(0) + both.coefficients(1), 1e-13);
}

TEST(Movers, NameTheUnitsThatARefitWouldMissMost) {
  const Fit fit = fitted("y ~ x + z | id");
  const Movers movers = influential_units(fit, covariance(fit));
  ASSERT_EQ(movers.entries.size(), 6u);
  std::vector<double> changes;
  for (int u = 0; u < 30; ++u)
    changes.push_back(fitted("y ~ x + z | id", csv_without(u)).coefficients(0) - fit.coefficients(0));
  int largest = 0;
  for (int u = 1; u < 30; ++u)
    if (std::abs(changes[static_cast<std::size_t>(u)]) > std::abs(changes[static_cast<std::size_t>(largest)]))
      largest = u;
  EXPECT_EQ(movers.entries[0].term, "x");
  EXPECT_EQ(movers.entries[0].unit, "u" + std::to_string(largest));
  EXPECT_NEAR(movers.entries[0].change, changes[static_cast<std::size_t>(largest)],
              0.05 * std::abs(changes[static_cast<std::size_t>(largest)]));
}

TEST(Variation, SplitsBetweenAndWithin) {
  const Fit fit = fitted("y ~ x + z | id");
  const Variation v = variation(fit);
  const double n = static_cast<double>(fit.n());
  for (Index j = 0; j < 2; ++j) {
    double between = 0;
    const Vector column = fit.design->X.col(j);
    for (Index u = 0; u < 30; ++u) between += 6 * std::pow(column.segment(6 * u, 6).mean() - column.mean(), 2);
    const double total = (column.array() - column.mean()).square().sum();
    EXPECT_NEAR(v.sd_total(j), std::sqrt(total / (n - 1)), 1e-12);
    EXPECT_NEAR(v.sd_within(j), std::sqrt((total - between) / (n - 1)), 1e-12);
    EXPECT_NEAR(v.sd_between(j), std::sqrt(between / 6 / 29), 1e-12);
    EXPECT_NEAR(v.sd_absorbed(j), v.sd_within(j), 1e-12) << "only the units' own effect is absorbed";
  }
}

// A unit of one row is dropped by some programs and kept by others.
TEST(OtherCovariances, OfEveryProfileAreOnTheRowsThatItsProgramKeeps) {
  const Panel panel = panel_of(csv_without() + "lonely,2012,1,2,3,1\n");
  Spec spec;
  spec.formula = expand(parse_formula("y ~ x + z | id + year")).at(0);
  spec.estimator = parse_method_call("within");
  spec.covariance = parse_method_call("driscoll_kraay");
  spec.every_profile = true;
  const auto fit_with = [&](Singletons singletons) {
    Spec own = spec;
    own.singletons = singletons;
    return estimate(panel, std::make_shared<const Design>(make_design(panel, own)));
  };
  const Fit dropped = fit_with(Singletons::drop), kept = fit_with(Singletons::keep);
  ASSERT_EQ(kept.n(), dropped.n() + 1);
  const OtherCovariances others = other_covariances(dropped, covariance(dropped), panel);
  EXPECT_TRUE(others.every_profile);
  std::size_t met = 0;
  for (const ProfileRow& row : profile_rows()) {
    const std::string name(row.card.name);
    const auto at =
        name == "fixest" ? others.profiles.begin() : std::find(others.profiles.begin(), others.profiles.end(), name);
    ASSERT_NE(at, others.profiles.end()) << name;
    const auto r = static_cast<std::size_t>(at - others.profiles.begin());
    const Fit& fit = row.singletons == Singletons::drop ? dropped : kept;
    const Covariance V = covariance(fit, covariance(dropped).rule, name);
    EXPECT_EQ(others.rows[r], fit.n()) << name;
    EXPECT_EQ(others.arithmetic[r], V.arithmetic) << name;
    for (Index j = 0; j < 2; ++j) EXPECT_DOUBLE_EQ(others.std_error(static_cast<Index>(r), j), V.std_error(j)) << name;
    ++met;
  }
  EXPECT_EQ(met, 8u);
}

TEST(OtherCovariances, AreThoseOfTheirRulesAndTheReportedOneComesFirst) {
  const Fit fit = fitted("y ~ x + z | id + year");
  const Covariance own = covariance(fit);
  const OtherCovariances others = other_covariances(fit, own, panel_of(csv_without()));
  const std::vector<std::string> expected = {"cluster(id)",
                                             "iid",
                                             "robust",
                                             "cluster(id, year)",
                                             "driscoll_kraay",
                                             "cluster(id), profile none",
                                             "cluster(id), profile reghdfe",
                                             "cluster(id), profile plm"};
  ASSERT_EQ(others.rules, expected);
  const std::vector<std::pair<std::string, std::string>> calls = {
      {"cluster(id)", "fixest"},    {"iid", "fixest"},
      {"robust", "fixest"},         {"cluster(id, year)", "fixest"},
      {"driscoll_kraay", "fixest"}, {"cluster(id)", "none"},
      {"cluster(id)", "reghdfe"},   {"cluster(id)", "plm"}};
  for (std::size_t r = 0; r < calls.size(); ++r) {
    const Covariance other = covariance(fit, parse_method_call(calls[r].first), calls[r].second);
    for (Index j = 0; j < fit.k(); ++j)
      EXPECT_DOUBLE_EQ(others.std_error(static_cast<Index>(r), j), other.std_error(j));
    EXPECT_EQ(others.df[r], other.df);
    EXPECT_EQ(others.reasons[r], "");
  }
}

}  // namespace
}  // namespace headwater
