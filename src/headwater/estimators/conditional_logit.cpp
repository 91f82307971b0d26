// Question: when a regressor changes within a unit, how do the odds of a yes-or-no outcome change? Model: P(y_it = 1) =
// Λ(x_it'β + α_i + offset), α_i of any distribution. Estimator: maximum likelihood given the number m_i of ones of each
// unit, in which α_i cancels, so that few rows a unit cause no bias: ln L = Σ_i [Σ_t y_it η_it − ln Σ_{|S| = m_i} exp
// Σ_{t∈S} η_it]. The sum over subsets and its first two moments by recursion over rows, in which only positive numbers
// are added (Gail, Lubin and Rubinstein 1981); Newton's steps. Units whose outcome does not vary say nothing and are
// set aside. Atoms are units, clusters must contain them; the normal distribution; N − k with N the units. Chamberlain
// (1980), eq. 2.6. Equals R survival::clogit(method = "exact") and Stata clogit to 1e-10 on the reference cases.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/grouped_atoms.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/linked.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr int kMostConditionalSteps = 100;
constexpr double kConditionalSettled = 1e-24;  // g'H⁻¹g a unit

// The rows of one unit, its regressors about their means.
struct Stratum {
  Matrix X;
  Vector offset;
  Index taken = 0;           // rows in a subset: the ones, or the zeros where these are fewer
  double sign = 1;           // −1 where subsets are of zeros
  Vector chosen;             // Σ of the regressors over the rows observed in the subset
  double chosen_offset = 0;  // Σ of the offset over them
};

// Over all subsets of so many rows, weighted by exp Σ η: logarithm of the sum, mean and second moments of Σ x.
struct SubsetMoments {
  double log_sum = -INFINITY;
  Vector mean;
  Matrix second;
};

double log_add(double a, double b) {
  const double high = std::max(a, b);
  return std::isinf(high) ? high : high + std::log1p(std::exp(std::min(a, b) - high));
}

// Subsets with the row are those without it of one row less, and the row.
SubsetMoments with_row(const SubsetMoments& without, const SubsetMoments& smaller, const Vector& x, double predictor) {
  const double added = smaller.log_sum + predictor;
  if (std::isinf(added)) return without;
  SubsetMoments result;
  result.log_sum = log_add(without.log_sum, added);
  const double share = std::exp(added - result.log_sum);
  const Matrix crossed = smaller.mean * x.transpose();
  result.mean = (1 - share) * without.mean + share * (smaller.mean + x);
  result.second =
      (1 - share) * without.second + share * (smaller.second + crossed + crossed.transpose() + x * x.transpose());
  return result;
}

SubsetMoments subset_moments(const Stratum& stratum, const Vector& predictor) {
  const Index k = stratum.X.cols();
  std::vector<SubsetMoments> of_size(static_cast<std::size_t>(stratum.taken) + 1,
                                     {-INFINITY, Vector::Zero(k), Matrix::Zero(k, k)});
  of_size[0].log_sum = 0;
  for (Index t = 0; t < stratum.X.rows(); ++t) {
    const Vector x = stratum.X.row(t).transpose();
    for (Index m = std::min(stratum.taken, t + 1); m > 0; --m) {
      const auto at = static_cast<std::size_t>(m);
      of_size[at] = with_row(of_size[at], of_size[at - 1], x, predictor(t));
    }
  }
  return of_size.back();
}

struct ConditionalValue {
  double value = 0;
  Matrix scores;       // strata × k
  Matrix information;  // k × k
};

ConditionalValue conditional_at(const std::vector<Stratum>& strata, const Vector& beta) {
  ConditionalValue at{0, Matrix(static_cast<Index>(strata.size()), beta.size()),
                      Matrix::Zero(beta.size(), beta.size())};
  for (std::size_t g = 0; g < strata.size(); ++g) {
    const Stratum& stratum = strata[g];
    const Vector predictor = stratum.sign * (stratum.X * beta + stratum.offset);
    const SubsetMoments moments = subset_moments(stratum, predictor);
    at.value += stratum.sign * (stratum.chosen.dot(beta) + stratum.chosen_offset) - moments.log_sum;
    at.scores.row(static_cast<Index>(g)) = stratum.sign * (stratum.chosen - moments.mean).transpose();
    at.information += moments.second - moments.mean * moments.mean.transpose();
  }
  return at;
}

std::vector<Stratum> strata_of(const Design& design, const Matrix& X) {
  const Grouping& groups = design.effects.front().levels;
  std::vector<Stratum> strata;
  for (const std::vector<Index>& own : rows_by(groups)) {
    Stratum stratum;
    stratum.X = about_means(X(own, Eigen::all), {});
    stratum.offset = design.offset.size() > 0 ? Vector(design.offset(own)) : Vector::Zero(stratum.X.rows());
    const Vector y = design.y(own);
    const auto ones = static_cast<Index>(std::lround(y.sum()));
    const bool zeros = ones > y.size() - ones;
    stratum.taken = zeros ? y.size() - ones : ones;
    stratum.sign = zeros ? -1 : 1;
    const Vector in_subset = zeros ? Vector(1 - y.array()) : y;
    stratum.chosen = stratum.X.transpose() * in_subset;
    stratum.chosen_offset = stratum.offset.dot(in_subset);
    strata.push_back(std::move(stratum));
  }
  return strata;
}

struct ConditionalMaximum {
  Vector beta;
  ConditionalValue at;
  bool settled = false;
  int steps = 0;
};

ConditionalMaximum maximise_conditional(const std::vector<Stratum>& strata, Index k) {
  ConditionalMaximum maximum{Vector::Zero(k), {}, k == 0};
  maximum.at = conditional_at(strata, maximum.beta);
  while (!maximum.settled && maximum.steps++ < kMostConditionalSteps) {
    const Vector gradient = maximum.at.scores.colwise().sum().transpose();
    const Vector direction = solve_definite(maximum.at.information, gradient);
    maximum.settled = gradient.dot(direction) <= kConditionalSettled * static_cast<double>(strata.size());
    for (double length = 1; length > 1e-9; length /= 2) {
      const Vector next = maximum.beta + length * direction;
      ConditionalValue at = conditional_at(strata, next);
      if (!(at.value >= maximum.at.value - 1e-12 * std::abs(maximum.at.value))) continue;
      maximum.beta = next;
      maximum.at = std::move(at);
      break;
    }
  }
  return maximum;
}

void add_conditional_extras(Fit& fit, double null_value, int steps) {
  const auto add = [&](const std::string& key, double value, const std::string& description, const std::string& unit) {
    fit.extras[key] = {key, {}, {}, std::vector<double>{value}, description, unit};
  };
  add("log_likelihood", fit.likelihood->value, "log likelihood at the maximum", "1");
  add("log_likelihood_null", null_value, "log likelihood of the offset alone", "1");
  add("strata", static_cast<double>(fit.n()), "units whose outcome varies", "units");
  add("optimiser_iterations", steps, "Newton's steps", "iterations");
}

}  // namespace

const MethodCard& conditional_logit_card() {
  static const MethodCard card{
      .name = "conditional_logit",
      .kind = "estimator",
      .question = "When a driver changes within a trust, how do the odds of a yes-or-no outcome change?",
      .avoid = "Not for levels or predictions: the trusts' own effects cancel and are not estimated.",
      .reference = "Chamberlain (1980) eq. 2.6; equals survival::clogit exact, Stata clogit",
      .supports = {"effects", "offsets", "unbalanced", "no_time"}};
  return card;
}

Fit fit_conditional_logit(const EstimatorInput& input) {
  require_outcome(
      input, [](double y) { return y == 0 || y == 1; }, "0 or 1; for shares between them there is fractional_logit");
  require_one_effect(*input.design, "conditional_logit conditions on", ", or use logit");
  Separation separation;
  const auto design = std::make_shared<const Design>(without_separated(*input.design, logit_model(), separation));
  Transformed data = rows_as_they_are(*design);
  AbsorbedRows rows = absorb(data);
  Fit fit = started_fit(design, data, rows);
  const Matrix X = design->X(Eigen::all, identified(fit, data, rows));
  fit.atoms = atoms_by(*design, design->effects.front().levels, "likelihood");
  fit.effects.clear();
  fit.effects_rank = {};
  count_degrees(fit, X.cols());
  const std::vector<Stratum> strata = strata_of(*design, X);
  ConditionalMaximum maximum = maximise_conditional(strata, X.cols());
  if (!maximum.settled) refuse_climb(*design, "its steps did not settle");
  fit.coefficients = maximum.beta;
  fit.bread = fit.unit_covariance = inverse_definite(maximum.at.information);
  fit.scores = {std::make_shared<const Matrix>(maximum.at.scores), std::nullopt};
  fit.likelihood = Likelihood{maximum.at.value};
  const double none = std::nan("");
  fit.goodness = {none, none, none, none, none, none};
  add_conditional_extras(fit, conditional_at(strata, Vector::Zero(X.cols())).value, maximum.steps);
  tell_separation(fit, separation);
  return fit;
}

}  // namespace headwater
