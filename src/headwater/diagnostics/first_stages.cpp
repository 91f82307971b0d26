// Question: do the instruments move the endogenous regressors, each of them and in directions of their own? Z̃, Ỹ are
// instruments and endogenous regressors without exogenous ones and effects, Π = (Z̃'WZ̃)⁻¹Z̃'WỸ, V the first stages'
// residuals.
//   Cragg-Donald F: (n − K₁)/q · least root of |Ỹ'PỸ − μ Ỹ'MỸ|, K₁ the parameters of a first stage, effects counted;
//   Kleibergen-Paap rk: λ = A'(Z̃'WZ̃)½ Π f, f the direction of Ỹ that Z̃ explains least, A what the other directions
//     leave of Z̃. Wald λ'Ω⁻¹λ with Ω the meat of w z̃ v'f under the fit's rule, LM with Ỹ f in place of Vf,
//     χ²(q − p + 1); F is Wald/q times (n − K₁)/n, of clusters (n − K₁)/(n − 1) · (G − 1)/G;
//   effective F: Π'QΠ/tr(V_Π Q), Q = Z̃'WZ̃, with the critical value of a Nagar bias of 10 % of its worst case.
// Cragg and Donald (1993); Kleibergen and Paap (2006), theorem 1; Montiel Olea and Pflueger (2013), 2.2 and its
// simplified critical values. Equal to ranktest's and weakivtest's definitions; on the reference cases to 1e-10.
#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/diagnostics/instruments.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kBias = 0.1, kSize = 0.95;  // of Montiel Olea and Pflueger's critical values
constexpr double kRuleOfThumb = 10;          // with several endogenous regressors

Matrix power_of(const Matrix& A, double exponent) {
  const SymmetricEigen eigen = symmetric_eigen(A);
  return eigen.vectors * eigen.values.cwiseMax(0).array().pow(exponent).matrix().asDiagonal() *
         eigen.vectors.transpose();
}

Matrix first_stage_residuals(const FirstStages& stages) {
  Matrix V(stages.fits.front().n(), static_cast<Index>(stages.fits.size()));
  for (std::size_t p = 0; p < stages.fits.size(); ++p) V.col(static_cast<Index>(p)) = stages.fits[p].linear->residuals;
  return V;
}

std::vector<Index> excluded_of(const Fit& stage, Index excluded) {
  std::vector<Index> members;
  for (Index j = stage.k() - excluded; j < stage.k(); ++j) members.push_back(j);
  return members;
}

// λ and what its influence is made of.
struct RankStatistic {
  Vector lambda;  // q − p + 1
  Matrix rows;    // n × (q − p + 1): w z̃ A, to be multiplied by a row's error
  Vector f;       // p
};

RankStatistic rank_statistic(const Partialled& data, const Vector& weights) {
  const Index q = data.instruments.cols(), p = data.endogenous.cols();
  const Matrix Q = cross_product(data.instruments, weights), half = power_of(Q, -0.5);
  const Matrix F = power_of(cross_product(data.endogenous, weights), -0.5);
  const Matrix theta = half * cross_product(data.instruments, data.endogenous, weights) * F;
  const Matrix A = symmetric_eigen(theta * theta.transpose()).vectors.leftCols(q - p + 1);
  RankStatistic r;
  r.f = F * symmetric_eigen(theta.transpose() * theta).vectors.col(0);
  r.rows = data.instruments * half * A;
  if (weights.size() > 0) r.rows.array().colwise() *= weights.array();
  r.lambda = r.rows.transpose() * (data.endogenous * r.f);
  return r;
}

double quadratic(const Vector& lambda, const Matrix& omega) { return quadratic_pseudo_inverse(omega, lambda).value; }

double rank_test(const RankStatistic& r, const Vector& errors, const Fit& fit, const Covariance& covariance) {
  if (covariance.gathers == Gathers::nothing) {
    return static_cast<double>(fit.n()) * r.lambda.squaredNorm() / errors.dot(weighted(errors, fit.weights));
  }
  return quadratic(r.lambda, meat(covariance.rule, r.rows.array().colwise() * errors.array(), fit.atoms));
}

void add_rank_tests(InstrumentStrength& s, const Fit& fit, const Covariance& covariance, const Partialled& data) {
  const FirstStages& stages = *fit.first_stages;
  s.rk_df = static_cast<double>(stages.excluded) - static_cast<double>(stages.fits.size()) + 1;
  if (std::any_of(stages.fits.begin(), stages.fits.end(), fits_exactly)) {
    s.cragg_donald = s.rk_wald = s.rk_lm = s.rk_f = std::numeric_limits<double>::infinity();
    return;
  }
  const auto n = static_cast<double>(fit.n()), q = static_cast<double>(stages.excluded);
  const auto free = static_cast<double>(stages.fits.front().df_residual);
  const Matrix V = first_stage_residuals(stages);
  const RankStatistic r = rank_statistic(data, fit.weights);
  const Matrix left = power_of(cross_product(V, fit.weights), -0.5);
  const Matrix explained = data.endogenous - V;
  s.cragg_donald = free / q * symmetric_eigen(left * cross_product(explained, fit.weights) * left).values.minCoeff();
  s.rk_wald = rank_test(r, V * r.f, fit, covariance);
  s.rk_lm = rank_test(r, data.endogenous * r.f, fit, covariance);
  const double groups = groups_behind(covariance.rule, fit.atoms);
  s.rk_f = s.rk_wald / q * (groups > 0 ? free / (n - 1) * (groups - 1) / groups : free / n);
}

// Simplified critical value: effective degrees of freedom of the trace, with the bias bounded for every value of β.
double critical_value(const Matrix& W) {
  const double x = 1 / kBias, trace = W.trace();
  const double K =
      trace * trace * (1 + 2 * x) / (W.squaredNorm() + 2 * x * trace * symmetric_eigen(W).values.maxCoeff());
  return noncentral_chi_squared_quantile(kSize, K, K * x) / K;
}

void add_effective_f(InstrumentStrength& s, const Fit& fit, const Covariance& stage, const Partialled& data) {
  s.effective = s.critical = std::nan("");
  const FirstStages& stages = *fit.first_stages;
  if (stages.fits.size() != 1 || fits_exactly(stages.fits.front())) return;
  const std::vector<Index> members = excluded_of(stages.fits.front(), stages.excluded);
  const Matrix Q = cross_product(data.instruments, fit.weights), root = power_of(Q, 0.5);
  const Matrix W = root * stage.matrix(members, members) * root;
  const Vector pi = stages.fits.front().coefficients(members);
  if (!W.allFinite()) return;
  s.effective = pi.dot(Q * pi) / W.trace();
  s.critical = critical_value(W);
}

void add_table(FirstStageTable& table, const Fit& stage, const Covariance& covariance) {
  const Index from = table.estimate.size(), k = stage.k();
  for (Vector* column : {&table.estimate, &table.std_error, &table.statistic, &table.p_value})
    column->conservativeResize(from + k);
  for (Index j = 0; j < k; ++j) {
    table.endogenous.push_back(stage.estimator);
    table.term.push_back(stage.names[static_cast<std::size_t>(j)]);
    table.estimate(from + j) = stage.coefficients(j);
    table.std_error(from + j) = covariance.std_error(j);
    table.statistic(from + j) = stage.coefficients(j) / covariance.std_error(j);
    table.p_value(from + j) = student_two_sided(table.statistic(from + j), covariance.df);
  }
}

void judge(InstrumentStrength& s) {
  const bool one = std::isfinite(s.effective);
  const double value = one ? s.effective : s.rk_f, needed = one ? s.critical : kRuleOfThumb;
  if (value >= needed) return;
  s.notes.push_back(
      {"iv.weak",
       "the instruments of " + joined(s.endogenous, ", ") +
           " are weak: " + (one ? "the effective F is " : "the Kleibergen-Paap F is ") + significant(value, 3) +
           (one ? ", and a bias below 10 % of the worst there can be needs " : ", and the rule of thumb asks for ") +
           significant(needed, 3) + "; coefficients, errors and intervals are not to be relied on" +
           (one ? ": read the Anderson-Rubin set" : ", the Anderson-Rubin test is")});
}

// The instruments that have a standard error in a first stage, or all where none has. What a regressor varies by within
// units instruments itself beside random effects, and leaves residuals that are constant there.
std::vector<Index> with_errors(const Fit& stage, const Covariance& rule, Index excluded, Names& without) {
  std::vector<Index> members;
  for (const Index j : excluded_of(stage, excluded)) {
    const std::string& name = stage.names[static_cast<std::size_t>(j)];
    if (rule.estimable(j))
      members.push_back(j);
    else if (std::find(without.begin(), without.end(), name) == without.end())
      without.push_back(name);
  }
  return members.empty() ? excluded_of(stage, excluded) : members;
}

}  // namespace

Partialled partialled(const Fit& fit) {
  const FirstStages& stages = *fit.first_stages;
  const Matrix& all = *stages.fits.front().linear->regressors;
  const Matrix exogenous = all.leftCols(all.cols() - stages.excluded);
  const auto left_of = [&](const Vector& column) {
    return exogenous.cols() > 0 ? least_squares(exogenous, column, fit.weights).residuals : column;
  };
  Partialled data{Matrix(fit.n(), stages.excluded), Matrix(fit.n(), static_cast<Index>(stages.fits.size()))};
  for (Index j = 0; j < stages.excluded; ++j)
    data.instruments.col(j) = left_of(all.col(all.cols() - stages.excluded + j));
  for (std::size_t p = 0; p < stages.fits.size(); ++p)
    data.endogenous.col(static_cast<Index>(p)) = left_of(stages.fits[p].linear->outcome);
  return data;
}

std::optional<InstrumentStrength> instrument_strength(const Fit& fit, const Covariance& own) {
  if (!fit.first_stages) return std::nullopt;
  InstrumentStrength s;
  s.kappa = fit.first_stages->kappa;
  const Partialled data = partialled(fit);
  Names without;
  for (const Fit& stage : fit.first_stages->fits) {
    const Covariance rule = covariance(stage, own.rule, own.profile);
    s.endogenous.push_back(stage.estimator);
    s.first_stage.push_back(zero_test(stage, rule, with_errors(stage, rule, fit.first_stages->excluded, without),
                                      "the instruments do not move " + stage.estimator + " (first-stage F)"));
    add_table(s.table, stage, rule);
    if (s.endogenous.size() == 1) add_effective_f(s, fit, rule, data);
  }
  add_rank_tests(s, fit, own, data);
  judge(s);
  if (!without.empty())
    s.notes.push_back({"iv.first_stage_part",
                       "first-stage F leave out instruments that have no standard error in the first "
                       "stage, under " +
                           own.text + ": " + joined(without, ", ")});
  return s;
}

Tree describe(const InstrumentStrength& s) {
  Tree tree;
  const auto p = static_cast<Index>(s.endogenous.size());
  Vector f(p), df1(p), df2(p), p_value(p);
  for (Index j = 0; j < p; ++j) {
    const Test& test = s.first_stage[static_cast<std::size_t>(j)];
    f(j) = test.statistic;
    df1(j) = test.df1;
    df2(j) = test.df2;
    p_value(j) = test.p_value;
  }
  tree.axis("endogenous", s.endogenous, "endogenous regressors");
  tree.vector("first_stage_f", "endogenous", f, "F of the instruments in the first stage, under the rule of the fit");
  tree.vector("first_stage_df1", "endogenous", df1, "numerator degrees of freedom");
  tree.vector("first_stage_df2", "endogenous", df2, "denominator degrees of freedom");
  tree.vector("first_stage_p_value", "endogenous", p_value, "p value");
  tree.scalar("cragg_donald_f", s.cragg_donald, "Cragg and Donald's F, under equal variances");
  tree.scalar("rk_lm", s.rk_lm, "Kleibergen and Paap's rk LM, under the rule of the fit");
  tree.scalar("rk_wald", s.rk_wald, "Kleibergen and Paap's rk Wald");
  tree.scalar("rk_df", s.rk_df, "its degrees of freedom", "degrees of freedom");
  tree.scalar("rk_f", s.rk_f, "Kleibergen and Paap's rk F");
  tree.scalar("effective_f", s.effective,
              "Montiel Olea and Pflueger's effective F; NaN with several endogenous regressors");
  tree.scalar("effective_f_critical", s.critical,
              "what it must exceed for a bias below 10 % of the worst there can be");
  tree.scalar("kappa", s.kappa, "k of the k-class: 1 is two-stage least squares");
  tree.attribute("weak", s.notes.empty() ? std::string() : s.notes.front().message);
  Names index;
  for (std::size_t i = 1; i <= s.table.term.size(); ++i) index.push_back(std::to_string(i));
  tree.axis("stage_row", index, "coefficients of the first stages");
  tree.text("stage_endogenous", "stage_row", s.table.endogenous, "endogenous regressor");
  tree.text("stage_term", "stage_row", s.table.term, "exogenous regressor or instrument");
  tree.vector("stage_estimate", "stage_row", s.table.estimate, "coefficient", "regressor per instrument");
  tree.vector("stage_std_error", "stage_row", s.table.std_error, "standard error", "regressor per instrument");
  tree.vector("stage_statistic", "stage_row", s.table.statistic, "estimate / std_error");
  tree.vector("stage_p_value", "stage_row", s.table.p_value, "two-sided p value");
  return tree;
}

}  // namespace headwater
