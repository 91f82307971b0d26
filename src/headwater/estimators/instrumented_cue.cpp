// Question: as of GMM (instrumented_gmm.cpp), where the weights too answer to the coefficients, so that the result does
// not depend on how the moments are scaled and is less biased where instruments are many or weak.
// Model as in instrumented.cpp. Estimator: β minimises J(β) = g(β)'S(β)⁻¹g(β) with S at β itself. With λ = S⁻¹g and t =
// z'λ of a row, dJ/dβ = −2 Σ w x t (1 − Σ t w e), the inner sum over the row's cluster, or the row alone; under equal
// variances −2 Σ w x (t − e J/e'We), whose minimum is LIML's. The minimum need not be the only one: it is sought by
// BFGS from two-stage least squares, LIML, two-step GMM and from points 3 and 10 standard errors to either side of each
// endogenous coefficient; the lowest is taken, others are told, and so is an objective that falls towards infinity.
// Covariance (X'WZ S⁻¹ Z'WX)⁻¹ as ivreg2's and linearmodels'; the scores sum to zero but for S's own derivative.
// Degrees of freedom n − k − rank. Hansen, Heaton and Yaron (1996), 2.3. Equals linearmodels' IVGMMCUE(center = False)
// to 1e-7 and LIML to
// 1e-9.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/estimators/instrumented_model.hpp"
#include "headwater/linalg/optimiser.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kAway[] = {3, 10};    // standard errors from two-stage least squares, either side
constexpr double kOffTheMap = 100;     // standard errors: the objective falls towards infinity
constexpr double kSameMinimum = 1e-3;  // standard errors
constexpr int kPolish = 30;
constexpr double kLower = 1e-6;  // of J, relative to 1 + J

// J in standard errors of two-stage least squares from its coefficients.
class CueObjective {
 public:
  CueObjective(const Instrumented& model, const Fit& fit, const Vector& outcome, const MomentWeighting& weighting,
               const Solution& origin)
      : model_(model),
        fit_(fit),
        weights_(fit.weights),
        outcome_(outcome),
        weighting_(weighting),
        Z_(scaled_columns(model.Z)) {
    const Vector e = outcome - model.X * origin.coefficients;
    const double sigma2 = e.dot(weighted(e, weights_)) / static_cast<double>(e.size());
    origin_ = origin.coefficients;
    unit_ = (sigma2 * origin.bread.diagonal()).cwiseSqrt();
  }

  // Of the objective in the coefficients themselves.
  Vector slope(const Vector& steps) const {
    Vector gradient;
    (*this)(steps, gradient);
    return gradient.cwiseQuotient(unit_);
  }

  Vector coefficients(const Vector& steps) const { return origin_ + unit_.cwiseProduct(steps); }
  Vector steps(const Vector& coefficients) const { return (coefficients - origin_).cwiseQuotient(unit_); }
  const Matrix& instruments() const { return Z_; }
  Matrix weight_at(const Vector& steps) const {
    return moment_covariance(weighting_, Z_, outcome_ - model_.X * coefficients(steps), fit_);
  }

  double operator()(const Vector& steps, Vector& gradient) const {
    const Vector e = outcome_ - model_.X * coefficients(steps), we = weighted(e, weights_);
    const Vector g = Z_.transpose() * we;
    const Vector lambda = solve_definite(weight_at(steps), g).col(0);
    const double J = g.dot(lambda);
    const Vector t = Z_ * lambda;
    Vector pull = t;
    if (weighting_.kind == MomentWeight::unadjusted) {
      pull -= J / e.dot(we) * e;
    } else {
      const Vector own = t.cwiseProduct(we);
      const Vector sums =
          weighting_.clusters ? Vector(sums_by(own, *weighting_.clusters).col(0)(weighting_.clusters->code)) : own;
      pull = t.cwiseProduct(Vector::Ones(t.size()) - sums);
    }
    gradient = -2 * unit_.cwiseProduct(model_.X.transpose() * weighted(pull, weights_));
    return J;
  }

 private:
  const Instrumented& model_;
  const Fit& fit_;
  const Vector& weights_;
  const Vector& outcome_;
  MomentWeighting weighting_;
  Matrix Z_;
  Vector origin_, unit_;
};

// Points beside two-stage least squares: one endogenous coefficient moved, the others as they go with it.
std::vector<Vector> points_beside(const Instrumented& model, const CueObjective& objective, const Solution& two_stage) {
  std::vector<Vector> points;
  const Index lead = static_cast<Index>(model.exogenous.size());
  for (Index j = lead; j < model.X.cols(); ++j) {
    const Vector along =
        objective.steps(two_stage.coefficients + two_stage.bread.col(j) / std::sqrt(two_stage.bread(j, j)));
    for (const double away : kAway)
      for (const double side : {-away, away}) points.push_back(side / along(j) * along);
  }
  return points;
}

std::string at_words(const Instrumented& model, const Vector& coefficients) {
  std::vector<std::string> words;
  for (std::size_t j = model.exogenous.size(); j < model.regressors.size(); ++j)
    words.push_back(model.regressors[j] + " = " + significant(coefficients(static_cast<Index>(j)), 4));
  return joined(words, ", ");
}

struct Minima {
  std::vector<Minimum> found;          // each once, the lowest first
  std::optional<Minimum> off_the_map;  // lower than all of them
  std::size_t starts = 0;
};

bool bounded(const Minimum& m) { return m.converged && m.parameters.cwiseAbs().maxCoeff() < kOffTheMap; }

Minima minima_from(const CueObjective& objective, const std::vector<Vector>& starts) {
  Minima minima;
  std::vector<Minimum> all;
  for (const Vector& start : starts)
    all.push_back(minimise([&](const Vector& x, Vector& gradient) { return objective(x, gradient); }, start,
                           "continuously updated GMM"));
  std::stable_sort(all.begin(), all.end(), [](const Minimum& a, const Minimum& b) { return a.value < b.value; });
  for (const Minimum& m : all) {
    const bool known = std::any_of(minima.found.begin(), minima.found.end(), [&](const Minimum& other) {
      return (other.parameters - m.parameters).cwiseAbs().maxCoeff() < kSameMinimum;
    });
    if (bounded(m) && !known) minima.found.push_back(m);
  }
  minima.starts = starts.size();
  if (minima.found.empty()) return minima;
  const double lowest = minima.found.front().value;
  if (!bounded(all.front()) && all.front().value < lowest - kLower * (1 + lowest)) minima.off_the_map = all.front();
  return minima;
}

// Newton steps with the curvature of efficient GMM, for the digits that an optimiser's tolerance leaves: as long as
// each halves the slope.
Vector polished(const CueObjective& objective, Vector steps, const Matrix& bread) {
  const auto size = [&](const Vector& slope) { return std::sqrt(slope.dot(bread * slope)); };
  Vector slope = objective.slope(steps);
  for (int pass = 0; pass < kPolish; ++pass) {
    const Vector next = objective.steps(objective.coefficients(steps) - bread * slope / 2);
    const Vector there = objective.slope(next);
    if (!(size(there) < size(slope) / 2)) break;
    steps = next;
    slope = there;
  }
  return steps;
}

Notes notes_on(const Minima& minima, const Instrumented& model, const CueObjective& objective) {
  const auto place = [&](const Minimum& m) {
    return "J = " + significant(m.value, 4) + " at " + at_words(model, objective.coefficients(m.parameters));
  };
  Notes notes;
  if (minima.found.size() > 1) {
    std::vector<std::string> others;
    for (std::size_t i = 1; i < minima.found.size(); ++i) others.push_back(place(minima.found[i]));
    notes.push_back({"iv.cue_minima", "the objective of continuously updated GMM has " +
                                          std::to_string(minima.found.size()) + " minima: the lowest, " +
                                          place(minima.found.front()) + ", is reported; the others are " +
                                          joined(others, "; ") + ". Read the Anderson-Rubin test beside it"});
  }
  if (minima.off_the_map)
    notes.push_back({"iv.cue_unbounded",
                     "the objective of continuously updated GMM is lower far away, " + place(*minima.off_the_map) +
                         ", than at the minimum that is reported, " + place(minima.found.front()) +
                         ": the instruments do not bound the coefficients, and errors and intervals are not to be "
                         "relied on"});
  return notes;
}

}  // namespace

Solution continuously_updated(const MethodCall& call, const Instrumented& model, const Fit& fit, const Vector& outcome,
                              const Solution& two_stage, const Vector& liml, std::optional<double>& objective) {
  const MomentWeighting weighting = moment_weighting(call, fit, model.Z.cols());
  if (weighting.kind == MomentWeight::lags)
    throw Error(ErrorKind::usage, "iv.weight",
                "iv = cue weighs moments by unadjusted, rows or clusters, and weight is lags; use iv = gmm",
                {.key = "weight"});
  const CueObjective J(model, fit, outcome, weighting, two_stage);
  std::optional<double> two_step_objective;
  const Solution two_step = two_step_gmm(call, model, fit, outcome, two_stage, two_step_objective);
  std::vector<Vector> starts = points_beside(model, J, two_stage);
  for (const Vector& own : {two_step.coefficients, liml, two_stage.coefficients})
    starts.insert(starts.begin(), J.steps(own));
  const Minima minima = minima_from(J, starts);
  if (minima.found.empty())
    throw Error(ErrorKind::identification, "iv.cue_no_minimum",
                "no minimum of the objective of continuously updated GMM is found from " +
                    std::to_string(minima.starts) + " starting values: the instruments of " +
                    at_words(model, two_stage.coefficients) +
                    " (two-stage least squares) do not bound the coefficients; use iv = 2sls and read the "
                    "Anderson-Rubin test");
  const auto weighed_at = [&](const Vector& steps) {
    Solution own = two_stage;
    own.coefficients = J.coefficients(steps);
    return weighted_by(J.weight_at(steps), J.instruments(), model, fit.weights, std::move(own));
  };
  const Vector& found = minima.found.front().parameters;
  Solution s = weighed_at(polished(J, found, weighed_at(found).bread));
  s.notes = notes_on(minima, model, J);
  if (minima.off_the_map) s.status = Status::not_converged;
  objective = minima.found.front().value;
  return s;
}

}  // namespace headwater
