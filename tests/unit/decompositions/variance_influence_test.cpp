// Shares of variance: their influence is the derivative in each cluster's weight, weighted, unbalanced, with effects.
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

struct Case {
  std::string formula, estimator, call;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.formula << " " << c.call; }

class VarianceInfluence : public testing::TestWithParam<Case> {};

TEST_P(VarianceInfluence, EqualsTheDerivativeInEachClustersWeight) {
  const Case& c = GetParam();
  const Panel panel = small_panel(11, 14, 5, 0.8);
  expect_influence_is_derivative(
      panel, "w", [&](const Panel& p) { return small_model(p, small_spec(c.formula, c.estimator, "w")).run(c.call); });
}

INSTANTIATE_TEST_SUITE_P(
    Shapley, VarianceInfluence,
    testing::Values(Case{"y ~ x + z + q", "pooled", "shapley"},
                    Case{"y ~ x + z + q + size | unit + year", "within", "shapley"},
                    Case{"y ~ x + z + q + size | unit + year", "within", "shapley(of = total)"},
                    Case{"y ~ x + z + q + size | unit[q] + year", "within", "shapley(of = total)"},
                    Case{"y ~ x + z + q + size + x:q | unit", "within", "shapley(players = terms, always = q)"},
                    Case{"y ~ x + z + q + size + x:q | unit", "within", "shapley(inside = other, of = total)"},
                    Case{"y ~ x + z + q", "pooled", "shapley(holdout = year >= 2013)"},
                    Case{"y ~ x + z + q + size - 1", "pooled", "shapley(holdout = q > 0, players = terms, always = q)"},
                    Case{"y ~ x + z + q", "mundlak", "shapley"}));

INSTANTIATE_TEST_SUITE_P(
    Companions, VarianceInfluence,
    testing::Values(Case{"y ~ x + z + q", "pooled", "importance"},
                    Case{"y ~ x + z + q + size | unit + year", "within", "importance(players = terms)"},
                    Case{"y ~ x + z + q + size + x:q | unit", "within", "importance(of = total, always = q)"},
                    Case{"y ~ x + z + q + size | unit + year", "within", "dominance(of = total)"},
                    Case{"y ~ x + z + q", "pooled", "fields"}, Case{"y ~ x + z + q", "mundlak", "fields"},
                    Case{"y ~ x + z + q + size | unit + year", "within", "fields"}));

INSTANTIATE_TEST_SUITE_P(Levels, VarianceInfluence,
                         testing::Values(Case{"y ~ x + z + q", "pooled", "variance"},
                                         Case{"y ~ x + z + q | unit + year", "within",
                                              "variance(levels = type + unit)"},
                                         Case{"y ~ x + z + q", "mundlak", "variance(levels = type)"}));

}  // namespace
}  // namespace headwater
