// Index numbers: published numbers on data made from CES preferences, identities, contributions, influence.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

Panel panel_from(const std::string& csv, const ReadOptions& options) {
  return make_panel(parse_csv(csv, "test.csv", ',', options), options);
}

std::vector<Decomposition> run(const Panel& panel, const std::string& call, const std::string& rule = "cluster(good)") {
  Spec spec;
  spec.formula = expand(parse_formula("quantity ~ 1")).front();
  spec.covariance = parse_method_call(rule);
  const MethodCall parsed = parse_method_call(call);
  check_options(parsed, decomposition(parsed.method).card);
  return decomposition(parsed.method).run({panel, spec, parsed});
}

// Four goods, twelve months: prices and expenditures of Diewert and Fox (2017), quantities from CES preferences with
// elasticity 2 and weights .2, .2, .2, .4 (IndexNumR's CES_sigma_2).
Panel ces() {
  const double price[4][12] = {{2, 1.75, 1.6, 1.5, 1.45, 1.4, 1.35, 1.3, 1.25, 1.2, 1.15, 1.1},
                               {1, 0.5, 1.05, 1.1, 1.12, 1.15, 1.18, 0.6, 1.2, 1.25, 1.28, 1.3},
                               {1, 0.95, 0.9, 0.85, 0.4, 0.8, 0.75, 0.72, 0.7, 0.4, 0.7, 0.65},
                               {0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.7, 0.65, 0.7, 0.75, 0.75, 0.8}};
  const double spent[12] = {10, 13, 11, 12, 15, 13, 14, 17, 15, 18, 16, 17}, taste[4] = {0.2, 0.2, 0.2, 0.4};
  std::string csv = "good,month,price,quantity,role\n";
  for (int t = 0; t < 12; ++t) {
    double sum = 0;
    for (int j = 0; j < 4; ++j) sum += taste[j] / price[j][t];
    for (int j = 0; j < 4; ++j)
      csv += "g" + std::to_string(j + 1) + "," + std::to_string(t + 1) + "," + shortest(price[j][t]) + "," +
             shortest(spent[t] * taste[j] / price[j][t] / sum / price[j][t]) + (j < 2 ? ",output\n" : ",input\n");
  }
  return panel_from(csv, {.unit = "good", .time = "month", .check_quality = false});
}

std::string call(const std::string& options) { return "index(price = price, quantity = quantity, " + options + ")"; }

TEST(Index, SixFormulasFixedAndChainedComeOutToTheDigitsOfIndexNumR) {
  const Panel panel = ces();
  const std::vector<std::tuple<std::string, double, double>> published = {{"laspeyres", 1.3269231, 2.2000474},
                                                                          {"paasche", 0.9259489, 0.5745408},
                                                                          {"fisher", 1.1084507, 1.1242851},
                                                                          {"tornqvist", 1.1315498, 1.1346166}};
  for (const auto& [formula, fixed, chained] : published) {
    EXPECT_NEAR(std::exp(run(panel, call("method = " + formula + ", from = 1, to = 12")).front().total), fixed, 6e-8);
    EXPECT_NEAR(std::exp(run(panel, call("method = " + formula + ", from = 1, to = 12, chain = yes")).front().total),
                chained, 6e-8);
  }
  for (const char* formula : {"walsh", "sato_vartia"})
    EXPECT_NEAR(std::exp(run(panel, call(std::string("method = ") + formula + ", from = 1, to = 12")).front().total),
                1.1370031, 6e-8);
}

TEST(Index, TornqvistContributionsAndBennetAsPublished) {
  const Panel panel = ces();
  const Decomposition log = run(panel, call("from = 1, to = 12")).front();
  const double published[] = {-0.07052817, 0.03783328, -0.09110182, 0.24738488};
  for (int j = 0; j < 4; ++j) EXPECT_NEAR(log.estimates.values(j), published[j], 6e-9);
  EXPECT_FALSE(log.total_estimable);
  const Decomposition bennet = run(panel, call("method = bennet, from = 1, to = 2")).front();
  EXPECT_NEAR(bennet.estimates.values.head(4).sum(), -1.78071737, 6e-9);
  EXPECT_NEAR(bennet.estimates.values.tail(4).sum(), 4.78071737, 6e-9);
  EXPECT_NEAR(bennet.total, 3, 1e-14);
}

std::vector<double> points_of(const Decomposition& d) {
  for (const LabelledArray& extra : d.extras)
    if (extra.name == "item_points") return std::get<std::vector<double>>(extra.values);
  return {};
}

// w₀(p₁/p₀ − 1) · 100 for laspeyres, worked from the prices and expenditures above.
TEST(Index, LaspeyresPointsAreSharesTimesRelatives) {
  const Panel panel = ces();
  const std::vector<double> points = points_of(run(panel, call("method = laspeyres, from = 1, to = 12")).front());
  const auto cell = [&](const char* column, int good, int month) {
    return panel.column(column).numbers(12 * good + month - 1);
  };
  ASSERT_EQ(points.size(), 4u);
  for (int j = 0; j < 4; ++j) {
    const double share = cell("price", j, 1) * cell("quantity", j, 1) / 10;
    EXPECT_NEAR(points[static_cast<std::size_t>(j)], 100 * share * (cell("price", j, 12) / cell("price", j, 1) - 1),
                1e-12);
  }
}

TEST(Index, PointsOfEveryFormulaSumToTheIndexLessAHundred) {
  const Panel panel = ces();
  for (const char* method : {"laspeyres", "paasche", "fisher", "tornqvist", "walsh", "sato_vartia"})
    for (const char* of : {"price", "quantity"})
      for (const char* chain : {"no", "yes"}) {
        const Decomposition d = run(panel, call(std::string("method = ") + method + ", of = " + of +
                                                ", chain = " + chain + ", from = 2, to = 11"))
                                    .front();
        double sum = 0;
        for (const double points : points_of(d)) sum += points;
        EXPECT_NEAR(sum, 100 * std::expm1(d.total), 1e-11) << method << " " << of << " " << chain;
      }
  EXPECT_TRUE(points_of(run(panel, call("of = productivity, side = role, from = 2, to = 8")).front()).empty());
}

// Items added and weights that move: the points of a link are those of the link times the index before it.
TEST(Index, ChainedPointsAreLinksTimesTheIndexBefore) {
  const Panel panel = ces();
  const auto points = [&](const std::string& options) { return points_of(run(panel, call(options)).front()); };
  const std::vector<double> first = points("method = fisher, from = 3, to = 4"),
                            second = points("method = fisher, from = 4, to = 5"),
                            both = points("method = fisher, from = 3, to = 5, chain = yes");
  const double level = std::exp(run(panel, call("method = fisher, from = 3, to = 4")).front().total);
  for (std::size_t j = 0; j < both.size(); ++j) EXPECT_NEAR(both[j], first[j] + level * second[j], 1e-12);
}

TEST(Index, NeedsNoClustersWherePricesAreGiven) {
  const Panel panel = ces();
  const std::string options = "from = 1, to = 12";
  EXPECT_EQ(run(panel, call(options), "cluster(nothing)").front().total, run(panel, call(options)).front().total);
  EXPECT_THROW(run(panel, call(options + ", uncertainty = drawn"), "cluster(nothing)"), Error);
}

TEST(Index, FisherPricesTimesQuantitiesAreValues) {
  const Panel panel = ces();
  const double p = run(panel, call("method = fisher, from = 3, to = 9")).front().total,
               q = run(panel, call("method = fisher, of = quantity, from = 3, to = 9")).front().total;
  EXPECT_NEAR(p + q, std::log(15.0 / 11), 1e-14);
}

TEST(Index, ProductivityIsOutputLessInput) {
  const Panel panel = ces();
  const Decomposition d = run(panel, call("of = productivity, side = role, from = 2, to = 8")).front();
  EXPECT_EQ(d.estimates.names, (Names{"output: g1", "output: g2", "input: g3", "input: g4"}));
  const auto cell = [&](const char* column, int good, int month) {
    return panel.column(column).numbers(12 * good + month - 1);
  };
  double total = 0;
  for (const int side : {0, 2}) {
    double v1 = 0, v2 = 0;
    for (const int j : {side, side + 1}) {
      v1 += cell("price", j, 2) * cell("quantity", j, 2);
      v2 += cell("price", j, 8) * cell("quantity", j, 8);
    }
    for (const int j : {side, side + 1}) {
      const double share =
          0.5 * (cell("price", j, 2) * cell("quantity", j, 2) / v1 + cell("price", j, 8) * cell("quantity", j, 8) / v2);
      total += (side == 0 ? 1 : -1) * share * std::log(cell("quantity", j, 8) / cell("quantity", j, 2));
    }
  }
  EXPECT_NEAR(d.total, total, 1e-14);
}

TEST(Index, InfluenceOfDrawnUnitsIsTheDerivative) {
  const Panel panel = small_panel(17, 15, 4, 0.9);
  std::vector<Column> columns = panel.columns();
  for (Column& column : columns)
    if (column.name == "size") column.name = "price";
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  const Panel trusts(std::move(columns), panel.keys(), rows, panel.ledger());
  for (const char* method : {"laspeyres", "paasche", "fisher", "tornqvist", "walsh", "sato_vartia", "bennet"})
    for (const char* chain : {"no", "yes"})
      expect_influence_is_derivative(trusts, "w", [&](const Panel& p) {
        return run(p,
                   std::string("index(price = price, quantity = w, item = type, uncertainty = drawn, from = 2010, to = "
                               "2013, method = ") +
                       method + ", chain = " + chain + ")",
                   "cluster(unit)");
      });
}

TEST(Index, ItemsThatComeAndGoAreNamed) {
  const Panel panel = panel_from("good,t,price,quantity\na,1,1,2\nb,1,2,3\na,2,1.5,2\nc,2,4,1\n",
                                 {.unit = "good", .time = "t", .check_quality = false});
  const Decomposition d = run(panel, call("from = 1, to = 2")).front();
  EXPECT_EQ(d.notes.front().message, "not in both periods of some link, and left out of it: b, c");
  EXPECT_NEAR(d.total, std::log(1.5), 1e-15);
  const Decomposition bennet = run(panel, call("method = bennet, from = 1, to = 2")).front();
  EXPECT_EQ(bennet.estimates.names, (Names{"price: a", "quantity: a", "items that came", "items that went"}));
  EXPECT_NEAR(bennet.total, 7.0 - 8.0, 1e-15);
}

// The variance of one unit about itself is zero but for rounding, and rounding is no covariance that was lost.
TEST(Growth, OneUnitOfManyRowsHasNoCovarianceToLose) {
  std::string text = "trust,year,a,r,size\n";
  for (int unit = 0; unit < 7; ++unit)
    for (int year = 0; year < 9; ++year)
      text += "R" + std::to_string(unit) + "," + std::to_string(2011 + year) + "," +
              shortest(0.0137 * ((unit * 7 + year * 3) % 11) - 0.041) + "," +
              shortest(0.0091 * ((unit * 5 + year * year) % 13) - 0.033) + "," + shortest(1.1 + (unit * 3 + year) % 5) +
              "\n";
  const Panel panel = panel_from(text, {.unit = "trust", .time = "year", .check_quality = false});
  for (int unit = 0; unit < 7; ++unit)
    for (const char* rule : {"cluster(trust)", "robust", "iid", "cluster(trust, year)"}) {
      const std::string call =
          "growth(activity = a, resource = r, weights = size, unit = R" + std::to_string(unit) + ")";
      const Decomposition d = run(panel, call, rule).front();
      EXPECT_FALSE(d.total_estimable) << call << " " << rule;
      EXPECT_NEAR(d.estimates.values.sum(), d.total, 1e-15) << call << " " << rule;
    }
}

TEST(Growth, IsExactForOneUnitAndAddsUpInPerCent) {
  const Panel panel =
      panel_from("trust,a,r,p\nR1,0.0559,0.0312,0.0239526764934057\nR2,-0.02,0.04,-0.0576923076923077\n",
                 {.unit = "trust", .check_quality = false});
  const Decomposition d =
      run(panel, "growth(activity = a, resource = r, productivity = p, unit = R1)", "cluster(trust)").front();
  EXPECT_NEAR(std::expm1(d.total), 1.0559 / 1.0312 - 1, 1e-15);
  EXPECT_FALSE(d.total_estimable);
  for (const LabelledArray& extra : d.extras) {
    const double value = std::get<std::vector<double>>(extra.values)[0];
    if (extra.name == "identity_error") {
      EXPECT_LT(value, 1e-15);
    }
    if (extra.name == "naive_error") {
      EXPECT_NEAR(value, 0.0559 - 0.0312 - (1.0559 / 1.0312 - 1), 1e-15);
    }
  }
  const Decomposition mean = run(panel, "growth(activity = a, resource = r)", "cluster(trust)").front();
  EXPECT_NEAR(mean.total, 0.5 * (std::log(1.0559 / 1.0312) + std::log(0.98 / 1.04)), 1e-15);
  EXPECT_TRUE(mean.total_estimable);
}

}  // namespace
}  // namespace headwater
