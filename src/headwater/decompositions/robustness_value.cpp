// Question: how strong would a driver that was left out have to be to overturn a coefficient, and how strong is that
// against the drivers at hand? Model: y = dβ + Xγ + e after effects. With f² = R²/(1 − R²) of d given X,
//   RV_q = 2/(1 + √(1 + 4/(q f)²)); RV_{q,α} with q f − (s/s₀) t*/√(dof − 1), s/s₀ the error in use over the classical.
// RV_q is a function of the partial R² alone, so no covariance enters it: plugging in a clustered t would answer
// another question. Cinelli and Hazlett (2020), eq. 18–20, with residual degrees of freedom n − k − rank of effects.
// Equals sensemakr with iid errors to its digits; sensemakr uses iid errors for RV_α on clustered fits as well, without
// a word. Benchmarks: each other driver group, by group partial R², and each single regressor.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/omitted_variables.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kStrengths[] = {1, 2, 3};

// Partial R² of some columns S given the others, from B = (X'WX)⁻¹ without a regression: leaving S out adds
// b_S' B_SS⁻¹ b_S to the residual sum of squares of y, and turns 1/B_jj, that of column j, into
// 1/(B_jj − B_jS B_SS⁻¹ B_Sj).
struct PartialR2 {
  double treatment, outcome;
};
PartialR2 partial_r2(const Fit& fit, const std::vector<Index>& columns, Index treatment) {
  const Matrix own = fit.bread(columns, columns);
  Matrix from(own.rows(), 2);
  from << fit.bread(columns, std::vector<Index>{treatment}), fit.coefficients(columns);
  const Vector explained = from.cwiseProduct(solve_definite(own, from)).colwise().sum();
  return {explained(0) / fit.bread(treatment, treatment), explained(1) / (explained(1) + fit.goodness.rss)};
}

struct Benchmark {
  std::string name;
  std::vector<Index> columns;
};

// Every other driver slot, and every other regressor where a slot has several.
std::vector<Benchmark> benchmarks_for(const Fit& fit, const Names& slots, Index treatment) {
  std::vector<Benchmark> all;
  Names seen;
  for (Index j = 0; j < fit.k(); ++j) {
    const std::string& slot = slots[static_cast<std::size_t>(j)];
    if (slot.empty() || std::find(seen.begin(), seen.end(), slot) != seen.end()) continue;
    seen.push_back(slot);
    Benchmark group{slot, {}};
    for (Index i = 0; i < fit.k(); ++i)
      if (slots[static_cast<std::size_t>(i)] == slot && i != treatment) group.columns.push_back(i);
    const bool own = slot == slots[static_cast<std::size_t>(treatment)];
    if (!own && !group.columns.empty()) all.push_back(group);
    if (own || group.columns.size() > 1)
      for (const Index i : group.columns) all.push_back({fit.names[static_cast<std::size_t>(i)], {i}});
  }
  return all;
}

struct Bounds {
  Names rows, term, benchmark, remark;
  std::vector<double> strength, r2_treatment, r2_outcome, estimate, error, low, high;
};

void add_bound(Bounds& out, const std::string& term, const Benchmark& benchmark, double strength,
               const std::optional<ConfounderBound>& bound, const AdjustedEstimate& adjusted, double critical) {
  const double none = std::nan("");
  out.rows.push_back(term + ", " + shortest(strength) + " x " + benchmark.name);
  out.term.push_back(term);
  out.benchmark.push_back(benchmark.name);
  out.strength.push_back(strength);
  out.r2_treatment.push_back(bound ? bound->r2_treatment : none);
  out.r2_outcome.push_back(bound ? bound->r2_outcome : none);
  out.estimate.push_back(adjusted.estimate);
  out.error.push_back(adjusted.std_error);
  out.low.push_back(adjusted.estimate - critical * adjusted.std_error);
  out.high.push_back(adjusted.estimate + critical * adjusted.std_error);
  out.remark.emplace_back(!bound ? "no confounder is that strong" : bound->capped ? "outcome share capped at 1" : "");
}

void table_of(Decomposition& d, const Bounds& b, const std::string& unit) {
  ExtraTable table("benchmark", "What the coefficients become with a confounder some times as strong as a benchmark",
                   b.rows);
  table.texts("term", b.term, "coefficient")
      .texts("against", b.benchmark, "driver group or regressor that the confounder is measured by")
      .numbers("strength", b.strength, "times as strong as the benchmark")
      .numbers("r2_treatment", b.r2_treatment, "partial R² of the confounder with the regressor")
      .numbers("r2_outcome", b.r2_outcome, "partial R² of the confounder with the outcome")
      .numbers("estimate", b.estimate, "adjusted coefficient", unit)
      .numbers("std_error", b.error, "its standard error under the rule in use", unit)
      .numbers("low", b.low, "lower end of its interval", unit)
      .numbers("high", b.high, "upper end of its interval", unit)
      .texts("remark", b.remark, "why a number is missing or capped");
  table.add_to(d);
}

double checked_q(const MethodCall& call) {
  const double q = call.number("q", 1);
  if (q > 0 && std::isfinite(q)) return q;
  throw Error(ErrorKind::usage, "decomposition.option",
              "q = " + call.get("q") + " is no share of the estimate; give a positive number, such as 1", {.key = "q"});
}

void refuse_other_estimators(const DecompositionInput& input) {
  if (is_plain_least_squares(*input.fit)) return;
  throw Error(ErrorKind::usage, "decomposition.unsupported",
              "robustness_value rests on partial R² of least squares and takes the estimators pooled and within, not " +
                  input.spec.estimator.method);
}

}  // namespace

const MethodCard& robustness_value_card() {
  static const MethodCard card{
      .name = "robustness_value",
      .kind = "decomposition",
      .question =
          "How strong would a driver that was left out have to be to overturn a coefficient, set against the "
          "drivers at hand?",
      .avoid = "Not as proof that nothing was left out: it says what would be needed, not what is there.",
      .reference = "Cinelli and Hazlett (2020); equals sensemakr with iid errors",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"term", "text", "", "a coefficient or a driver; by default every driver's coefficients"},
                  {"q", "number", "1", "share of the estimate to be explained away"}},
      .positions = {"term", "q"}};
  return card;
}

Decompositions run_robustness_value(const DecompositionInput& input) {
  refuse_other_estimators(input);
  const Fit& fit = *input.fit;
  const double q = checked_q(input.call), dof = static_cast<double>(fit.df_residual);
  const Names slots = slots_of(fit);
  const std::vector<Index> chosen = asked_coefficients(input);
  Decomposition d = coefficient_items(input, chosen);
  const double df = input.covariance->gathers == Gathers::nothing ? dof - 1 : input.covariance->df;
  const double critical = student_quantile(0.5 + input.spec.level / 2, df);
  std::vector<double> r2, rv, rv_alpha, classical;
  Bounds bounds;
  for (const Index j : chosen) {
    const double own = std::sqrt(fit.goodness.rss / dof * fit.bread(j, j)), used = input.covariance->std_error(j);
    const double t = fit.coefficients(j) / own;
    r2.push_back(t * t / (t * t + dof));
    classical.push_back(own);
    rv.push_back(robustness_value(r2.back(), q));
    rv_alpha.push_back(robustness_value_alpha(r2.back(), dof, critical, used / own, q));
    for (const Benchmark& benchmark : benchmarks_for(fit, slots, j)) {
      const PartialR2 shares = partial_r2(fit, benchmark.columns, j);
      for (const double strength : kStrengths) {
        const auto bound = confounder_bound(shares.treatment, shares.outcome, strength);
        const AdjustedEstimate adjusted = bound ? adjusted_for(*bound, fit.coefficients(j), own, used, dof)
                                                : AdjustedEstimate{std::nan(""), std::nan("")};
        add_bound(bounds, fit.names[static_cast<std::size_t>(j)], benchmark, strength, bound, adjusted, critical);
      }
    }
  }
  d.choices = {{"q", shortest(q)}, {"level", shortest(input.spec.level)}, {"dof", shortest(dof)}};
  d.question = "How strong would a driver that was left out have to be to take away " +
               (q == 1 ? std::string("the whole") : significant(100 * q, 3) + " %") + " of these coefficients of " +
               fit.design->outcome_name + "?";
  ExtraTable table("robustness",
                   "Partial R² that a confounder needs with regressor and outcome alike: to take the estimate away "
                   "(value), or its interval's distance from zero (value_alpha, under " +
                       input.covariance->text + "; residual degrees of freedom " + shortest(dof) + ")",
                   d.estimates.names);
  table.numbers("partial_r2", r2, "partial R² of the regressor with the outcome")
      .numbers("value", rv, "robustness value, from the partial R² alone")
      .numbers("value_alpha", rv_alpha, "robustness value of the interval, under the rule in use")
      .numbers("classical_error", classical, "classical standard error, which partial R² rests on", d.unit);
  table.add_to(d);
  table_of(d, bounds, d.unit);
  if (input.covariance->gathers != Gathers::nothing)
    d.notes.push_back({"robustness_value.rule", "partial R² and robustness values come from the fit alone; " +
                                                    input.covariance->text +
                                                    " enters value_alpha and the adjusted errors only"});
  return {std::move(d)};
}

}  // namespace headwater
