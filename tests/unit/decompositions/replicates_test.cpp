// Replicates from sums by cluster against refits of the rows under the same counts, values and errors.
#include "headwater/decompositions/replicates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/decompositions/bootstrap.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

const Names kOaxacas = {"oaxaca(groups = type, a = acute, b = mental)",
                        "oaxaca(groups = type, a = acute, b = mental, reference = all)",
                        "oaxaca(groups = type, a = mental, b = community, form = threefold)",
                        "oaxaca(groups = type, a = acute, b = mental, uncertainty = coefficients)",
                        "oaxaca(groups = size, cut = 1, reference = neumark)",
                        "oaxaca(from = 2010, to = 2013, reference = cotton)"};

SmallModel pooled(Panel panel, const std::string& formula, const std::string& weights,
                  std::shared_ptr<const Vector> drawn = nullptr, const std::string& estimator = "pooled") {
  Spec spec = small_spec(formula, estimator, weights);
  spec.drawn = std::move(drawn);
  spec.seed = 9;
  return small_model(std::move(panel), std::move(spec));
}

// Clusters drawn with replacement.
Vector drawn_counts(Index clusters, std::uint32_t replicate) {
  Vector counts = Vector::Zero(clusters);
  for (Index g = 0; g < clusters; ++g) {
    RandomStream random(11, replicate, static_cast<std::uint32_t>(g));
    ++counts(static_cast<Index>(random.below(static_cast<std::uint32_t>(clusters))));
  }
  return counts;
}

// Σ_g (n_g ψ_g)²/n_g of the refitted decomposition, with the factor of the original.
double refitted_error(const Decomposition& own, Index component, const Vector& counts, const Grouping& units,
                      double factor) {
  const Vector psi = own.estimates.influence * own.estimates.jacobian.row(component).transpose();
  const Grouping& clusters = own.atoms.clusters.front();
  double sum = 0;
  for (Index a = 0; a < psi.size(); ++a) {
    const std::string& label = clusters.labels[static_cast<std::size_t>(clusters.code[static_cast<std::size_t>(a)])];
    const auto unit = std::find(units.labels.begin(), units.labels.end(), label) - units.labels.begin();
    sum += psi(a) * psi(a) / counts(unit);
  }
  return std::sqrt(factor * sum);
}

void expect_refits(const Panel& panel, const std::string& formula, const std::string& weights, const std::string& text,
                   const std::string& estimator = "pooled") {
  const SmallModel whole = pooled(panel, formula, weights, nullptr, estimator);
  const MethodCall call = parse_method_call(text);
  const DecompositionInput input{whole.panel, whole.spec, call, &whole.fit, &whole.rule};
  const Grouping& units = whole.panel.units();
  const std::unique_ptr<Replicates> sums = decomposition(call.method).replicates(input, units);
  ASSERT_NE(sums, nullptr) << text;
  const std::vector<Decomposition> original = whole.run(text);
  const double factor = original.front().estimates.factor;
  for (std::uint32_t b = 0; b < 3; ++b) {
    const Vector counts = b == 0 ? Vector(Vector::Ones(units.count)) : drawn_counts(units.count, b);
    auto drawn = std::make_shared<Vector>(whole.panel.rows());
    for (Index i = 0; i < drawn->size(); ++i) (*drawn)(i) = counts(units.code[static_cast<std::size_t>(i)]);
    const SmallModel refit = pooled(panel, formula, weights, drawn, estimator);
    const std::vector<Decomposition> own = refit.run(text);
    const std::optional<std::vector<ReplicateAnswer>> answers = sums->under(counts);
    ASSERT_TRUE(answers.has_value()) << text << " " << b;
    ASSERT_EQ(answers->size(), own.size());
    for (std::size_t d = 0; d < own.size(); ++d) {
      const ReplicateAnswer& answer = (*answers)[d];
      EXPECT_NEAR(answer.total, own[d].total, 1e-12) << text;
      EXPECT_NEAR(answer.values.sum(), answer.total, 1e-12) << text;
      const Names &shown = original[d].estimates.names, &names = own[d].estimates.names;
      ASSERT_EQ(answer.values.size(), static_cast<Index>(shown.size()));
      for (Index i = 0; i < answer.values.size(); ++i) {
        const std::string where = text + ", " + shown[static_cast<std::size_t>(i)] + ", " + std::to_string(b);
        const auto at = std::find(names.begin(), names.end(), shown[static_cast<std::size_t>(i)]) - names.begin();
        const bool there = at < static_cast<std::ptrdiff_t>(names.size());  // what is zero by construction is left out
        EXPECT_NEAR(answer.values(i), there ? own[d].estimates.values(at) : 0, 1e-11) << where;
        const double error = std::sqrt(factor * answer.influence.col(i).cwiseAbs2().dot(counts));
        EXPECT_NEAR(error, there ? refitted_error(own[d], at, counts, units, factor) : 0, 1e-10) << where;
      }
    }
  }
}

TEST(Replicates, OaxacaFromSumsIsTheRefitted) {
  for (const std::string& call : kOaxacas)
    for (const char* weights : {"", "w"}) {
      expect_refits(small_panel(31, 40, 5, 0.9), "y ~ x + z + q", weights, call);
      expect_refits(small_panel(32, 60, 5), "y ~ x * z + q", weights, call);
    }
  for (std::size_t c = 0; c < 4; ++c)
    expect_refits(small_panel(38, 60, 5, 0.9), "y ~ x + z + i(year)", "w", kOaxacas[c]);
}

const Names kAttributions = {"change(from = 2010, to = 2013)",
                             "change(from = 2010, to = 2013, reading = means)",
                             "change(from = 2010, to = 2013, reading = chain)",
                             "change(from = 2010, to = 2013, weights = size)",
                             "change(from = 2010, to = 2013, uncertainty = coefficients)",
                             "contributions",
                             "contributions(by = type)",
                             "contributions(reference = base_period, base = 2011)",
                             "contributions(by = type, reference = own_base, base = 2010)"};

TEST(Replicates, ChangeAndContributionsFromSumsAreTheRefitted) {
  for (const std::string& call : kAttributions)
    for (const char* weights : {"", "w"})
      for (const auto& [formula, estimator] :
           std::vector<std::pair<std::string, std::string>>{{"y ~ x + z + q | unit + year", "within"},
                                                            {"y ~ x + z | unit + type^year", "within"},
                                                            {"y ~ x + z | year", "within"},
                                                            {"y ~ x + z + q | unit", "within"},
                                                            {"y ~ x + z + i(year)", "pooled"}})
        expect_refits(small_panel(41, 60, 4, 0.9), formula, weights, call, estimator);
}

TEST(Replicates, GelbachFromSumsIsTheRefitted) {
  for (const std::string call : {"gelbach(base = x)", "gelbach(base = x + q)"})
    for (const char* weights : {"", "w"})
      for (const auto& [formula, estimator] :
           std::vector<std::pair<std::string, std::string>>{{"y ~ x + z + q + I(z * q) | unit + year", "within"},
                                                            {"y ~ x + z + q | year", "within"},
                                                            {"y ~ x + z + q + i(type)", "pooled"}})
        expect_refits(small_panel(44, 60, 4, 0.9), formula, weights, call, estimator);
}

// Effects that trade with one another are one part in both.
TEST(Replicates, EffectsThatTradeStayOnePart) {
  expect_refits(small_panel(42, 60, 4, 0.95), "y ~ x + z | unit + year + type^year", "w", kAttributions[1], "within");
}

TEST(Replicates, SlopesOfUnitsAndPeersAreRefitted) {
  const auto none = [](const std::string& formula, const std::string& text) {
    const SmallModel m = pooled(small_panel(43, 40, 5), formula, "", nullptr, "within");
    const MethodCall call = parse_method_call(text);
    return decomposition(call.method).replicates({m.panel, m.spec, call, &m.fit, &m.rule}, m.panel.units()) == nullptr;
  };
  EXPECT_TRUE(none("y ~ x + z | unit[year]", "change(from = 2010, to = 2013, reading = means)"));
  EXPECT_TRUE(none("y ~ x + z | unit + year", "change(from = 2010, to = 2013, unit = u1)"));
  EXPECT_TRUE(none("y ~ x + z | unit + year", "contributions(by = unit, reference = peers, peers = type)"));
  EXPECT_TRUE(none("y ~ x + z | unit + year", "contributions(at = u1@2012)"));
  EXPECT_TRUE(none("y ~ x + z | unit + year", "gelbach(base = x, effects = added)"));
}

// Means of a million beside a spread of one lose no digits: the sums are of what lies apart from the mean.
TEST(Replicates, RegressorsFarFromZeroKeepTheirDigits) {
  const Panel panel = small_panel(33, 40, 5);
  std::vector<Column> columns = panel.columns();
  for (Column& column : columns)
    if (column.name == "x") column.numbers.array() += 1e6;
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < panel.rows(); ++i) rows.push_back(panel.source_row(i));
  const Panel far(std::move(columns), panel.keys(), rows, panel.ledger());
  const SmallModel near_zero = pooled(panel, "y ~ x + z", ""), whole = pooled(far, "y ~ x + z", "");
  const MethodCall call = parse_method_call(kOaxacas[0]);
  const auto near = decomposition("oaxaca").replicates(
      {near_zero.panel, near_zero.spec, call, &near_zero.fit, &near_zero.rule}, near_zero.panel.units());
  const auto moved =
      decomposition("oaxaca").replicates({whole.panel, whole.spec, call, &whole.fit, &whole.rule}, far.units());
  const Vector counts = drawn_counts(40, 3);
  const ReplicateAnswer a = near->under(counts)->front(), b = moved->under(counts)->front();
  EXPECT_NEAR(a.values(0), b.values(0), 1e-9);  // explained: the origin of x does not matter
  EXPECT_NEAR(a.values(1), b.values(1), 1e-9);
}

TEST(Replicates, OfMundlakHoldUnitMeans) {
  expect_refits(small_panel(34, 60, 5, 0.9), "y ~ x + z", "w", "oaxaca(groups = type, a = acute, b = mental)",
                "mundlak");
}

TEST(Replicates, EffectsAndLeverageAreRefitted) {
  const SmallModel within = pooled(small_panel(35, 40, 5), "y ~ x + z | year", "", nullptr, "within");
  const MethodCall plain = parse_method_call(kOaxacas[0]);
  EXPECT_EQ(decomposition("oaxaca").replicates({within.panel, within.spec, plain, &within.fit, &within.rule},
                                               within.panel.units()),
            nullptr);
  const SmallModel whole = pooled(small_panel(35, 40, 5), "y ~ x + z", "");
  const MethodCall leverage = parse_method_call("oaxaca(groups = type, a = acute, b = mental, errors = CR3)");
  EXPECT_EQ(decomposition("oaxaca").replicates({whole.panel, whole.spec, leverage, &whole.fit, &whole.rule},
                                               whole.panel.units()),
            nullptr);
}

// A group that no cluster drawn has, and a level that one group alone has: the refit says what is wrong.
TEST(Replicates, WhatHasToBeRefusedIsLeftToTheRefit) {
  const SmallModel whole = pooled(small_panel(36, 12, 5), "y ~ x + z + i(year)", "");
  const MethodCall call = parse_method_call(kOaxacas[0]);
  const auto sums =
      decomposition("oaxaca").replicates({whole.panel, whole.spec, call, &whole.fit, &whole.rule}, whole.panel.units());
  ASSERT_NE(sums, nullptr);
  Vector no_mental = Vector::Ones(12), alone = Vector::Zero(12);
  for (Index u = 1; u < 12; u += 3) no_mental(u) = 0;
  EXPECT_FALSE(sums->under(no_mental).has_value());
  alone(0) = alone(1) = 1;  // one unit of each group: five rows for seven coefficients
  EXPECT_FALSE(sums->under(alone).has_value());
}

TEST(Replicates, ABootstrapTakesThemAndSaysSo) {
  SmallModel model = pooled(small_panel(37, 60, 5, 0.9), "y ~ x + z", "w");
  model.spec.decompositions = {parse_method_call(kOaxacas[0])};
  const ByCall results{model.run(kOaxacas[0])};
  const BootstrapDraws draws =
      cluster_draws(model.panel, model.spec, &model.fit, results, parse_bootstrap("cluster(draws = 60)"))
          .front()
          .front();
  EXPECT_EQ(std::count(draws.from_sums.begin(), draws.from_sums.end(), 1), 60);
  EXPECT_TRUE(draws.values.allFinite());
  for (Index b = 0; b < 60; ++b) EXPECT_NEAR(draws.values.row(b).sum(), draws.totals(b), 1e-12);
}

}  // namespace
}  // namespace headwater
