// Question: by how many per cent does a count differ with the regressors, where counts spread more than their mean?
// Model: y given x is negative binomial with mean μ = exp(Xβ + offset) and variance μ + αμ² (NB2). Estimator: maximum
// likelihood in β and ln α together: ln L = Σ w [Σ_{j<y} ln(1 + αj) − ln y! + yη − (y + 1/α) ln(1 + αμ)], in which no
// digits cancel for small α. Newton's steps from the Poisson fit, rows without a finite estimate set aside with it
// (separation.cpp). Where Σ w [(y − μ)² − y] of that fit is not above zero, α = 0 is a maximum and the model refused.
// The bread is the inverse of the observed information; normal distribution; effects are refused: their bias is not
// known to vanish, write factor() or use ppml. Cameron and Trivedi (2013), 3.3.1. Equals statsmodels
// NegativeBinomial (nb2) to 1e-8 and Stata nbreg.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/estimators/ascent.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/linked.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kMostCount = 1e7;
constexpr double kFewDigits = 0.01;  // of αμ

// Σ_{j<y} of ln(1 + αj) and its first two derivatives in α, for every y up to the largest.
struct Risings {
  std::vector<double> value, first, second;
};

Risings risings(double alpha, double most) {
  const auto count = static_cast<std::size_t>(most) + 1;
  Risings sums{std::vector<double>(count, 0), std::vector<double>(count, 0), std::vector<double>(count, 0)};
  for (std::size_t y = 1; y < count; ++y) {
    const double j = static_cast<double>(y - 1), share = j / (1 + alpha * j);
    sums.value[y] = sums.value[y - 1] + std::log1p(alpha * j);
    sums.first[y] = sums.first[y - 1] + share;
    sums.second[y] = sums.second[y - 1] - share * share;
  }
  return sums;
}

// ln(1 + x)/α² − μ/(α(1 + x)), x = αμ, and its derivative in α; from a series where the difference has few digits.
struct Remainder {
  double value, slope;
};

Remainder remainder_of(double alpha, double mu) {
  const double x = alpha * mu;
  if (x > kFewDigits) {
    const double log_part = std::log1p(x), down = 1 + x;
    return {
        log_part / (alpha * alpha) - mu / (alpha * down),
        -2 * log_part / (alpha * alpha * alpha) + 2 * mu / (alpha * alpha * down) + mu * mu / (alpha * down * down)};
  }
  // μ² Σ_k (−1)^k x^k (k+1)/(k+2), and its derivative in α.
  double value = 0, slope = 0, power = 1, before = 0;
  for (int k = 0; k < 10; ++k) {
    const double share = (k % 2 == 0 ? 1.0 : -1.0) * (k + 1) / (k + 2);
    value += share * power;
    slope += share * k * before;
    before = power;
    power *= x;
  }
  return {mu * mu * value, mu * mu * mu * slope};
}

// Derivatives of one row's log likelihood in the predictor η and in α.
struct CountRow {
  double value, eta, alpha, eta_eta, eta_alpha, alpha_alpha;
};

CountRow count_row(double y, double predictor, double alpha, const Risings& sums) {
  const auto at = static_cast<std::size_t>(y);
  const double mu = std::exp(predictor), down = 1 + alpha * mu;
  const Remainder rest = remainder_of(alpha, mu);
  CountRow row{};
  row.value = sums.value[at] - std::lgamma(y + 1) + y * predictor - (y + 1 / alpha) * std::log1p(alpha * mu);
  row.eta = (y - mu) / down;
  row.eta_eta = -mu * (1 + alpha * y) / (down * down);
  row.eta_alpha = -(y - mu) * mu / (down * down);
  row.alpha = sums.first[at] + rest.value - y * mu / down;
  row.alpha_alpha = sums.second[at] + rest.slope + y * mu * mu / (down * down);
  return row;
}

struct CountData {
  const Matrix& X;
  const Vector& y;
  Vector offset, weights;
};

// In (β, ln α).
Height height_of(const CountData& data, const Vector& theta) {
  const Index n = data.y.size(), k = data.X.cols();
  const double alpha = std::exp(theta(k));
  const Risings sums = risings(alpha, data.y.maxCoeff());
  const Vector predictor = data.X * theta.head(k) + data.offset;
  Vector values(n), curvature(n), crossed(n);
  Height at{0, Matrix(n, k + 1), Matrix::Zero(k + 1, k + 1)};
  for (Index i = 0; i < n; ++i) {
    const CountRow row = count_row(data.y(i), predictor(i), alpha, sums);
    const double w = data.weights(i);
    values(i) = w * row.value;
    at.scores.row(i).head(k) = w * row.eta * data.X.row(i);
    at.scores(i, k) = w * alpha * row.alpha;
    curvature(i) = -w * row.eta_eta;
    crossed(i) = -w * alpha * row.eta_alpha;
    at.information(k, k) -= w * alpha * (row.alpha + alpha * row.alpha_alpha);
  }
  at.value = pairwise_sum(values.data(), static_cast<std::size_t>(n));
  at.information.topLeftCorner(k, k) = data.X.transpose() * (data.X.array().colwise() * curvature.array()).matrix();
  at.information.topRightCorner(k, 1) = data.X.transpose() * crossed;
  at.information.bottomLeftCorner(1, k) = at.information.topRightCorner(k, 1).transpose();
  return at;
}

// By how much counts spread beyond a Poisson's, as a share of the squared mean.
double excess_spread(const Vector& y, const Vector& mean, const Vector& weights) {
  const Vector beyond = (y - mean).cwiseAbs2() - y;
  return weights.dot(beyond) / weights.dot(mean.cwiseAbs2());
}

[[noreturn]] void refuse_no_spread(const Design& design) {
  throw Error(ErrorKind::identification, "negative_binomial.no_spread",
              "the counts " + design.outcome_name +
                  " spread no more than their mean once the regressors are known, so the likelihood of "
                  "negative_binomial is highest at alpha = 0, where it is the Poisson's; use ppml");
}

Ascent climb_counts(const CountData& data, const Vector& beta, const Vector& mean, const Design& design) {
  const double excess = excess_spread(data.y, mean, data.weights);
  if (!(excess > 0)) refuse_no_spread(design);
  Vector start(beta.size() + 1);
  start << beta, std::log(excess);
  Ascent ascent = ascend([&](const Vector& theta) { return height_of(data, theta); }, std::move(start));
  if (!ascent.settled) refuse_climb(design, "its steps did not settle");
  return ascent;
}

// Of a constant beside the offset.
double value_of_constant(const CountData& data, const Design& design) {
  const Matrix ones = Matrix::Ones(data.y.size(), 1);
  const Vector exposure = data.offset.array().exp();
  const double level = data.weights.dot(data.y) / data.weights.dot(exposure);
  return climb_counts({ones, data.y, data.offset, data.weights}, Vector::Constant(1, std::log(level)), level * exposure,
                      design)
      .at.value;
}

double deviance_of(const CountData& data, const Vector& mean, double alpha) {
  Vector rows(data.y.size());
  for (Index i = 0; i < rows.size(); ++i) {
    const double y = data.y(i), m = mean(i);
    rows(i) = data.weights(i) *
              ((y > 0 ? y * std::log(y / m) : 0) - (y + 1 / alpha) * std::log1p(alpha * (y - m) / (1 + alpha * m)));
  }
  return 2 * pairwise_sum(rows.data(), static_cast<std::size_t>(rows.size()));
}

// From the bread and scores in (β, ln α) to those in (β, α).
void fill_parameters(Fit& fit, const Ascent& ascent) {
  const Index k = fit.k();
  const double alpha = std::exp(ascent.parameters(k));
  Vector scale = Vector::Ones(k + 1);
  scale(k) = alpha;
  fit.coefficients = ascent.parameters;
  fit.coefficients(k) = alpha;
  fit.names.emplace_back("alpha");
  fit.origins.emplace_back();
  fit.scales.push_back(ParameterScale::log);
  fit.scores = {std::make_shared<const Matrix>(ascent.at.scores * scale.cwiseInverse().asDiagonal()), std::nullopt};
  fit.bread = fit.unit_covariance = scale.asDiagonal() * inverse_definite(ascent.at.information) * scale.asDiagonal();
  count_degrees(fit, k + 1);
}

void fill_mean(Fit& fit, const CountData& data, const Ascent& ascent) {
  const Index k = data.X.cols();
  const double alpha = fit.coefficients(k);
  LinkedMean& linked = *fit.linked;
  linked.predictor = data.X * ascent.parameters.head(k) + data.offset;
  linked.mean = linked.predictor.unaryExpr(linked.inverse);
  for (Index i = 0; i < data.y.size(); ++i) {
    const double down = 1 + alpha * linked.mean(i);
    linked.information(i) = data.weights(i) * linked.mean(i) * (1 + alpha * data.y(i)) / (down * down);
  }
  linked.deviance = deviance_of(data, linked.mean, alpha);
  linked.iterations += ascent.steps;
  fit.likelihood = Likelihood{ascent.at.value};
  fit.goodness.rss = data.weights.dot((data.y - linked.mean).cwiseAbs2());
  fit.goodness.r_squared = 1 - fit.goodness.rss / fit.goodness.tss;
  fit.goodness.sigma2 = fit.goodness.rss / static_cast<double>(fit.df_residual);
}

}  // namespace

bool is_count(double y) { return y >= 0 && y <= kMostCount && y == std::floor(y); }

const MethodCard& negative_binomial_card() {
  static const MethodCard card{
      .name = "negative_binomial",
      .kind = "estimator",
      .question = "By how many per cent does a count differ with the drivers, where counts spread beyond their mean?",
      .avoid = "Not where only the mean is known to be right: ppml with robust errors needs no distribution.",
      .reference = "Cameron and Trivedi (2013) 3.3.1; equals statsmodels nb2, Stata nbreg",
      .supports = {"weights", "offsets", "unbalanced", "no_unit", "no_time"}};
  return card;
}

Fit fit_negative_binomial(const EstimatorInput& input) {
  require_outcome(input, is_count, "a whole number from 0 to 10,000,000; for others there is ppml");
  Fit fit = fit_linked(input, poisson_model());
  const Design& design = *fit.design;
  Matrix X(fit.n(), fit.k());
  for (Index j = 0; j < fit.k(); ++j) X.col(j) = design.X.col(*fit.origins[static_cast<std::size_t>(j)].column);
  const CountData data{X, design.y, design.offset.size() > 0 ? design.offset : Vector(Vector::Zero(fit.n())),
                       weights_or_ones(design.weights, fit.n())};
  const Ascent ascent = climb_counts(data, fit.coefficients, fit.linked->mean, design);
  fill_parameters(fit, ascent);
  fill_mean(fit, data, ascent);
  fit.linked->null_value = value_of_constant(data, design);
  return fit;
}

}  // namespace headwater
