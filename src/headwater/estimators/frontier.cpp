// Question: how far is each row below the best attainable outcome given its inputs, and what do the inputs yield at the
// frontier? Model y = Xβ + v − s·u, v ~ N(0, σ_v²), u ~ |N(0, σ_u²)|, s = 1 (production) or −1 (cost); σ² = σ_v² +
// σ_u², γ = σ_u²/σ². Estimator: maximum likelihood over (β, σ², γ) from corrected least squares and a grid of γ, by
// BFGS and then Newton steps with exact second derivatives. Degrees of freedom n − k, k counting σ² and γ; intervals
// use the normal distribution, of σ² about its logarithm and of γ about its log odds. Inverse observed information as
// bread, the rows' derivatives as scores. Aigner, Lovell and Schmidt (1977); Battese and Corra (1977). Equals
// FRONTIER 4.1 and R frontier::sfa on front41 to 6e-7, where those stop short of the maximum.
#include "headwater/estimators/frontier.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/linalg/optimiser.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int kGrid = 19;  // γ = 0.05, 0.10, ... 0.95
constexpr int kMostNewtonSteps = 20;
constexpr double kNewtonDecrement = 1e-20;  // g'H⁻¹g at which Newton's steps end
constexpr double kEdge = 1e-6;              // γ closer to 0 or 1 counts as the boundary

double sum(const Vector& v) { return pairwise_sum(v.data(), static_cast<std::size_t>(v.size())); }

struct Frontier {
  const Matrix& X;
  const Vector& y;
  double sign;
  Index slopes() const { return X.cols(); }
};

struct Evaluation {
  double value = 0;  // log likelihood
  Matrix scores;     // n × (k + 2)
  Matrix hessian;    // (k + 2) × (k + 2), of the log likelihood; empty unless asked for
};

// ε enters through β as −X, so every derivative is one of three numbers a row times X.
Evaluation evaluate(const Frontier& model, const Vector& theta, bool with_hessian) {
  const Index n = model.y.size(), k = model.slopes();
  const double sigma2 = theta(k), gamma = theta(k + 1);
  const Vector epsilon = model.y - model.X * theta.head(k);
  Vector values(n);
  Matrix first(n, 3), second(n, 6);
  for (Index i = 0; i < n; ++i) {
    const FrontierDensity f = frontier_density(epsilon(i), sigma2, gamma, model.sign);
    values(i) = f.value;
    first.row(i) = f.gradient.transpose();
    second.row(i) << f.hessian(0, 0), f.hessian(0, 1), f.hessian(0, 2), f.hessian(1, 1), f.hessian(1, 2),
        f.hessian(2, 2);
  }
  Evaluation result;
  result.value = sum(values);
  result.scores.resize(n, k + 2);
  result.scores.leftCols(k) = -(model.X.array().colwise() * first.col(0).array()).matrix();
  result.scores.rightCols(2) = first.rightCols(2);
  if (!with_hessian) return result;
  result.hessian.resize(k + 2, k + 2);
  result.hessian.topLeftCorner(k, k) = model.X.transpose() * second.col(0).asDiagonal() * model.X;
  result.hessian.topRightCorner(k, 2) = -model.X.transpose() * second.middleCols(1, 2);
  result.hessian.bottomLeftCorner(2, k) = result.hessian.topRightCorner(k, 2).transpose();
  result.hessian(k, k) = sum(second.col(3));
  result.hessian(k, k + 1) = result.hessian(k + 1, k) = sum(second.col(4));
  result.hessian(k + 1, k + 1) = sum(second.col(5));
  return result;
}

Vector gradient_of(const Matrix& scores) {
  Vector gradient(scores.cols());
  for (Index j = 0; j < scores.cols(); ++j) gradient(j) = sum(scores.col(j));
  return gradient;
}

// Least squares shifted up to the frontier at the γ of the grid with the highest likelihood, as FRONTIER 4.1 starts.
Vector start_values(const Frontier& model, const Vector& ols, double mean_square) {
  const Index k = model.slopes();
  Vector best;
  double best_value = -std::numeric_limits<double>::infinity();
  for (int g = 1; g <= kGrid; ++g) {
    const double gamma = g / static_cast<double>(kGrid + 1);
    Vector theta(k + 2);
    theta.head(k) = ols;
    theta(k) = mean_square / (1 - 2 * gamma / kPi);
    theta(k + 1) = gamma;
    theta(0) += model.sign * std::sqrt(2 * gamma * theta(k) / kPi);
    const double value = evaluate(model, theta, false).value;
    if (value <= best_value) continue;
    best_value = value;
    best = theta;
  }
  return best;
}

// (β, ln σ², logit γ) <-> (β, σ², γ): the optimiser moves without bounds.
Vector unbounded(const Vector& theta) {
  Vector free = theta;
  const Index k = theta.size() - 2;
  free(k) = std::log(theta(k));
  free(k + 1) = std::log(theta(k + 1) / (1 - theta(k + 1)));
  return free;
}

Vector bounded(const Vector& free) {
  Vector theta = free;
  const Index k = free.size() - 2;
  theta(k) = std::exp(free(k));
  theta(k + 1) = 1 / (1 + std::exp(-free(k + 1)));
  return theta;
}

struct Optimum {
  Vector theta;
  Evaluation at;
  Minimum record;
  bool converged = false;
};

// B divided by the downward curvature of the likelihood.
Matrix by_curvature(const Optimum& optimum, const Matrix& B) {
  try {
    return solve_definite(-optimum.at.hessian, B);
  } catch (const Error& error) {
    if (error.code() != "linalg.not_definite") throw;
    const Index k = optimum.theta.size() - 2;
    throw Error(
        ErrorKind::numerical, "frontier.no_curvature",
        "the likelihood of frontier does not curve downwards in every direction where its search ended (sigma2 " +
            significant(optimum.theta(k), 3) + ", gamma " + significant(optimum.theta(k + 1), 3) +
            "), so there is no maximum to report and no standard error; the rows cannot tell inefficiency from "
            "noise: use fewer regressors, more rows, or the estimator pooled");
  }
}

// Newton steps from BFGS's answer, so that the scores sum to zero to rounding; halved until they stay inside and
// ascend.
void polish(const Frontier& model, Optimum& optimum) {
  for (int step = 0; step < kMostNewtonSteps; ++step) {
    optimum.at = evaluate(model, optimum.theta, true);
    const Vector gradient = gradient_of(optimum.at.scores);
    const Vector direction = by_curvature(optimum, gradient);
    const double decrement = gradient.dot(direction);
    optimum.converged = decrement >= 0 && decrement <= kNewtonDecrement * static_cast<double>(model.y.size());
    if (optimum.converged) return;
    double length = 1;
    Vector next;
    for (int halving = 0; halving < 30; ++halving, length /= 2) {
      next = optimum.theta + length * direction;
      const Index k = model.slopes();
      if (next(k) > 0 && next(k + 1) > 0 && next(k + 1) < 1 &&
          evaluate(model, next, false).value >= optimum.at.value - 1e-12 * std::abs(optimum.at.value))
        break;
    }
    if (next == optimum.theta) return;
    optimum.theta = next;
  }
  optimum.at = evaluate(model, optimum.theta, true);
}

Optimum maximise(const Frontier& model, const Vector& start) {
  const Index k = model.slopes();
  const Objective objective = [&](const Vector& free, Vector& gradient) {
    const Vector theta = bounded(free);
    if (!(theta(k + 1) < 1) || !(theta(k) > 0)) return std::numeric_limits<double>::quiet_NaN();
    const Evaluation at = evaluate(model, theta, false);
    gradient = -gradient_of(at.scores);
    gradient(k) *= theta(k);
    gradient(k + 1) *= theta(k + 1) * (1 - theta(k + 1));
    return -at.value;
  };
  Optimum optimum;
  optimum.record = minimise(objective, unbounded(start), "the estimator frontier",
                            {.gradient_tolerance = 1e-7, .value_tolerance = 1e-14});
  optimum.theta = bounded(optimum.record.parameters);
  const double gamma = optimum.theta(k + 1);
  if (gamma > kEdge && gamma < 1 - kEdge) polish(model, optimum);
  return optimum;
}

void add_scalar(Fit& fit, const std::string& key, double value, const std::string& description,
                const std::string& unit = "1") {
  fit.extras[key] = {key, {}, {}, std::vector<double>{value}, description, unit};
}

void add_efficiencies(Fit& fit, double sigma2, double gamma, double sign) {
  std::vector<double> values(static_cast<std::size_t>(fit.n()));
  for (Index i = 0; i < fit.n(); ++i)
    values[static_cast<std::size_t>(i)] = frontier_efficiency(fit.linear->residuals(i), sigma2, gamma, sign);
  add_scalar(fit, "mean_efficiency", pairwise_sum(values.data(), values.size()) / static_cast<double>(fit.n()),
             "mean of efficiency over rows");
  fit.extras["efficiency"] = {"efficiency",
                              {"row"},
                              {fit.n()},
                              std::move(values),
                              sign > 0 ? "E[exp(-u) | residual], Battese and Coelli (1988): outcome as a share of the "
                                         "frontier, if the outcome is in logs"
                                       : "E[exp(u) | residual], Battese and Coelli (1988): cost as a multiple of the "
                                         "frontier, if the outcome is in logs",
                              "1"};
}

// Likelihood ratio against least squares: γ is on its boundary under the null, so p is of ½χ²(0) + ½χ²(1), Coelli
// (1995).
void add_likelihoods(Fit& fit, double value, double ols_value) {
  const double ratio = std::max(0.0, 2 * (value - ols_value));
  const double p_value = ratio > 0 ? 0.5 * chi_squared_upper(ratio, 1) : 1.0;
  add_scalar(fit, "log_likelihood", value, "log likelihood at the maximum");
  add_scalar(fit, "log_likelihood_ols", ols_value, "log likelihood of least squares, no inefficiency");
  add_scalar(fit, "lr_statistic", ratio, "likelihood ratio of inefficiency against none");
  add_scalar(fit, "lr_p_value", p_value, "p value by the mixture of chi-squared(0) and chi-squared(1)");
  fit.notes.push_back({"frontier.likelihood_ratio",
                       "inefficiency against none: likelihood ratio " + significant(ratio, 4) + ", p " +
                           significant(p_value, 3) +
                           " by the mixture of chi-squared(0) and chi-squared(1), so gamma has no t test"});
}

void fill_parameters(Fit& fit, const Frontier& model, const Optimum& optimum) {
  const Index k = model.slopes(), n = fit.n();
  fit.names.insert(fit.names.end(), {"sigma2", "gamma"});
  fit.origins.resize(fit.names.size());
  fit.coefficients = optimum.theta;
  fit.scales.insert(fit.scales.end(), {ParameterScale::log, ParameterScale::logit});
  LinearRows& rows = *fit.linear;
  rows.residuals = model.y - model.X * optimum.theta.head(k);
  Matrix regressors = Matrix::Zero(n, k + 2);
  regressors.leftCols(k) = model.X;
  rows.regressors = std::make_shared<const Matrix>(std::move(regressors));
  fit.scores = {std::make_shared<const Matrix>(optimum.at.scores), std::nullopt};
  fit.bread = fit.unit_covariance = by_curvature(optimum, Matrix::Identity(k + 2, k + 2));
  fit.likelihood = Likelihood{optimum.at.value};
  fit.status = optimum.converged ? Status::converged : Status::not_converged;
  fit.status_detail = optimum.converged ? std::string() : "the likelihood was not maximised: " + optimum.record.message;
  fit.df_model = k + 2;
  fit.df_residual = n - k - 2;
  fit.goodness.rss = sum(rows.residuals.cwiseAbs2());
  fit.goodness.r_squared = 1 - fit.goodness.rss / fit.goodness.tss;
  fit.goodness.r_squared_within = fit.goodness.r_squared;
  fit.goodness.sigma2 = fit.goodness.rss / static_cast<double>(fit.df_residual);
  add_scalar(fit, "optimiser_iterations", optimum.record.iterations, "iterations of BFGS before Newton's steps",
             "iterations");
}

// γ = 0: least squares is the maximum likelihood answer, and γ has no standard error. A γ estimated as 0 is not known
// to be 0, so no row is called efficient.
void settle_at_boundary(Fit& fit, const std::string& why) {
  fit.status = Status::boundary;
  fit.status_detail = why;
  fit.not_identified.push_back({"gamma", {"its boundary, where the likelihood is flat"}});
  fit.notes.push_back({"frontier.boundary", why});
}

double third_moment(const Vector& residuals) {
  return sum(residuals.array().cube().matrix()) / static_cast<double>(residuals.size());
}

void refuse_exact_fit(const Fit& fit) {
  if (fits_exactly(fit))
    throw Error(ErrorKind::identification, "frontier.exact_fit",
                "the regressors fit the outcome " + fit.design->outcome_name +
                    " exactly, so nothing is left whose skewness could tell inefficiency from noise; is the outcome "
                    "built from a regressor?");
}

double sign_of(const MethodCall& call) { return call.get("type", "production") == "cost" ? -1 : 1; }

void require_constant(const Design& design) {
  if (!design.intercept)
    throw Error(ErrorKind::usage, "estimator.no_constant",
                "frontier needs a constant, which the formula " + design.spec.formula.text +
                    " leaves out: the mean of the inefficiency would bend the slopes");
}

Matrix identified_columns(const Fit& fit) {
  Matrix X(fit.n(), fit.k());
  for (Index j = 0; j < fit.k(); ++j) X.col(j) = fit.design->X.col(*fit.origins[static_cast<std::size_t>(j)].column);
  return X;
}

}  // namespace

const MethodCard& frontier_card() {
  static const MethodCard card{
      .name = "frontier",
      .kind = "estimator",
      .question = "How far is each trust below the best attainable outcome given its inputs?",
      .avoid = "Not as a verdict on effort: whatever lasts and is not in the model counts as inefficiency.",
      .reference = "Aigner, Lovell and Schmidt (1977); equals FRONTIER 4.1 and R frontier::sfa",
      .supports = {"unbalanced", "no_unit", "no_time"},
      .options = {{"type", "choice: production | cost", "production",
                   "whether inefficiency lowers the outcome or raises it"}},
      .positions = {"type"}};
  return card;
}

Fit fit_frontier(const EstimatorInput& input) {
  const Design& design = *input.design;
  const double sign = sign_of(input.call);
  require_constant(design);
  Fit fit = solve_least_squares(input.design, {.X = design.X,
                                               .y = design.y,
                                               .names = design.names,
                                               .origins = column_origins(design),
                                               .atoms = atoms_of(design),
                                               .constant = true});
  refuse_exact_fit(fit);
  const Matrix X = identified_columns(fit);
  const Frontier model{X, design.y, sign};
  const double n = static_cast<double>(fit.n()), mean_square = fit.goodness.rss / n;
  const double ols_value = -0.5 * n * (std::log(2 * kPi * mean_square) + 1);
  const double skewness = third_moment(fit.linear->residuals);
  if (sign * skewness >= 0) {
    settle_at_boundary(fit, "the least-squares residuals are skewed to the " +
                                std::string(skewness > 0 ? "right" : "left") +
                                ", against inefficiency: the likelihood is highest at gamma = 0, least squares is "
                                "reported, and no row's efficiency can be told from noise, so none is given");
    add_likelihoods(fit, ols_value, ols_value);
    return fit;
  }
  const Optimum optimum = maximise(model, start_values(model, fit.coefficients, mean_square));
  if (!(optimum.theta(fit.k() + 1) > kEdge) || !(optimum.theta(fit.k() + 1) < 1 - kEdge)) {
    settle_at_boundary(
        fit, "the likelihood is highest at the boundary gamma = " + significant(optimum.theta(fit.k() + 1), 3) +
                 ", where it has no curvature; least squares is reported");
    add_likelihoods(fit, -optimum.record.value, ols_value);
    return fit;
  }
  const double sigma2 = optimum.theta(fit.k()), gamma = optimum.theta(fit.k() + 1);
  fill_parameters(fit, model, optimum);
  add_likelihoods(fit, optimum.at.value, ols_value);
  add_efficiencies(fit, sigma2, gamma, sign);
  return fit;
}

}  // namespace headwater
