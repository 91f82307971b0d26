#include "headwater/covariances/covariance.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kNegative = -1e-12;  // eigenvalue, relative to the largest, that counts as negative
constexpr int kFewClusters = 20;

const CovarianceRow& covariance_row(const std::string& wanted) {
  Names known;
  for (const CovarianceRow& row : covariances()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  const std::string near = nearest(wanted, known);
  throw Error(ErrorKind::usage, "covariance.unknown",
              "there is no covariance '" + wanted + "'" +
                  (near.empty() ? "; known are " + joined(known, ", ") : "; did you mean '" + near + "'?"));
}

MethodCall with_default_lag(MethodCall rule, const std::string& profile, const Atoms& atoms) {
  if (rule.method != "driscoll_kraay" || rule.has("lag")) return rule;
  const long lag = default_lag(profile, atoms.time.count);
  rule.arguments.emplace_back("lag", std::to_string(lag));
  rule.text = "driscoll_kraay(lag = " + std::to_string(lag) + ")";
  return rule;
}

// Several ways of clustering can leave a negative variance: negative eigenvalues of the correlation-scaled matrix then
// go to zero. A matrix that is indefinite with every variance positive stays as it is, as in fixest, plm and sandwich.
void repair(Covariance& covariance) {
  const Index k = covariance.matrix.rows();
  if (k == 0) return;
  Vector scale(k);
  for (Index i = 0; i < k; ++i) {
    const double variance = std::abs(covariance.matrix(i, i));
    scale(i) = variance > 0 ? std::sqrt(variance) : 1;
  }
  const Matrix scaled = scale.cwiseInverse().asDiagonal() * covariance.matrix * scale.cwiseInverse().asDiagonal();
  const SymmetricEigen eigen = symmetric_eigen(scaled);
  const double largest = std::max(eigen.values.maxCoeff(), 0.0);
  covariance.smallest_eigenvalue = largest > 0 ? eigen.values.minCoeff() / largest : 0;
  if (covariance.smallest_eigenvalue >= kNegative) return;
  const std::string found = covariance.text + " is not positive semi-definite (smallest eigenvalue " +
                            significant(covariance.smallest_eigenvalue, 2) + " of the largest)";
  if ((covariance.matrix.diagonal().array() >= 0).all()) {
    covariance.notes.push_back(
        {"covariance.indefinite", found + ": errors of single coefficients stand, but a combination of "
                                          "them may have none; the clusters may be too few"});
    return;
  }
  const Vector clipped = eigen.values.cwiseMax(0);
  covariance.matrix =
      scale.asDiagonal() * (eigen.vectors * clipped.asDiagonal() * eigen.vectors.transpose()) * scale.asDiagonal();
  covariance.notes.push_back(
      {"covariance.not_positive", found + " and a variance is negative: negative eigenvalues were set to "
                                          "zero; the clusters may be too few"});
}

void note_few_clusters(Covariance& covariance) {
  for (const auto& cluster : covariance.clusters)
    if (cluster.count < kFewClusters)
      covariance.notes.push_back({"covariance.few_clusters",
                                  "there are only " + std::to_string(cluster.count) + " clusters of " + cluster.name +
                                      ": cluster-robust errors are then often too small, read intervals with caution"});
}

}  // namespace

std::vector<std::string> cluster_columns(const MethodCall& rule) {
  return rule.method == "cluster" ? rule.positional() : std::vector<std::string>{};
}

MethodCall default_covariance(const std::string& unit_column) {
  return parse_method_call(unit_column.empty() ? std::string("robust") : "cluster(" + unit_column + ")");
}

Matrix meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms) {
  const CovarianceRow& row = covariance_row(rule.method);
  check_options(rule, row.card);
  return row.meat ? row.meat(rule, psi, atoms) : robust_meat(rule, psi, atoms);
}

Covariance covariance(const Fit& fit) { return covariance(fit, fit.design->spec.covariance, fit.design->spec.profile); }

Covariance covariance(const Fit& fit, const MethodCall& asked, const std::string& profile) {
  check_profile(profile);
  Covariance result;
  result.rule = with_default_lag(asked, profile, fit.atoms);
  check_options(result.rule, covariance_row(result.rule.method).card);
  result.type = result.rule.method;
  result.text = result.rule.text;
  result.profile = profile;
  result.names = fit.names;
  const bool clustered = result.type == "cluster";
  const std::vector<const Grouping*> clusters =
      clustered ? cluster_groupings(result.rule, fit.atoms) : std::vector<const Grouping*>{};
  for (const Grouping* cluster : clusters) result.clusters.push_back({cluster->name, cluster->count});
  const SmallSample small = small_sample(fit, result.rule, profile, clusters);
  result.factor = small.factor;
  result.df = small.df;
  result.arithmetic = small.arithmetic;
  if (result.type != "iid") {
    result.matrix = small.factor * meat(result.rule, influence(fit), fit.atoms);
  } else if (fit.likelihood) {
    result.matrix = fit.bread;
    result.factor = 1;
    result.arithmetic = "inverse of the observed information";
  } else {
    result.matrix = small.factor * fit.goodness.rss / static_cast<double>(fit.n()) * fit.bread;
  }
  if (fit.likelihood) result.df = std::numeric_limits<double>::infinity();
  result.matrix = 0.5 * (result.matrix + result.matrix.transpose()).eval();
  repair(result);
  note_few_clusters(result);
  return result;
}

const std::vector<CovarianceRow>& covariances() {
  static const std::vector<CovarianceRow> rows = {
      {{.name = "iid",
        .kind = "covariance",
        .question = "How uncertain are the coefficients if all errors are independent with one variance?",
        .avoid = "Not for panels: errors of a trust go together over time.",
        .reference = "σ²(X'X)⁻¹"},
       nullptr},
      {{.name = "robust",
        .kind = "covariance",
        .question = "How uncertain are they if variances differ from row to row (HC1)?",
        .avoid = "Not when rows of a unit go together over time.",
        .reference = "White (1980), with N/(N-K)"},
       robust_meat},
      {{.name = "HC0",
        .kind = "covariance",
        .question = "How uncertain are they if variances differ, without a small-sample factor?",
        .avoid = "Not in small samples: too small.",
        .reference = "White (1980)"},
       robust_meat},
      {{.name = "cluster",
        .kind = "covariance",
        .question = "How uncertain are they if errors within a cluster go together in any way? Any number of ways.",
        .avoid = "Not with fewer than about 20 clusters without a bootstrap.",
        .reference = "Liang and Zeger (1986); Cameron, Gelbach and Miller (2011)",
        .options = {{"groups", "choice: min | own", "min", "G/(G-1) of the fewest clusters, or of each way its own"}}},
       cluster_meat},
      {{.name = "driscoll_kraay",
        .kind = "covariance",
        .question = "How uncertain are they if shocks hit all trusts of a period together and last a few periods?",
        .avoid = "Not with few periods: it averages over time.",
        .reference = "Driscoll and Kraay (1998)",
        .options = {{"lag", "integer", "", "periods a shock lasts; by default the profile's rule"}}},
       driscoll_kraay_meat},
  };
  return rows;
}

const char* name(UncertaintyKind kind) {
  switch (kind) {
    case UncertaintyKind::influence: return "influence";
    case UncertaintyKind::model: return "model";
    case UncertaintyKind::draws: return "draws";
    case UncertaintyKind::set: return "set";
    case UncertaintyKind::not_estimable: return "not estimable";
  }
  return "influence";
}

// Under iid the coefficients' own block is known exactly; what else is in the basis (means) gets its sum of squares,
// and the two are uncorrelated because errors are mean-independent of the regressors.
Matrix joint_covariance(const Estimates& estimates, const MethodCall& rule, const Atoms& atoms) {
  Matrix inner = meat(rule, estimates.influence, atoms);
  const Index b = estimates.coefficient_block.rows();
  if (rule.method == "iid" && b > 0) {
    inner.topRows(b).setZero();
    inner.leftCols(b).setZero();
    inner.topLeftCorner(b, b) = estimates.coefficient_block / estimates.factor;
  }
  Matrix joint = estimates.factor * estimates.jacobian * inner * estimates.jacobian.transpose();
  if (estimates.noise.size() > 0) joint += estimates.noise;
  return 0.5 * (joint + joint.transpose());
}

Tree describe(const Covariance& covariance) {
  Tree tree;
  tree.attribute("covariance", covariance.text);
  tree.attribute("covariance_type", covariance.type);
  tree.attribute("profile", covariance.profile);
  tree.attribute("arithmetic", covariance.arithmetic);
  tree.matrix("vcov", "term", "term_2", covariance.matrix,
              "covariance of the coefficients, small-sample factor included", "outcome² per regressor²");
  tree.scalar("df", covariance.df, "degrees of freedom of t and F (infinite: normal)", "degrees of freedom");
  tree.scalar("factor", covariance.factor, "small-sample factor on the meat");
  tree.scalar("smallest_eigenvalue", covariance.smallest_eigenvalue, "before any repair, relative to the largest");
  Names names;
  std::vector<std::int64_t> counts;
  for (const auto& cluster : covariance.clusters) {
    names.push_back(cluster.name);
    counts.push_back(cluster.count);
  }
  tree.axis("cluster", names, "ways of clustering");
  tree.integers("cluster_count", "cluster", counts, "clusters", "clusters");
  return tree;
}

}  // namespace headwater
