// The gap between two groups: published numbers, identities, influence, and the mistakes of other packages.
#include <cmath>
#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

const std::string kChicago = std::string(HEADWATER_SOURCE_DIR) + "/../shared/reference/data/oaxaca_chicago.csv";
const Names kLevels = {"LTHS", "high_school", "some_college", "college", "advanced_degree"};

const std::vector<double>& extra(const Decomposition& d, const std::string& name) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return std::get<std::vector<double>>(array.values);
  throw std::runtime_error("no extra " + name);
}

double detail(const Decomposition& d, const std::string& name, const std::string& regressor) {
  for (const Axis& axis : d.extra_axes)
    if (axis.name == "regressor") {
      const auto& names = std::get<std::vector<std::string>>(axis.labels);
      const auto at = std::find(names.begin(), names.end(), regressor);
      if (at != names.end()) return extra(d, name)[static_cast<std::size_t>(at - names.begin())];
    }
  throw std::runtime_error("no regressor " + regressor);
}

double component(const Decomposition& d, const std::string& name) {
  const auto at = std::find(d.estimates.names.begin(), d.estimates.names.end(), name);
  if (at == d.estimates.names.end()) throw std::runtime_error("no component " + name);
  return d.estimates.values(at - d.estimates.names.begin());
}

double sum_of(const Decomposition& d, const std::string& part) {
  double sum = 0;
  for (std::size_t i = 0; i < d.estimates.names.size(); ++i)
    if (d.estimates.names[i].rfind(part, 0) == 0) sum += d.estimates.values(static_cast<Index>(i));
  return sum;
}

std::string message(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

// The five columns of ones and zeros as one factor; `first` names the level that the regressions leave out.
Panel chicago(const std::string& first) {
  const Panel raw = read_panel(kChicago, {});
  std::vector<std::string> education;
  for (Index i = 0; i < raw.rows(); ++i)
    for (const std::string& level : kLevels)
      if (raw.column(level).numbers(i) == 1) education.push_back((level == first ? "0 " : "") + level);
  std::vector<Column> columns = raw.columns();
  columns.push_back(text_column("education", education));
  std::sort(columns.back().levels.begin(), columns.back().levels.end());
  for (std::size_t i = 0; i < education.size(); ++i)
    columns.back().codes[i] =
        static_cast<std::int32_t>(std::find(columns.back().levels.begin(), columns.back().levels.end(), education[i]) -
                                  columns.back().levels.begin());
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < raw.rows(); ++i) rows.push_back(raw.source_row(i));
  return Panel(std::move(columns), {}, rows, raw.ledger());
}

SmallModel chicago_model(const std::string& first, const std::string& covariance = "robust") {
  Spec spec = small_spec("exp(ln_real_wage) ~ age + female + education", "pooled", "", covariance);
  spec.drivers = {
      {"age", parse_terms("age")}, {"female", parse_terms("female")}, {"education", parse_terms("education")}};
  return small_model(chicago(first), spec);
}

class Chicago : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kChicago)) GTEST_SKIP() << "the reference data are not beside the checkout";
  }
};

TEST_F(Chicago, ComesOutToThePublishedDigits) {
  const SmallModel m = chicago_model("high_school");
  const Decomposition three = m.run("oaxaca(groups = foreign_born, a = 0, b = 1, form = threefold)").front();
  EXPECT_NEAR(three.total, 3.015574, 5e-7);
  EXPECT_NEAR(sum_of(three, "endowments"), 1.6165339, 5e-8);
  EXPECT_NEAR(sum_of(three, "coefficients"), 2.8333261, 5e-8);
  EXPECT_NEAR(sum_of(three, "interaction"), -1.4342857, 5e-8);
  const std::vector<Decomposition> all = m.run("oaxaca(groups = foreign_born, reference = all)");
  ASSERT_EQ(all.size(), 6u);
  const double explained[] = {0.1822482, 1.6165339, 0.8993911, 0.9984559, 1.3557222, 0.9525717};
  for (std::size_t r = 0; r < 6; ++r) {
    EXPECT_NEAR(sum_of(all[r], "explained"), explained[r], 5e-8) << all[r].choices.at("reference");
    EXPECT_LE(all[r].closure_error, all[r].tolerance);
    EXPECT_NEAR(extra(all[r], "explained_under")[r], explained[r], 5e-8);
  }
  const Decomposition& neumark = all[4];
  EXPECT_NEAR(detail(neumark, "detail_unexplained_a", "age"), 4.3191008, 5e-8);
  EXPECT_NEAR(detail(neumark, "detail_unexplained_b", "age"), 2.3980443, 5e-8);
  EXPECT_NEAR(detail(neumark, "detail_unexplained_a", "female"), -0.8285489, 5e-8);
  EXPECT_NEAR(detail(neumark, "detail_unexplained_b", "female"), -0.4832824, 5e-8);
  EXPECT_NEAR(detail(neumark, "detail_unexplained_a", "educationcollege"), 0.3777076, 5e-8);
  EXPECT_NEAR(detail(neumark, "detail_unexplained_b", "educationcollege"), 0.3428246, 5e-8);
}

TEST_F(Chicago, NormalisedEducationAndItsConstant) {
  const Decomposition three =
      chicago_model("high_school").run("oaxaca(groups = foreign_born, form = threefold)").front();
  EXPECT_NEAR(component(three, "coefficients: education"), 0.704, 5e-4);
  EXPECT_NEAR(component(three, "coefficients: constant"), -4.264, 5e-4);
}

TEST_F(Chicago, StochasticRegressorsHalfAgainTheErrorOfEndowments) {
  const SmallModel m = chicago_model("high_school", "HC0");
  const auto error = [&](const std::string& uncertainty) {
    const Decomposition d =
        m.run("oaxaca(groups = foreign_born, form = threefold, uncertainty = " + uncertainty + ")").front();
    return extra(d, "threefold_std_error")[0];
  };
  // Heteroskedasticity-robust, as computed apart; with one error variance a group they are 0.394 and 0.606.
  EXPECT_NEAR(error("coefficients"), 0.43975640097394, 1e-12);
  EXPECT_NEAR(error("means"), 0.64397730652457, 1e-12);
}

// The bootstrap of R oaxaca 0.1.5 weighs Cotton's coefficients with the shares exchanged: 287/666 and 379/666.
TEST_F(Chicago, CottonsErrorsUseTheSharesOfItsEstimateUnlikeROaxaca) {
  const Decomposition d = chicago_model("high_school").run("oaxaca(groups = foreign_born, reference = cotton)").front();
  EXPECT_EQ(d.choices.at("cotton_share_a"), "0.430931");
  EXPECT_NEAR(extra(d, "cotton_share_a")[0], 287.0 / 666, 1e-15);
  const auto& under = extra(d, "explained_under");
  EXPECT_NEAR(under[3], 287.0 / 666 * under[0] + 379.0 / 666 * under[1], 1e-12);
  // Linear in β_R: its error lies on the segment between a and b at 287/666, not at 379/666.
  const auto& errors = extra(d, "explained_under_std_error");
  EXPECT_GT(std::abs(errors[3] - errors[1]), 0);
  const SmallModel fixed = chicago_model("high_school");
  const auto variance = [&](const std::string& reference) {
    const Decomposition one =
        fixed.run("oaxaca(groups = foreign_born, reference = " + reference + ", uncertainty = coefficients)").front();
    return std::pow(extra(one, "explained_under_std_error")[reference == "a" ? 0 : reference == "b" ? 1 : 3], 2);
  };
  const double s = 287.0 / 666;
  const double independent = s * s * variance("a") + (1 - s) * (1 - s) * variance("b");
  EXPECT_NEAR(variance("cotton"), independent, 1e-10 * independent);
}

TEST_F(Chicago, NeumarkIsWithoutTheDummyUnlikeStatsmodels) {
  const SmallModel m = chicago_model("high_school");
  const Decomposition d = m.run("oaxaca(groups = foreign_born, reference = neumark)").front();
  EXPECT_NEAR(sum_of(d, "explained"), 1.3557222, 5e-8);
  const double explained_by_pooled = [&] {
    const Fit pooled = m.fit;
    Vector gap = Vector::Zero(pooled.k());
    double na = 0, nb = 0;
    Vector a = gap, b = gap;
    for (Index i = 0; i < m.design->n(); ++i) {
      const bool in_a = m.panel.column("foreign_born").numbers(m.design->rows[static_cast<std::size_t>(i)]) == 0;
      (in_a ? a : b) += m.design->X.row(i).transpose();
      (in_a ? na : nb) += 1;
    }
    return (a / na - b / nb).dot(pooled.coefficients);
  }();
  EXPECT_NEAR(sum_of(d, "explained"), explained_by_pooled, 1e-12);
}

// In R oaxaca 0.1.5 the detail under the pooled reference with dummy uses coefficients that are not normalised.
TEST_F(Chicago, DetailUnderTheDummyDoesNotDependOnTheLevelLeftOutUnlikeROaxaca) {
  const std::string call = "oaxaca(groups = foreign_born)";
  const Decomposition one = chicago_model("high_school").run(call).front();
  const Decomposition other = chicago_model("college").run(call).front();
  EXPECT_LT((one.estimates.values - other.estimates.values).cwiseAbs().maxCoeff(), 1e-11);
  EXPECT_LT(extra(one, "base_difference")[0], 1e-11);
  EXPECT_NEAR(detail(one, "detail_unexplained_a", "educationLTHS"),
              detail(other, "detail_unexplained_a", "educationLTHS"), 1e-11);
}

// Groups of units, a second factor, and weights.
Panel grouped_panel(std::uint64_t seed, int units, double keep, const std::string& first = "") {
  const Panel panel = small_panel(seed, units, 5, keep);
  std::vector<Column> columns = panel.columns();
  std::vector<std::string> group, band;
  RandomStream random(seed, 9, 9);
  for (Index i = 0; i < panel.rows(); ++i) {
    group.push_back(panel.units().code[static_cast<std::size_t>(i)] % 2 == 0 ? "block" : "activity");
    const std::string name = std::string(1, static_cast<char>('p' + random.below(3)));
    band.push_back((name == first ? "0" : "") + name);
  }
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  for (auto& [name, cells] : {std::pair{"contract", group}, std::pair{"band", band}}) {
    Names levels(cells.begin(), cells.end());
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    Column column = text_column(name, cells);
    for (std::size_t i = 0; i < cells.size(); ++i)
      column.codes[i] = static_cast<std::int32_t>(std::find(levels.begin(), levels.end(), cells[i]) - levels.begin());
    column.levels = levels;
    columns.push_back(column);
  }
  return Panel(std::move(columns), panel.keys(), rows, panel.ledger());
}

Spec spec_of(const std::string& formula, const std::string& estimator, const std::string& weights = "",
             const std::string& covariance = "cluster(unit)") {
  Spec spec = small_spec(formula, estimator, weights, covariance);
  if (formula.find("z") == std::string::npos) spec.drivers.pop_back();
  return spec;
}

struct Case {
  std::string formula, estimator, call;
  double keep;
};
class OaxacaInfluence : public testing::TestWithParam<Case> {};

TEST_P(OaxacaInfluence, EqualsTheDerivativeInEachClustersWeight) {
  const Case& c = GetParam();
  expect_influence_is_derivative(grouped_panel(7, 16, c.keep), "w", [&](const Panel& p) {
    return small_model(p, spec_of(c.formula, c.estimator, "w")).run(c.call);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Oaxaca, OaxacaInfluence,
    testing::Values(Case{"y ~ x + z", "pooled", "oaxaca(groups = contract, reference = all)", 0.8},
                    Case{"y ~ x + z + band", "pooled", "oaxaca(groups = contract, form = threefold)", 0.9},
                    Case{"y ~ x + band + band:x", "pooled", "oaxaca(groups = contract, reference = all)", 1},
                    Case{"y ~ x + z | year", "within", "oaxaca(groups = contract, reference = all)", 0.8},
                    Case{"y ~ x + z | unit + year", "within", "oaxaca(groups = contract)", 0.8},
                    Case{"y ~ x + z", "mundlak", "oaxaca(groups = contract, reference = all)", 0.8},
                    Case{"y ~ x + z", "pooled", "oaxaca(from = 2010, to = 2014, reference = all)", 0.8},
                    Case{"y ~ x + z", "mundlak", "oaxaca(from = 2010, to = 2014)", 0.8}));

TEST(Oaxaca, ThreeFoldAndTwoFoldAgreeForEveryReference) {
  const SmallModel m = small_model(grouped_panel(3, 24, 0.8), spec_of("y ~ x + z + band | year", "within", "w"));
  const Decomposition three = m.run("oaxaca(groups = contract, form = threefold)").front();
  const std::vector<Decomposition> all = m.run("oaxaca(groups = contract, reference = all)");
  const double e = sum_of(three, "endowments"), i = sum_of(three, "interaction");
  EXPECT_NEAR(sum_of(all[0], "explained"), e + i, 1e-13);
  EXPECT_NEAR(sum_of(all[1], "explained"), e, 1e-13);
  for (const Decomposition& d : all) EXPECT_NEAR(d.total, three.total, 1e-14);
}

// R oaxaca 0.1.5 normalises from the raw coefficients in each turn of its loop, so only the last factor is invariant.
TEST(Oaxaca, TwoFactorsAndTheirBlockWithANumberAreAllNormalisedUnlikeROaxaca) {
  const std::string call = "oaxaca(groups = contract, reference = all)";
  const auto run = [&](const std::string& first) {
    Spec spec = spec_of("y ~ x + type + band + band:x", "pooled", "w");
    spec.drivers = {{"x", parse_terms("x")},
                    {"type", parse_terms("type")},
                    {"band", parse_terms("band")},
                    {"slopes", parse_terms("band:x")}};
    return small_model(grouped_panel(5, 30, 0.9, first), spec).run(call);
  };
  const auto plain = run("p"), other = run("r");
  for (std::size_t d = 0; d < plain.size(); ++d) {
    EXPECT_LT((plain[d].estimates.values - other[d].estimates.values).cwiseAbs().maxCoeff(), 1e-11);
    EXPECT_LT((plain[d].covariance - other[d].covariance).cwiseAbs().maxCoeff(), 1e-11);
    EXPECT_LT(extra(plain[d], "base_difference")[0], 1e-11);
  }
}

TEST(Oaxaca, TheSameUnitsInBothPeriodsLowerTheErrorOfTheTotal) {
  const Panel panel = small_panel(21, 60, 4);
  const auto total = [&](const std::string& rule) {
    return small_model(panel, spec_of("y ~ x + z", "pooled", "", rule))
        .run("oaxaca(from = 2010, to = 2013)")
        .front()
        .total_std_error;
  };
  EXPECT_LT(total("cluster(unit)"), 0.95 * total("robust"));
}

TEST(Oaxaca, MeansOfUnitsDoNotChangeBetweenPeriods) {
  const SmallModel m = small_model(small_panel(21, 40, 4), spec_of("y ~ x + z", "mundlak"));
  const Decomposition d = m.run("oaxaca(from = 2010, to = 2013)").front();
  EXPECT_NEAR(component(d, "explained: first (between)"), 0, 1e-14);
  EXPECT_EQ(d.choices.at("a"), "2013");
}

TEST(Oaxaca, TraceTermIsTheSecondOrderVariance) {
  const SmallModel g = small_model(grouped_panel(4, 30, 1), spec_of("y ~ x", "pooled", "", "HC0"));
  const Decomposition d = g.run("oaxaca(groups = contract, reference = b)").front();
  const Vector x = g.design->X.col(1), y = g.design->y;
  double n[2] = {0, 0}, sum[2] = {0, 0};
  std::vector<int> side;
  for (Index i = 0; i < x.size(); ++i) {
    side.push_back(g.panel.units().code[static_cast<std::size_t>(g.design->rows[static_cast<std::size_t>(i)])] % 2 ==
                   0);
    n[side.back()] += 1;
    sum[side.back()] += x(i);
  }
  double mean_variance = 0, sxx = 0, sxy = 0, sy = 0, slope_variance = 0;
  const int b = d.choices.at("b") == "contract = block" ? 1 : 0;
  for (Index i = 0; i < x.size(); ++i) {
    const int s = side[static_cast<std::size_t>(i)];
    mean_variance += std::pow((x(i) - sum[s] / n[s]) / n[s], 2);
    if (s != b) continue;
    sxx += std::pow(x(i) - sum[s] / n[s], 2);
    sxy += (x(i) - sum[s] / n[s]) * y(i);
    sy += y(i);
  }
  for (Index i = 0; i < x.size(); ++i)
    if (side[static_cast<std::size_t>(i)] == b) {
      const double dx = x(i) - sum[b] / n[b], e = y(i) - sy / n[b] - dx * sxy / sxx;
      slope_variance += std::pow(dx * e / sxx, 2);
    }
  EXPECT_NEAR(extra(d, "trace_term")[0], mean_variance * slope_variance, 1e-12 * mean_variance);
}

TEST(Oaxaca, RefusesALevelThatOneGroupLacks) {
  const SmallModel m = small_model(grouped_panel(3, 24, 1), spec_of("y ~ x + contract", "pooled"));
  EXPECT_NO_THROW(m.run("oaxaca(groups = contract)"));  // the same in all rows of a group: not identified, and said
  EXPECT_EQ(m.run("oaxaca(groups = contract)").front().not_identified.front().term, "contractblock");
  Panel panel = grouped_panel(3, 24, 1);
  std::vector<Column> columns = panel.columns();
  for (Column& column : columns)
    if (column.name == "band")
      for (Index i = 0; i < panel.rows(); ++i)
        if (panel.units().code[static_cast<std::size_t>(i)] % 2 == 1 && column.codes[static_cast<std::size_t>(i)] == 2)
          column.codes[static_cast<std::size_t>(i)] = 0;
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  const SmallModel alone =
      small_model(Panel(std::move(columns), panel.keys(), rows, panel.ledger()), spec_of("y ~ x + band", "pooled"));
  EXPECT_EQ(message([&] { alone.run("oaxaca(groups = contract)"); }),
            "'bandr' occurs in contract = block but not in contract = activity, so no row of one group can be compared "
            "with a like row of the other; leave 'bandr' out of the formula or compare within the values both groups "
            "have");
}

TEST(Oaxaca, RefusesRangesThatDoNotMeet) {
  const SmallModel m = small_model(small_panel(3, 24, 4), spec_of("y ~ x + z", "pooled"));
  const std::string text = message([&] { m.run("oaxaca(groups = x, cut = 0.5)"); });
  EXPECT_NE(text.find("'x' runs from"), std::string::npos) << text;
  EXPECT_NE(text.find("in x > 0.5 and from"), std::string::npos) << text;
  EXPECT_NO_THROW(m.run("oaxaca(groups = q, cut = 0.5)"));
}

TEST(Oaxaca, SaysWhichGroupsThereAre) {
  const SmallModel m = small_model(small_panel(3, 24, 4), spec_of("y ~ x + z", "pooled"));
  EXPECT_EQ(message([&] { m.run("oaxaca(groups = type)"); }),
            "'type' has 3 levels in the rows used (acute, mental, community), so say which two to compare with a = and "
            "b =");
  EXPECT_EQ(message([&] { m.run("oaxaca(groups = type, a = acut, b = mental)"); }),
            "a = acut is no level of 'type' in the rows used; did you mean 'acute'?");
  EXPECT_EQ(message([&] { m.run("oaxaca"); }),
            "oaxaca compares two groups: give groups = COLUMN (with a = and b =, or cut =), or from = and to =");
  EXPECT_EQ(message([&] { m.run("oaxaca(groups = type, a = acute, b = mental, reference = jan)"); }),
            "reference = jan is not one of jann, neumark, cotton, half, a, b, all; did you mean 'jann'?");
  const SmallModel within = small_model(small_panel(3, 24, 4), spec_of("y ~ x + z | unit", "within"));
  EXPECT_EQ(message([&] { within.run("oaxaca(from = 2010, to = 2013)"); }),
            "within one period a unit has one row, so the effect 'unit' leaves nothing to fit; use the estimator "
            "mundlak, or change(from, to) for one set of coefficients");
}

// By weights: the share of each group within the other's range, and the means in pooled standard deviations.
TEST(Oaxaca, OverlapIsOfTheGroupsOwnRows) {
  const Panel panel = small_panel(9, 24, 5, 0.8);
  const Decomposition d = small_model(panel, small_spec("y ~ x + z", "pooled", "w"))
                              .run("oaxaca(groups = type, a = acute, b = mental)")
                              .front();
  const Column &type = panel.column("type"), &x = panel.column("x"), &w = panel.column("w");
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY}, weight[2] = {0, 0}, mean[2] = {0, 0},
         square[2] = {0, 0}, inside[2] = {0, 0};
  const auto over = [&](const auto& use) {
    for (Index i = 0; i < panel.rows(); ++i) {
      const std::string& level = type.levels[static_cast<std::size_t>(type.codes[static_cast<std::size_t>(i)])];
      if (level != "community") use(level == "mental" ? 1 : 0, x.numbers(i), w.numbers(i));
    }
  };
  over([&](int g, double value, double by) {
    low[g] = std::min(low[g], value);
    high[g] = std::max(high[g], value);
    weight[g] += by;
    mean[g] += by * value;
    square[g] += by * value * value;
  });
  over([&](int g, double value, double by) {
    if (value >= low[1 - g] && value <= high[1 - g]) inside[g] += by / weight[g];
  });
  double variance = 0;
  for (int g = 0; g < 2; ++g) {
    mean[g] /= weight[g];
    variance += 0.5 * (square[g] / weight[g] - mean[g] * mean[g]);
  }
  EXPECT_LT(std::min(inside[0], inside[1]), 1);
  EXPECT_NEAR(detail(d, "overlap_a_in_b", "x"), inside[0], 1e-14);
  EXPECT_NEAR(detail(d, "overlap_b_in_a", "x"), inside[1], 1e-14);
  EXPECT_NEAR(detail(d, "normalised_difference", "x"), (mean[0] - mean[1]) / std::sqrt(variance), 1e-13);
}

}  // namespace
}  // namespace headwater
