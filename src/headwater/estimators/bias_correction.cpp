// Question: how far from zero do few rows a level push the coefficients of a logit or probit with effects? With T rows
// a level the bias is of order 1/T (Neyman and Scott 1948). Correction (Fernández-Val 2009; Fernández-Val and Weidner
// 2016, eqs. 4.3 and 4.4): with g the mean as a function of the predictor, H = g′/(g(1 − g)), ω = Hg′, z = Hg″ and x̃
// the regressors less their projection on the effects under ω, β̃ = β̂ + (Σ ω x̃x̃')⁻¹ b, b = ½ Σ over the levels of every
// effect of Σ x̃z / Σω. Where a regressor answers to earlier outcomes, `lags` = L adds, for the first effect, Σ_l
// T/(T−l) Σ_t ω x̃_t H(y − g)_{t−l} / Σω, l = 1 ... L. Effects are then estimated anew at β̃, and scores and bread are
// taken there. Equals R alpaca::biasCorr and, for one effect, bife::bias_corr (formulas; an own computation on
// dummies).
#include "headwater/estimators/bias_correction.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

[[noreturn]] void refuse_correction(const Design& design, const std::string& why) {
  throw Error(ErrorKind::usage, "estimator.correction",
              design.spec.estimator.text + " takes off the bias of one or two absorbed effects, and " + why +
                  "; leave the correction out");
}

// Derivatives of each row that the bias is made of.
struct BiasRows {
  Vector information;  // ω
  Vector bend;         // z
  Vector surprise;     // H(y − g)
};

BiasRows bias_rows(const Fit& fit) {
  const LinkedMean& linked = *fit.linked;
  BiasRows rows{Vector(fit.n()), Vector(fit.n()), Vector(fit.n())};
  for (Index i = 0; i < fit.n(); ++i) {
    const double slope = linked.slope(linked.predictor(i)), mean = linked.mean(i);
    const double H = slope / (mean * linked.inverse(-linked.predictor(i)));
    rows.information(i) = H * slope;
    rows.bend(i) = H * linked.curvature(linked.predictor(i));
    rows.surprise(i) = H * (fit.design->y(i) - mean);
  }
  return rows;
}

Matrix regressors_of(const Fit& fit) {
  Matrix X(fit.n(), fit.k());
  for (Index j = 0; j < fit.k(); ++j) X.col(j) = fit.design->X.col(*fit.origins[static_cast<std::size_t>(j)].column);
  return X;
}

// Σ over levels of Σ x z / 2Σω.
Vector of_bends(const Matrix& X, const BiasRows& rows, const Grouping& levels) {
  const Matrix sums = sums_by(X.array().colwise() * rows.bend.array(), levels);
  const Vector information = sums_by(rows.information, levels);
  return 0.5 * (sums.array().colwise() / information.array()).colwise().sum().transpose().matrix();
}

// Of regressors that answer to outcomes up to `lags` rows before, in the order of the rows.
Vector of_answers(const Matrix& X, const BiasRows& rows, const Grouping& levels, long lags) {
  Vector sum = Vector::Zero(X.cols());
  for (const std::vector<Index>& own : rows_by(levels)) {
    const auto T = static_cast<Index>(own.size());
    const double information = rows.information(own).sum();
    for (Index l = 1; l <= std::min<Index>(lags, T - 1); ++l)
      for (Index t = l; t < T; ++t) {
        const Index now = own[static_cast<std::size_t>(t)], before = own[static_cast<std::size_t>(t - l)];
        sum += static_cast<double>(T) / static_cast<double>(T - l) * rows.information(now) * rows.surprise(before) /
               information * X.row(now).transpose();
      }
  }
  return sum;
}

Vector corrected_coefficients(const Fit& fit, long lags) {
  const BiasRows rows = bias_rows(fit);
  const std::vector<Effect>& effects = fit.design->effects;
  const Matrix X = Absorber(effects, rows.information, fit.n()).project(regressors_of(fit)).columns;
  Vector b = Vector::Zero(fit.k());
  for (const Effect& effect : effects) b += of_bends(X, rows, effect.levels);
  if (lags > 0) b += of_answers(X, rows, effects.front().levels, lags);
  return fit.coefficients + solve_definite(cross_product(X, rows.information), b);
}

// The fit at other coefficients, with the effects that go with them.
Fit with_coefficients(const EstimatorInput& input, const LinkedModel& model, Fit fit, const Vector& coefficients) {
  const Matrix X = regressors_of(fit);
  Design rest = with_columns(*fit.design, {});
  const Vector explained = X * coefficients;
  rest.offset = rest.offset.size() > 0 ? Vector(rest.offset + explained) : explained;
  Fit effects = fit_linked({input.panel, std::make_shared<const Design>(std::move(rest)), input.call}, model);
  const double null_value = fit.linked->null_value;
  const int iterations = fit.linked->iterations + effects.linked->iterations;
  fit.linked = std::move(effects.linked);
  fit.linked->null_value = null_value;
  fit.linked->iterations = iterations;
  fit.likelihood = effects.likelihood;
  fit.coefficients = coefficients;
  const Vector& information = fit.linked->information;
  Matrix columns = Absorber(fit.design->effects, information, fit.n()).project(X).columns;
  fit.bread = fit.unit_covariance = inverse_definite(cross_product(columns, information));
  fit.scores = {std::make_shared<const Matrix>(std::move(columns)), effects.scores.errors};
  fit.goodness.rss = (fit.design->y - fit.linked->mean).squaredNorm();
  fit.goodness.r_squared = 1 - fit.goodness.rss / fit.goodness.tss;
  fit.goodness.sigma2 = fit.goodness.rss / static_cast<double>(fit.df_residual);
  return fit;
}

}  // namespace

std::vector<OptionCard> bias_option_cards() {
  return {{"correction", "choice: none | analytical", "none",
           "analytical: takes off the bias of order 1/T that effects bring (Fernández-Val and Weidner 2016)"},
          {"lags", "integer", "0", "rows back up to which regressors answer to earlier outcomes, for the correction"}};
}

bool asks_for_correction(const EstimatorInput& input) {
  const Design& design = *input.design;
  const bool asked = input.call.get("correction", "none") == "analytical";
  if (!asked && input.call.has("lags")) refuse_correction(design, "lags belong to correction = analytical");
  if (!asked) return false;
  const auto effects = static_cast<Index>(design.effects.size());
  const std::string model = "the model " + design.spec.formula.text + " has ";
  if (effects == 0 || effects > 2) refuse_correction(design, model + counted(effects, "effect"));
  for (const Effect& effect : design.effects)
    if (effect.slopes.cols() > 0) refuse_correction(design, model + "slopes");
  if (design.weights.size() > 0) refuse_correction(design, model + "weights");
  if (input.call.integer("lags", 0) < 0) refuse_correction(design, "lags are counted from 0");
  return true;
}

Fit corrected_fit(const EstimatorInput& input, const LinkedModel& model) {
  Fit fit = fit_linked(input, model);
  if (fit.k() == 0) return fit;
  const Vector coefficients = corrected_coefficients(fit, input.call.integer("lags", 0));
  const Vector before = fit.coefficients;
  fit = with_coefficients(input, model, std::move(fit), coefficients);
  fit.extras["uncorrected"] = {"uncorrected",
                               {"term"},
                               {fit.k()},
                               std::vector<double>(before.data(), before.data() + before.size()),
                               "coefficient at the maximum of the likelihood, before the correction",
                               "outcome per regressor"};
  return fit;
}

}  // namespace headwater
