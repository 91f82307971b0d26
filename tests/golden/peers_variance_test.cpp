// What other software for shares of variance gets wrong or refuses, each by name.
#include <algorithm>

#include "attribution_case.hpp"
#include "headwater/core/random.hpp"
#include "headwater/decompositions/das_gupta.hpp"
#include "headwater/decompositions/two_way.hpp"

namespace headwater::golden {
namespace {

// y on x1..xK and a factor of three levels; the first two regressors interact in y.
Panel drawn(int regressors, Index n = 120) {
  RandomStream random(12, 0, 0);
  std::vector<std::pair<std::string, std::vector<double>>> numbers(static_cast<std::size_t>(regressors) + 1);
  std::vector<std::string> kind;
  numbers.back().first = "y";
  for (Index i = 0; i < n; ++i) {
    double previous = 0, y = 0, product = 1;
    for (int j = 0; j < regressors; ++j) {
      const double x = random.normal() + 0.4 * previous;
      auto& [name, cells] = numbers[static_cast<std::size_t>(j)];
      name = "x" + std::to_string(j + 1);
      cells.push_back(x);
      y += x / (1 + j);
      if (j < 2) product *= x;
      previous = x;
    }
    kind.push_back(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c");
    numbers.back().second.push_back(y + 0.3 * product + static_cast<double>(i % 3) + random.normal());
  }
  return panel_of(numbers, {{"kind", kind}});
}

// relaimpo: "interactions and groups cannot be used simultaneously".
TEST(Peers, RelaimpoHasNoGroupsWithInteractions) {
  AttributionModel model{.formula = "y ~ x1 + x2 + x3 + x1:x2"};
  model.drivers = {{"first", parse_terms("x1 + x2 + x1:x2")}, {"second", parse_terms("x3")}};
  const Decomposition d = decompose(drawn(3), model, "shapley").front();
  EXPECT_EQ(d.estimates.names, (Names{"first", "second", "residual"}));
  const Decomposition inside = decompose(drawn(3), model, "shapley(inside = first)").front();
  EXPECT_EQ(inside.estimates.names, (Names{"x1", "x2", "x1:x2"}));
  EXPECT_NEAR(inside.estimates.values.sum(), d.estimates.values(0), 1e-13);
}

// relaimpo stops when the covariance is not positive definite: here the redundant column is named and has no share.
TEST(Peers, RelaimpoStopsAtCollinearDummies) {
  const Decomposition d =
      decompose(drawn(2), {"y ~ x1 + x2 + I(x1 - 2 * x2) + factor(kind)"}, "shapley(players = terms)").front();
  EXPECT_EQ(d.estimates.names, (Names{"x1", "x2", "factor(kind)", "residual"}));
  ASSERT_EQ(d.not_identified.size(), 1);
  EXPECT_EQ(d.not_identified.front().term, "I(x1 - 2 * x2)");
  EXPECT_LE(d.closure_error, d.tolerance);
}

// shapley2 stops at 20 regressors, and none of its peers has a standard error without a bootstrap.
TEST(Peers, Shapley2StopsAtTwenty) {
  std::string formula = "y ~ x1";
  for (int j = 2; j <= 21; ++j) formula += " + x" + std::to_string(j);
  const Decomposition d = decompose(drawn(21), {formula}, "shapley(players = terms)").front();
  EXPECT_EQ(d.choices.at("orders"), "all");
  EXPECT_EQ(d.estimates.names.size(), 22);
  EXPECT_GT(d.covariance(0, 0), 0);
}

// LS-SPA and the rest sample without saying how far off they may be; here the error of the draws is in the covariance.
TEST(Peers, SampledSharesCarryTheErrorOfTheDraws) {
  std::string formula = "y ~ x1";
  for (int j = 2; j <= 30; ++j) formula += " + x" + std::to_string(j);
  const Decomposition few = decompose(drawn(30), {formula}, "shapley(players = terms, pairs = 32)").front(),
                      many = decompose(drawn(30), {formula}, "shapley(players = terms, pairs = 512)").front();
  const auto error = [](const Decomposition& d) {
    for (const LabelledArray& extra : d.extras)
      if (extra.name == "sampling_error") return std::get<std::vector<double>>(extra.values)[0];
    return 0.0;
  };
  EXPECT_GT(error(few), 2.5 * error(many));
  EXPECT_LT((few.estimates.values - many.estimates.values).cwiseAbs().maxCoeff(), 5 * error(few));
  EXPECT_LE(few.closure_error, few.tolerance);
}

// LeaveOutTwoWay takes rows to be sorted by unit and does not say so.
TEST(Peers, LeaveOutTwoWayAssumesSortedRows) {
  RandomStream random(4, 0, 0);
  const Index n = 120;
  std::vector<Index> order(static_cast<std::size_t>(n));
  Vector y(n);
  Grouping worker{.name = "worker", .code = {}, .count = 30, .labels = {}},
      firm{.name = "firm", .code = {}, .count = 4, .labels = {}};
  for (Index i = 0; i < n; ++i) {
    order[static_cast<std::size_t>(i)] = i;
    worker.code.push_back(static_cast<std::int32_t>(i / 4));
    firm.code.push_back(static_cast<std::int32_t>(random.below(4)));
    y(i) = random.normal() + firm.code.back();
  }
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  Grouping shuffled_worker = worker, shuffled_firm = firm;
  Vector shuffled(n);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto from = static_cast<std::size_t>(order[i]);
    shuffled(static_cast<Index>(i)) = y(order[i]);
    shuffled_worker.code[i] = worker.code[from];
    shuffled_firm.code[i] = firm.code[from];
  }
  const TwoWay sorted = two_way(matches(y, worker, firm)),
               mixed = two_way(matches(shuffled, shuffled_worker, shuffled_firm));
  EXPECT_LT((sorted.corrected - mixed.corrected).cwiseAbs().maxCoeff(), 1e-12);
}

// DasGuptR lists about 4·10⁷ candidate strings for 15 factors; there are 2^15 rates.
TEST(Peers, DasGuptRCannotDoFifteenFactors) {
  RandomStream random(5, 0, 0);
  RateFactors f{Matrix(3, 15), Matrix(3, 15), std::vector<bool>(15, false), Vector::Ones(3)};
  for (Index i = 0; i < f.first.size(); ++i) {
    f.first(i) = std::exp(0.1 * random.normal());
    f.second(i) = std::exp(0.1 * random.normal());
  }
  const RateEffects effects = rate_effects(f);
  EXPECT_NEAR(effects.effects.sum(), effects.rate_second - effects.rate_first, 1e-12);
}

}  // namespace
}  // namespace headwater::golden
