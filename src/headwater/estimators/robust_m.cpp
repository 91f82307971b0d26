// Question: what is the relation for most rows, when a few are wrong or far off? Model: y = Xβ + e, errors symmetric
// about zero with heavy tails. Estimator: Σ ψ(e/s)x = 0, s = median |e|/0.6745 about zero, estimated along with β; ψ of
// Huber (1964), tuning 1.345, or Tukey's bisquare (Beaton and Tukey 1974), 4.685: 95 % as precise as least squares
// under normal errors. Iterated weighted least squares from least squares, up to the fixed point. Under iid errors
// Huber's (1981, 7.6.2) covariance H1, K²[Σ(sψ)²/(n−k)]/m² (X'X)⁻¹ with m = mean ψ′ and K = 1 + k/n · var ψ′/m²; other
// rules sum the scores sψ(e/s)x, bread (Σψ′xx')⁻¹, the scale taken as known, as symmetry makes it for all but the
// constant. n − k degrees of freedom, t. Equals statsmodels RLM (H1) to 1e-10 and R MASS::rlm, which rounds 0.6745.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kNormalMad = 0.67448975019608171;  // the median of |z|
constexpr double kFittedExactly = 1e-10;            // of the largest outcome
constexpr int kMostReweightings = 2000;
constexpr double kUnmoved = 1e-13;  // of the scale

struct Loss {
  double tuning;
  double (*psi)(double u, double tuning);
  double (*slope)(double u, double tuning);
};

double huber_psi(double u, double k) { return std::clamp(u, -k, k); }
double huber_slope(double u, double k) { return std::abs(u) <= k ? 1 : 0; }

double bisquare_psi(double u, double k) {
  const double left = 1 - u * u / (k * k);
  return std::abs(u) < k ? u * left * left : 0;
}

double bisquare_slope(double u, double k) {
  const double share = u * u / (k * k);
  return std::abs(u) < k ? (1 - share) * (1 - 5 * share) : 0;
}

Loss loss_of(const MethodCall& call) {
  Loss loss = call.get("loss", "huber") == "huber" ? Loss{1.345, huber_psi, huber_slope}
                                                   : Loss{4.685, bisquare_psi, bisquare_slope};
  loss.tuning = call.number("tuning", loss.tuning);
  if (!(loss.tuning > 0))
    throw Error(ErrorKind::usage, "robust_m.tuning",
                "tuning is " + shortest(loss.tuning) + " in " + call.text +
                    "; it is how many deviations from the fit a row begins to lose weight at, above 0");
  return loss;
}

double deviation(const Vector& residuals, const Design& design) {
  Vector sizes = residuals.cwiseAbs();
  double* const begin = sizes.data();
  const Index n = sizes.size();
  std::nth_element(begin, begin + n / 2, begin + n);
  double middle = begin[n / 2];
  if (n % 2 == 0) middle = (middle + *std::max_element(begin, begin + n / 2)) / 2;
  if (middle > kFittedExactly * design.y.cwiseAbs().maxCoeff()) return middle / kNormalMad;
  throw Error(ErrorKind::identification, "robust_m.no_scale",
              "half of the rows of " + design.outcome_name +
                  " are fitted exactly, so nothing tells which of the others lie far off; use pooled or quantile");
}

struct Reweighted {
  LeastSquares solution;
  double scale = 0;
  int steps = 0;
};

[[noreturn]] void refuse_reweighting(const Design& design, const std::string& why) {
  throw Error(ErrorKind::numerical, "robust_m.no_fixed_point",
              "the weights of " + design.spec.estimator.text + " have not settled, because " + why +
                  "; use loss = huber, a larger tuning, or fewer regressors");
}

// `solution` is that of least squares.
Reweighted reweight(const Design& design, const Matrix& X, const Loss& loss, LeastSquares solution) {
  Reweighted at{std::move(solution), 0};
  for (; at.steps < kMostReweightings; ++at.steps) {
    at.scale = deviation(at.solution.residuals, design);
    const Vector weights = at.solution.residuals.unaryExpr([&](double e) {
      const double u = e / at.scale;
      return u == 0 ? 1 : loss.psi(u, loss.tuning) / u;
    });
    LeastSquares next = least_squares(X, design.y, weights);
    if (!next.dropped.empty())
      refuse_reweighting(design, "the rows that keep a weight do not tell all regressors apart");
    const double moved = (next.residuals - at.solution.residuals).cwiseAbs().maxCoeff();
    at.solution = std::move(next);
    if (moved <= kUnmoved * at.scale + 1e-15 * design.y.cwiseAbs().maxCoeff()) break;
  }
  if (at.steps == kMostReweightings) refuse_reweighting(design, "they went round in a circle");
  at.scale = deviation(at.solution.residuals, design);
  return at;
}

// Huber's H1; `inverse` is (X'X)⁻¹.
Matrix huber_covariance(const Vector& errors, const Vector& slopes, const Matrix& inverse) {
  const auto n = static_cast<double>(errors.size()), k = static_cast<double>(inverse.rows());
  const double m = slopes.mean(), variance = (slopes.array() - m).square().mean();
  const double correction = 1 + k / n * variance / (m * m);
  return correction * correction * (errors.squaredNorm() / (n - k)) / (m * m) * inverse;
}

Matrix curvature_inverse(const Design& design, const Matrix& X, const Vector& slopes) {
  try {
    return inverse_definite(X.transpose() * (X.array().colwise() * slopes.array()).matrix());
  } catch (const Error& error) {
    if (error.code() != "linalg.not_definite") throw;
    refuse_reweighting(design, "the rows beyond the tuning outweigh those within");
  }
}

void add_weights(Fit& fit, const Vector& residuals, const Loss& loss, double scale, int steps) {
  std::vector<double> weights;
  for (const double e : residuals) weights.push_back(e == 0 ? 1 : loss.psi(e / scale, loss.tuning) * scale / e);
  const auto light =
      static_cast<Index>(std::count_if(weights.begin(), weights.end(), [](double w) { return w < 0.5; }));
  fit.extras["scale"] = {"scale",  {}, {}, std::vector<double>{scale}, "median size of the residuals / 0.6745",
                         "outcome"};
  fit.extras["optimiser_iterations"] = {
      "optimiser_iterations", {}, {}, std::vector<double>{static_cast<double>(steps)}, "reweightings", "iterations"};
  fit.extras["robust_weight"] = {
      "robust_weight", {"row"}, {fit.n()}, std::move(weights), "what the row counts, 1 near the fit", "1"};
  fit.notes.push_back({"robust_m.weights", counted(light, "row") + " of " + thousands(fit.n()) +
                                               (light == 1 ? " counts" : " count") +
                                               " less than half, being far from the fit"});
}

}  // namespace

const MethodCard& robust_m_card() {
  static const MethodCard card{
      .name = "robust_m",
      .kind = "estimator",
      .question = "What is the relation for most rows, when a few outcomes are wrong or far off?",
      .avoid = "Not against rows whose regressors are far off: they pull the fit before they lose weight.",
      .reference = "Huber (1981) 7.6; equals statsmodels RLM with H1, MASS::rlm",
      .supports = {"unbalanced", "no_unit", "no_time"},
      .options = {{"loss", "choice: huber | bisquare", "huber", "far rows count less, or in the end not at all"},
                  {"tuning", "number", "1.345 or 4.685", "deviations from which a row counts less (bisquare: none)"}},
      .positions = {"loss"}};
  return card;
}

Fit fit_robust_m(const EstimatorInput& input) {
  const Design& design = *input.design;
  const Loss loss = loss_of(input.call);
  Fit fit = solve_least_squares(input.design, rows_as_they_are(design));
  const Matrix X = *fit.linear->regressors;
  Reweighted found = reweight(design, X, loss, least_squares(X, design.y, Vector()));
  const Vector residuals = found.solution.residuals, u = residuals / found.scale;
  const Vector errors = found.scale * u.unaryExpr([&](double v) { return loss.psi(v, loss.tuning); });
  const Vector slopes = u.unaryExpr([&](double v) { return loss.slope(v, loss.tuning); });
  fit.equal_errors = EqualErrors{huber_covariance(errors, slopes, fit.bread),
                                 "Huber's H1: K^2 [sum psi^2/(N-K)] / (mean slope of psi)^2"};
  fit.bread = fit.unit_covariance = curvature_inverse(design, X, slopes);
  fit.scores = {std::make_shared<const Matrix>(X.array().colwise() * errors.array()), std::nullopt};
  fit.coefficients = found.solution.coefficients;
  fit.linear->residuals = residuals;
  fit.goodness.rss = residuals.squaredNorm();
  fit.goodness.r_squared = fit.goodness.r_squared_within = 1 - fit.goodness.rss / fit.goodness.tss;
  fit.goodness.sigma2 = fit.goodness.rss / static_cast<double>(fit.df_residual);
  add_weights(fit, residuals, loss, found.scale, found.steps);
  return fit;
}

}  // namespace headwater
