// A meat rule applied to any atom-indexed matrix, a small-sample profile, and degrees of freedom.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

struct Covariance {
  std::string type;        // "iid", "robust", "HC0", "cluster", "driscoll_kraay"
  std::string text;        // as used: "cluster(trust)"
  MethodCall rule;         // as used, with every option resolved
  std::string profile;     // "fixest"
  Names names;             // k
  Matrix matrix;           // k × k, with the factor
  double factor = 1;       // the small-sample factor on the meat
  double df = 0;           // of t and F; infinity for the normal distribution
  std::string arithmetic;  // one line, e.g. "G/(G−1) · (N−1)/(N−K) = 10/9 · 199/179; K = 1 slope + 19 year + 1"
  struct ClusterCount {
    std::string name;
    std::int64_t count;
  };
  std::vector<ClusterCount> clusters;
  double smallest_eigenvalue = 0;  // before any repair, relative to the largest
  Notes notes;                     // a repair, few clusters
};

// Σ over the rule's groups of (sum of ψ)(sum of ψ)', with the signs of inclusion–exclusion for several ways and
// Bartlett weights for driscoll_kraay. No small-sample factor. `psi` is atoms × p. iid is not a meat rule: see
// covariance().
Matrix meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms);

// The covariance of a fit under spec.covariance and spec.profile of its design, or under those given.
Covariance covariance(const Fit& fit);
Covariance covariance(const Fit& fit, const MethodCall& rule, const std::string& profile);

// The groupings a rule needs beyond unit and time, by column name: cluster(a, b) -> {a, b}.
std::vector<std::string> cluster_columns(const MethodCall& rule);
// What is used when none is asked: cluster(unit) with a unit key, else robust.
MethodCall default_covariance(const std::string& unit_column);

struct CovarianceRow {
  MethodCard card;
  Matrix (*meat)(const MethodCall& rule, const Matrix& psi, const Atoms& atoms);  // nullptr for iid
};
const std::vector<CovarianceRow>& covariances();
const std::vector<MethodCard>& profiles();

Tree describe(const Covariance& covariance);

// ---- the currency of uncertainty ----------------------------------------------------------------------------------

enum class UncertaintyKind { influence, model, draws, set, not_estimable };
const char* name(UncertaintyKind kind);

// Named numbers with their influence on atoms, in a small basis: V = c · J · meat(ψ) · J' + N.
struct Estimates {
  Names names;        // m items
  Vector values;      // m
  Matrix influence;   // atoms × b, the basis
  Matrix jacobian;    // m × b
  double factor = 1;  // c
  Matrix noise;       // m × m independent block, or empty
  UncertaintyKind kind = UncertaintyKind::influence;
  std::vector<bool> estimable;  // m, or empty: all; false prints "not estimable", never ±0
  // Basis columns that are influence of a fit's coefficients: under iid their block is the fit's own covariance
  // (coefficient_block, b₁ × b₁ for the first b₁ basis columns).
  Matrix coefficient_block;
};
// m × m joint covariance under a rule.
Matrix joint_covariance(const Estimates& estimates, const MethodCall& rule, const Atoms& atoms);

}  // namespace headwater
