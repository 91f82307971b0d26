// Errors of recording that go with a contract: every set, zero and turn against a refit of the outcome plus the error.
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

double told(const Decomposition& d, const std::string& name, std::size_t i) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return std::get<std::vector<double>>(array.values).at(i);
  throw std::runtime_error("there is no " + name);
}

std::string said(const Decomposition& d, std::size_t i) {
  for (const LabelledArray& array : d.extras)
    if (array.name == "turn_answer") return std::get<std::vector<std::string>>(array.values).at(i);
  throw std::runtime_error("there is no answer");
}

// The panel with the outcome y + kappa · column, and with cells of a column set by hand.
Panel with_error(const Panel& panel, const std::string& column, double kappa) {
  std::vector<Column> columns = panel.columns();
  std::vector<std::int64_t> rows;
  const Vector block = panel.column(column).numbers;
  for (Column& own : columns)
    if (own.name == "y") own.numbers += kappa * block;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  return Panel(std::move(columns), panel.keys(), rows, panel.ledger());
}

struct Case {
  const char *formula, *estimator, *weights, *rule;
};
constexpr Case kCases[] = {{"y ~ x + z | unit + year", "within", "", "cluster(unit)"},
                           {"y ~ x + z | unit + year", "within", "w", "cluster(unit)"},
                           {"y ~ x + z + q", "pooled", "w", "cluster(unit)"},
                           {"y ~ x + z | type^year", "within", "", "robust"},
                           {"y ~ x + z | unit + type[year]", "within", "w", "cluster(unit, year)"}};

TEST(Measurement, EndsAndTheirErrorsAreThoseOfRefits) {
  const Panel panel = small_panel(11, 26, 6, 0.8);
  for (const Case& c : kCases) {
    const Spec spec = small_spec(c.formula, c.estimator, c.weights, c.rule);
    const SmallModel m = small_model(panel, spec);
    const Decomposition d = m.run("measurement(block = size, low = -0.2, high = 0.1)").front();
    ASSERT_EQ(d.estimates.names, (Names{"x: smallest", "x: largest", "z: smallest", "z: largest"})) << c.formula;
    const SmallModel low = small_model(with_error(panel, "size", -0.2), spec),
                     high = small_model(with_error(panel, "size", 0.1), spec);
    for (const char* name : {"x", "z"}) {
      const Index j = *coefficient_index(m.fit, name), i = std::string(name) == "x" ? 0 : 1;
      const bool rising = high.fit.coefficients(j) >= low.fit.coefficients(j);
      const SmallModel &smallest = rising ? low : high, &largest = rising ? high : low;
      EXPECT_NEAR(d.estimates.values(2 * i), smallest.fit.coefficients(j), 1e-12) << c.formula;
      EXPECT_NEAR(d.estimates.values(2 * i + 1), largest.fit.coefficients(j), 1e-12) << c.formula;
      EXPECT_NEAR(d.covariance(2 * i, 2 * i), smallest.rule.matrix(j, j), 1e-12) << c.formula;
      EXPECT_NEAR(d.covariance(2 * i + 1, 2 * i + 1), largest.rule.matrix(j, j), 1e-12) << c.formula;
    }
  }
}

TEST(Measurement, ACoefficientIsZeroWhereItIsSaid) {
  const Panel panel = small_panel(11, 26, 6, 0.8);
  for (const Case& c : kCases) {
    const Spec spec = small_spec(c.formula, c.estimator, c.weights, c.rule);
    const Decomposition d = small_model(panel, spec).run("measurement(block = size, low = -0.2, high = 0.1)").front();
    for (std::size_t i = 0; i < 2; ++i) {
      const SmallModel at = small_model(with_error(panel, "size", told(d, "turn_zero_at", i)), spec);
      EXPECT_NEAR(at.fit.coefficients(*coefficient_index(at.fit, i == 0 ? "x" : "z")), 0, 1e-10) << c.formula;
    }
  }
}

// At the error where a finding turns, a refit has exactly the t of the level.
TEST(Measurement, AnIntervalTurnsWhereItIsSaid) {
  const Panel panel = small_panel(11, 26, 6, 0.8);
  int turns = 0;
  for (const Case& c : kCases) {
    const Spec spec = small_spec(c.formula, c.estimator, c.weights, c.rule);
    const Decomposition d = small_model(panel, spec).run("measurement(block = size, low = -0.2, high = 0.1)").front();
    for (const char* side : {"turn_below", "turn_above"})
      for (std::size_t i = 0; i < 2; ++i) {
        const double kappa = told(d, side, i);
        if (std::isnan(kappa)) continue;
        ++turns;
        EXPECT_EQ(kappa > 0, std::string(side) == "turn_above");
        const SmallModel at = small_model(with_error(panel, "size", kappa), spec);
        const Index j = *coefficient_index(at.fit, i == 0 ? "x" : "z");
        const double t = std::abs(at.fit.coefficients(j)) / at.rule.std_error(j);
        EXPECT_NEAR(t, student_quantile(0.975, at.rule.df), 1e-6) << c.formula << " " << side;
      }
  }
  EXPECT_GT(turns, 5);
}

// A share that is a regressor itself moves its own coefficient one for one, and rounding moves no other.
TEST(Measurement, AShareAmongTheRegressorsMovesItselfAlone) {
  for (const char* share : {"z", "1 - z", "x + 2 * z"}) {
    const SmallModel m = small_model(small_panel(12, 26, 6, 0.8), small_spec("y ~ x + z + q | unit + year", "within"));
    const Decomposition d = m.run(std::string("measurement(block = ") + share + ", low = 0, high = 0.1)").front();
    const double by[] = {share[0] == 'x' ? 1.0 : 0, share[0] == '1' ? -1.0 : share[0] == 'x' ? 2 : 1};  // x, z
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(told(d, "turn_per_error", i), by[i], 1e-12) << share;
      if (by[i] != 0) continue;
      EXPECT_EQ(told(d, "turn_per_error", i), 0) << share;
      EXPECT_TRUE(std::isnan(told(d, "turn_zero_at", i))) << share;
      EXPECT_TRUE(std::isnan(told(d, "turn_above", i))) << share;
      EXPECT_TRUE(std::isnan(told(d, "turn_below", i))) << share;
    }
  }
}

TEST(Measurement, AnswersSayWhetherAFindingStands) {
  const Panel panel = small_panel(11, 60, 6);
  const Spec spec = small_spec("y ~ x + z | unit + year", "within");
  const SmallModel m = small_model(panel, spec);
  const Decomposition narrow = m.run("measurement(block = size, low = -0.001, high = 0.001)").front();
  EXPECT_EQ(said(narrow, 0), "differs from zero at every error declared");
  const double turn =
      std::isnan(told(narrow, "turn_above", 0)) ? -told(narrow, "turn_below", 0) : told(narrow, "turn_above", 0);
  ASSERT_GT(turn, 0.001);
  const Decomposition wide = m.run("measurement(block = size, low = " + std::to_string(-2 * turn) +
                                   ", high = " + std::to_string(2 * turn) + ")")
                                 .front();
  EXPECT_EQ(said(wide, 0), "differs from zero at some errors declared, not at others");
  const Decomposition nothing = small_model(with_error(panel, "x", -m.fit.coefficients(0)), spec)
                                    .run("measurement(block = q, low = -0.001, high = 0.001)")
                                    .front();
  EXPECT_EQ(said(nothing, 0), "not told from zero at any error declared");
}

// An error that goes with a regressor is that regressor's coefficient one for one, and no other's.
TEST(Measurement, OfARegressorMovesItsOwnCoefficientAlone) {
  const SmallModel m = small_model(small_panel(4, 20, 5, 0.9), small_spec("y ~ x + z | unit + year", "within", "w"));
  const Decomposition d = m.run("measurement(block = x, low = -0.3, high = 0.4)").front();
  EXPECT_NEAR(told(d, "turn_per_error", 0), 1, 1e-13);
  EXPECT_NEAR(told(d, "turn_per_error", 1), 0, 1e-13);
  EXPECT_NEAR(d.estimates.values(0), m.fit.coefficients(0) - 0.3, 1e-13);
  EXPECT_NEAR(d.estimates.values(1), m.fit.coefficients(0) + 0.4, 1e-13);
  EXPECT_NEAR(d.covariance(0, 0), m.rule.matrix(0, 0), 1e-15);
  EXPECT_NEAR(told(d, "turn_zero_at", 0), -m.fit.coefficients(0), 1e-13);
}

TEST(Measurement, TakesExpressionsAndATermOrDriver) {
  const SmallModel m = small_model(small_panel(4, 20, 5), small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition share = m.run("measurement(block = size, low = 0, high = 1)").front(),
                      rest = m.run("measurement(block = 1 - size, low = -1, high = 0)").front(),
                      alone = m.run("measurement(block = size, low = 0, high = 1, term = second)").front();
  EXPECT_TRUE(share.estimates.values.isApprox(rest.estimates.values, 1e-12));
  EXPECT_EQ(alone.estimates.names, (Names{"z: smallest", "z: largest"}));
  EXPECT_DOUBLE_EQ(alone.estimates.values(0), share.estimates.values(2));
}

// What is constant within the units is theirs: under unit effects it moves nothing, and that is said.
TEST(Measurement, AnErrorThatEffectsTakeMovesNothing) {
  Panel panel = small_panel(4, 20, 5);
  std::vector<Column> columns = panel.columns();
  std::vector<std::int64_t> rows;
  for (Column& column : columns)
    if (column.name == "size")
      for (Index i = 0; i < panel.rows(); ++i)
        column.numbers(i) = 0.4 + 0.02 * panel.units().code[static_cast<std::size_t>(i)];
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  const SmallModel m = small_model(Panel(std::move(columns), panel.keys(), rows, panel.ledger()),
                                   small_spec("y ~ x + z | unit + year", "within"));
  const Decomposition d = m.run("measurement(block = size, low = -0.1, high = 0.1)").front();
  EXPECT_EQ(d.estimates.values(0), m.fit.coefficients(0));
  EXPECT_EQ(d.estimates.values(1), m.fit.coefficients(0));
  EXPECT_EQ(d.notes.front().message,
            "size does not vary once the effects are absorbed, so an error of this kind, constant over time, moves no "
            "coefficient; one that changes with time could");
  EXPECT_TRUE(std::isnan(told(d, "turn_zero_at", 0)));
}

TEST(Measurement, ItsInfluenceIsTheDerivativeInEachClustersWeight) {
  expect_influence_is_derivative(small_panel(11, 14, 5, 0.8), "w", [&](const Panel& p) {
    return small_model(p, small_spec("y ~ x + z + q | unit + year", "within", "w"))
        .run("measurement(block = size, low = -0.2, high = 0.3)");
  });
}

std::string refusal(const SmallModel& m, const std::string& call) {
  try {
    m.run(call);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Measurement, SaysWhatItNeeds) {
  const SmallModel m = small_model(small_panel(4, 20, 5), small_spec("y ~ x + z | unit + year", "within"));
  const std::string rest =
      ", such as measurement(block = block_share, low = -0.05, high = 0.05): the column that the error goes with, and "
      "the least and largest error of recording, in units of the outcome, where it is 1";
  EXPECT_EQ(refusal(m, "measurement"), "measurement needs block" + rest);
  EXPECT_EQ(refusal(m, "measurement(block = size)"), "measurement needs low" + rest);
  EXPECT_EQ(refusal(m, "measurement(block = size, low = 0.1)"), "measurement needs high" + rest);
  EXPECT_EQ(refusal(m, "measurement(block = size, low = 0.1, high = 0.1)"),
            "low = 0.1 is not below high = 0.1; give the least error first");
  const SmallModel between = small_model(small_panel(4, 20, 5), small_spec("y ~ x + z", "between"));
  EXPECT_EQ(refusal(between, "measurement(block = size, low = 0, high = 0.1)"),
            "measurement takes the estimators pooled and within, whose coefficients are linear in the outcome on its "
            "own rows, not between");
  Panel panel = small_panel(4, 20, 5);
  std::vector<Column> columns = panel.columns();
  std::vector<std::int64_t> rows;
  for (Column& column : columns)
    if (column.name == "size") column.numbers(7) = std::nan("");
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  const SmallModel gap = small_model(Panel(std::move(columns), panel.keys(), rows, {.file = "panel.csv"}),
                                     small_spec("y ~ x + z | unit + year", "within"));
  EXPECT_EQ(refusal(gap, "measurement(block = size, low = 0, high = 0.1)"),
            "panel.csv, row " + std::to_string(gap.panel.source_row(7)) +
                ": size is missing in a row that the model uses, so its error of recording is not known; fill the cell "
                "or leave the row out with a subset");
}

// Contracts that change recording alone: the truth is zero, the naive interval misses it and the declared set holds it;
// where care changes as well, the set excludes zero.
Panel contracts(std::uint32_t draw, double effect, double recorded) {
  RandomStream random(91, draw, 0);
  std::vector<std::string> unit;
  const int units = 60, years = 6;
  const Index n = Index{units} * years;
  Vector year(n), variable(n), y(n);
  Index i = 0;
  for (int u = 0; u < units; ++u) {
    const double start = random.uniform(), speed = 0.2 * random.uniform(), level = random.normal();
    for (int t = 0; t < years; ++t, ++i) {
      unit.push_back("u" + std::to_string(u));
      year(i) = 2010 + t;
      variable(i) = 0.5 * start + speed * t * 0.5 + 0.05 * random.normal();
      y(i) = level + 0.01 * t + (effect + recorded) * variable(i) + 0.01 * random.normal();
    }
  }
  std::vector<std::int64_t> rows;
  for (Index row = 0; row < n; ++row) rows.push_back(row + 2);
  return Panel(
      {text_column("unit", unit), number_column("year", year), number_column("x", variable), number_column("y", y)},
      {"unit", "year"}, rows, {});
}

// The share of intervals that hold the truth when the recording error is at an end of the range (95 %, where a set's
// interval is tight) and in its middle (more), and the power against zero.
TEST(Measurement, TheIntervalCoversWhateverErrorIsTrue) {
  constexpr int kDraws = 400;
  const auto spec = [] {
    Spec s = small_spec("y ~ x | unit + year", "within");
    s.drivers = {{"first", parse_terms("x")}};
    return s;
  }();
  const auto share = [&](double effect, double recorded, double of, double kappa_high) {
    int covered = 0;
    for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
      const Decomposition d = small_model(contracts(draw, effect, recorded), spec)
                                  .run("measurement(block = 1 - x, low = 0, high = " + std::to_string(kappa_high) + ")")
                                  .front();
      covered += told(d, "turn_interval_low", 0) <= of && of <= told(d, "turn_interval_high", 0);
    }
    return covered / static_cast<double>(kDraws);
  };
  // Recorded is 0.02 more where nothing is under a block contract: y* = y + 0.02 · block up to a constant.
  EXPECT_NEAR(share(0, 0.02, 0, 0.02), 0.95, 0.03);
  EXPECT_GE(share(0, 0.02, 0, 0.04), 0.97);
  EXPECT_NEAR(share(0.05, 0.02, 0.05, 0.02), 0.95, 0.03);
  EXPECT_LE(share(0.05, 0.02, 0, 0.02), 0.05);
}

}  // namespace
}  // namespace headwater
