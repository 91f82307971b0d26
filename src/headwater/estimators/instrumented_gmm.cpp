// Question: which coefficients set as many moments as there are instruments nearest to zero, when those of noisy rows
// count less?
// Model as in instrumented.cpp. Estimator: β minimises g(β)'S⁻¹g(β), g = Z'W(y − Xβ), S = Σ u u' over the sums u of
// z w e in rows or clusters, or with the products of a unit's periods up to `lag` apart in Newey and West's weights, e
// the residuals of two-stage least squares; not centred: β = (X'WZ S⁻¹ Z'WX)⁻¹ X'WZ S⁻¹ Z'Wy, and J = g'S⁻¹g. Degrees
// of freedom n − k − rank. Hansen (1982), th. 3.2; Wooldridge (2010), 8.3. Equals ivregress gmm to its 12 printed
// digits, linearmodels IVGMM to 1e-10.
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/estimators/instrumented_model.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

const Grouping& weighting_clusters(const Fit& fit) {
  if (fit.atoms.clusters.size() == 1) return fit.atoms.clusters.front();
  throw Error(ErrorKind::usage, "iv.weight",
              "GMM weighs by the sums of one way of clustering, and the covariance has " +
                  (fit.atoms.clusters.empty() ? std::string("none") : std::to_string(fit.atoms.clusters.size())) +
                  "; write covariance = cluster(one column), or weight = rows",
              {.key = "weight"});
}

Lags weighting_lags(const MethodCall& call, const Atoms& atoms) {
  const long lag = call.integer("lag", 0);
  if (atoms.time.count < 2)
    throw Error(ErrorKind::usage, "iv.lag",
                "weight = lags needs rows of at least two periods and the time key; these rows have none",
                {.key = "weight"});
  if (lag < 0 || lag >= atoms.time.count)
    throw Error(ErrorKind::usage, "iv.lag",
                "option 'lag' is " + std::to_string(lag) + " and the rows have " + std::to_string(atoms.time.count) +
                    " periods; the lag is 0 or more and below the number of periods",
                {.key = "lag"});
  return {lag, LagKernel::bartlett, calendar_positions(atoms.periods, atoms.time_step)};
}

Matrix lagged_covariance(const Lags& lags, const Matrix& moments, const Atoms& atoms) {
  const bool units = atoms.unit.count > 0;
  const Grouping cells = units ? intersection({&atoms.unit, &atoms.time}) : atoms.time;
  const SeriesSums series = series_of(sums_by(moments, cells), cells, units ? &atoms.unit : nullptr, atoms.time);
  return series.sums.transpose() * series.sums + lagged_products(series, lags);
}

}  // namespace

MomentWeighting moment_weighting(const MethodCall& call, const Fit& fit, Index moments) {
  const std::string weight = call.get("weight", fit.atoms.clusters.empty() ? "rows" : "clusters");
  if ((weight == "lags") != call.has("lag"))
    throw Error(ErrorKind::usage, "iv.lag",
                "weight = lags and the option lag go together; write iv = gmm, weight = lags, lag = 4", {.key = "lag"});
  if (weight == "lags") return {MomentWeight::lags, nullptr, weighting_lags(call, fit.atoms)};
  if (weight == "unadjusted") return {MomentWeight::unadjusted, nullptr, {}};
  if (weight != "clusters") return {MomentWeight::rows, nullptr, {}};
  const Grouping& clusters = weighting_clusters(fit);
  if (clusters.count < moments)
    throw Error(ErrorKind::identification, "iv.few_clusters",
                std::to_string(clusters.count) + " clusters of " + clusters.name + " cannot weigh " +
                    std::to_string(moments) + " moments; use iv = 2sls, or weight = rows");
  return {MomentWeight::clusters, &clusters, {}};
}

Matrix scaled_columns(Matrix Z) {
  for (Index j = 0; j < Z.cols(); ++j) Z.col(j) /= Z.col(j).norm();
  return Z;
}

Matrix moment_covariance(const MomentWeighting& weighting, const Matrix& Z, const Vector& residuals, const Fit& fit) {
  const Vector we = weighted(residuals, fit.weights);
  if (weighting.kind == MomentWeight::unadjusted)
    return residuals.dot(we) / static_cast<double>(residuals.size()) * cross_product(Z, fit.weights);
  const Matrix moments = Z.array().colwise() * we.array();
  if (weighting.kind == MomentWeight::lags) return lagged_covariance(weighting.lags, moments, fit.atoms);
  return cross_product(weighting.clusters ? sums_by(moments, *weighting.clusters) : moments, Vector());
}

Solution weighted_by(const Matrix& S, const Matrix& Z, const Instrumented& model, const Vector& weights,
                     Solution start) {
  Matrix weighted_X = model.X;
  if (weights.size() > 0) weighted_X.array().colwise() *= weights.array();
  start.columns = Z * solve_definite(S, Z.transpose() * weighted_X);
  start.bread = inverse_definite(start.columns.transpose() * weighted_X);
  start.unit_covariance = start.bread * cross_product(start.columns, weights) * start.bread;
  return start;
}

Solution two_step_gmm(const MethodCall& call, const Instrumented& model, const Fit& fit, const Vector& outcome,
                      const Solution& two_stage, std::optional<double>& objective) {
  const Matrix Z = scaled_columns(model.Z);
  const MomentWeighting weighting = moment_weighting(call, fit, Z.cols());
  const Matrix S = moment_covariance(weighting, Z, outcome - model.X * two_stage.coefficients, fit);
  Solution s = two_stage;
  if (weighting.kind != MomentWeight::unadjusted) {
    s = weighted_by(S, Z, model, fit.weights, two_stage);
    refine(s, model, outcome, fit.weights);
  }
  const Vector g = Z.transpose() * weighted(outcome - model.X * s.coefficients, fit.weights);
  objective = g.dot(solve_definite(S, g).col(0));
  return s;
}

}  // namespace headwater
