// Maximum likelihood of one random effect: with r = σ²_u/σ²_e, V = I + r DD' and rss(r) the quasi-demeaned sum of
// squares at β(r), the likelihood left of r is −n/2 (log(2π rss/n) + 1) − ½ Σ_i log(1 + r n_i). Its derivative is
// ½ (n Σ_i (Σ_t e_it)²/(1 + r n_i)²/rss − Σ_i n_i/(1 + r n_i)). A grid of the share r n̄/(1 + r n̄) finds the highest of
// its peaks, bisection of the derivative the peak to rounding; σ²_e = rss/n there. Breusch (1987), eq. 11–13. Equals
// R nlme::lme(method = "ML") to the digits its optimiser keeps (1e-6 of r, 1e-9 of the likelihood).
#include <algorithm>
#include <cmath>

#include "headwater/estimators/error_components.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kTwoPi = 6.28318530717958647693;
constexpr int kShares = 100;  // of the grid
constexpr int kFar = 12;      // further points, towards a share of 1

struct At {
  double value = 0;  // of the log likelihood
  double slope = 0;  // in r
  double rss = 0;
};

// What the likelihood needs of the data: rows less their group's mean, and the means.
class OneEffect {
 public:
  explicit OneEffect(const ComponentData& data)
      : groups_(data.groups.front()), size_(level_sizes(groups_)), n_(static_cast<double>(data.n())) {
    const LeastSquares pooled = least_squares(data.levels.X, data.levels.y, Vector());
    X_ = data.levels.X(Eigen::all, pooled.kept);
    y_ = pooled.residuals;  // the same likelihood, without the digits of the levels
    means_ = sums_by(X_, groups_).array().colwise() / size_.array();
    outcome_means_ = sums_by(y_, groups_).col(0).cwiseQuotient(size_);
    X_ -= on_rows(means_, groups_);
    y_ -= on_rows(outcome_means_, groups_);
    inner_ = X_.transpose() * X_;
    crossed_ = X_.transpose() * y_;
  }

  At operator()(double ratio) const {
    const Vector spread = (ratio * size_).array() + 1;
    const Vector mass = size_.cwiseQuotient(spread);
    const Matrix weighed = means_.array().colwise() * mass.array();
    const Vector beta =
        solve_definite(inner_ + means_.transpose() * weighed, crossed_ + weighed.transpose() * outcome_means_);
    const Vector e = outcome_means_ - means_ * beta;
    At at;
    at.rss = (y_ - X_ * beta).squaredNorm() + e.cwiseAbs2().dot(mass);
    at.value = -0.5 * n_ * (std::log(kTwoPi * at.rss / n_) + 1) - 0.5 * spread.array().log().sum();
    at.slope = 0.5 * (n_ * e.cwiseAbs2().dot(mass.cwiseAbs2()) / at.rss - mass.sum());
    return at;
  }

  double ratio_of(double share) const { return share / (1 - share) * static_cast<double>(size_.size()) / n_; }

 private:
  const Grouping& groups_;
  Vector size_;
  double n_;
  Matrix X_, means_, inner_;
  Vector y_, outcome_means_, crossed_;
};

std::vector<double> grid_of_ratios(const OneEffect& model) {
  std::vector<double> ratios;
  for (int j = 0; j < kShares; ++j) ratios.push_back(model.ratio_of(j / static_cast<double>(kShares)));
  for (int j = 0; j < kFar; ++j) ratios.push_back(model.ratio_of(1 - std::pow(10, -2.5 - 0.5 * j)));
  return ratios;
}

// Where the derivative passes zero between two ratios.
double crossing_of(const OneEffect& model, double low, double high) {
  for (int step = 0; step < 200 && high - low > 1e-15 * high; ++step) {
    const double middle = 0.5 * (low + high);
    (model(middle).slope > 0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double best_ratio(const OneEffect& model) {
  const std::vector<double> ratios = grid_of_ratios(model);
  std::size_t best = 0;
  std::vector<At> at;
  for (const double ratio : ratios) at.push_back(model(ratio));
  for (std::size_t j = 1; j < at.size(); ++j)
    if (at[j].value > at[best].value) best = j;
  if (best == 0 && at[0].slope <= 0) return 0;
  const bool up = at[best].slope > 0;
  const std::size_t other = up ? std::min(best + 1, ratios.size() - 1) : best - 1;
  return crossing_of(model, ratios[std::min(best, other)], ratios[std::max(best, other)]);
}

}  // namespace

MaximumLikelihood maximum_likelihood(const ComponentData& data) {
  within_step(data);  // refuses data without variance of their own within the effect
  const OneEffect model(data);
  const double ratio = best_ratio(model);
  const At at = model(ratio);
  MaximumLikelihood result;
  result.components.own = at.rss / static_cast<double>(data.n());
  result.components.effects = result.components.unbounded = Vector::Constant(1, ratio * result.components.own);
  result.log_likelihood = at.value;
  result.log_likelihood_pooled = model(0).value;
  return result;
}

}  // namespace headwater
