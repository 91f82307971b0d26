// A meat rule applied to any atom-indexed matrix, a small-sample profile, and degrees of freedom.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/covariances/adjustment.hpp"
#include "headwater/covariances/contributions.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

// What a rule adds up before it squares: nothing (errors are independent and of one variance), single rows, clusters,
// the rows of a period, the rows of a unit with those of other periods, these and the rows of a period, or rows near
// one another.
enum class Gathers { nothing, rows, clusters, periods, series, series_and_periods, places };

struct Covariance {
  std::string type;  // "iid", "robust", "HC0", "cluster", "driscoll_kraay"
  std::string text;  // as used: "cluster(trust)"
  MethodCall rule;   // as used, with every option resolved
  Gathers gathers = Gathers::nothing;
  std::string profile;  // "fixest"
  Names names;          // k
  Matrix matrix;        // k × k, with the factor; NaN in the rows and columns of coefficients without an error
  double factor = 1;    // the small-sample factor on the meat
  double df = 0;        // of t and F where the contrast does not matter; infinity for the normal distribution
  std::shared_ptr<const ContrastDegrees> degrees;  // or null: df whatever is tested
  std::string arithmetic;  // one line, e.g. "G/(G-1) = 10/9 times (N-1)/(N-K) = 199/179; K = 1 slopes + 19 year + 1"
  struct ClusterCount {
    std::string name;
    std::int64_t count;
  };
  std::vector<ClusterCount> clusters;
  Names not_estimable;             // k: why a coefficient has no standard error, or ""
  double smallest_eigenvalue = 0;  // before any repair, relative to the largest
  Notes notes;                     // a repair, few clusters, what rests on a handful

  // Of a combination of coefficients; NaN where it takes one without an error. A variance that rounding took just
  // below zero is zero.
  double std_error(const Vector& contrast) const;
  double std_error(Index coefficient) const;
  // Of t for a combination of coefficients.
  double degrees_of_freedom(const Vector& contrast) const;
  double degrees_of_freedom(Index coefficient) const;
  // Of F for q combinations together, k × q: F = scale · (Wald statistic)/q with q and df degrees of freedom. Where
  // these depend on what is tested the statistic is Hotelling's, scaled (HTZ), and df NaN where too few clusters are
  // behind it.
  struct Joint {
    double scale, df;
  };
  Joint joint(const Matrix& contrasts) const;
  bool estimable(Index coefficient) const;
};

// One sum of squares of a rule: Σ_g u_g u_g' over the groups of one way of clustering or of one intersection of ways.
struct MeatTerm {
  double sign = 1;
  double groups = 0;
  Matrix sum;
};
// All of them: the meat is their signed sum, each times G/(G−1) of its own where a profile or the rule wants that.
struct Meat {
  std::vector<MeatTerm> terms;

  Matrix total(bool own_groups) const;
  // Σ |term| on the diagonal, from which cancellation is judged.
  Vector size() const;
};

// The sums of squares of a rule over `psi`, atoms × p. iid is not a meat rule: see covariance().
Meat meat_terms(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
// Their sum, without a small-sample factor but for groups = own.
Matrix meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms);

// What a rule makes of a fit before any small-sample factor, which profiles share.
struct RuleSums {
  Meat meat;
  Adjusted adjusted;  // without psi
  Vector rounding;    // k: what rounding alone can leave of a coefficient's score sums, from rounding_of_scores()
};
RuleSums sums_of(const Fit& fit, const MethodCall& rule);
// The same where the rounding, which no rule changes, is known.
RuleSums sums_of(const Fit& fit, const MethodCall& rule, const Vector& rounding);
// The influence of each atom on the coefficients after the rule's adjustment of scores, atoms × k.
Matrix influence(const Fit& fit, const MethodCall& rule);

// The covariance of a fit under spec.covariance and spec.profile of its design, or under those given.
Covariance covariance(const Fit& fit);
Covariance covariance(const Fit& fit, const MethodCall& rule, const std::string& profile);
// The same from sums of squares that are there already: profiles that differ by a factor share them.
Covariance covariance(const Fit& fit, const MethodCall& rule, const std::string& profile, const RuleSums& sums);

// The rule with its options under their names; throws Error{usage, "covariance.unknown"} with the nearest, and what
// named() throws.
MethodCall checked_rule(const MethodCall& rule);
Gathers gathers(const MethodCall& rule);
// The groupings a rule needs beyond unit and time, by column name: cluster(a, b) -> {a, b}.
std::vector<std::string> cluster_columns(const MethodCall& rule);
// Where each period stands among a rule's lags: in steps of time from the first, or by its rank with gaps = bridge.
std::vector<std::int64_t> lag_positions(const MethodCall& rule, const Atoms& atoms);
// What is used when none is asked: cluster(unit) with a unit key, else robust.
MethodCall default_covariance(const std::string& unit_column);
// The same with what the profile decides where the rule leaves it open: how many lags, the Earth's radius, whose
// G/(G−1).
MethodCall resolved_rule(const MethodCall& rule, const std::string& profile, const Atoms& atoms);

struct CovarianceRow {
  MethodCard card;
  Gathers gathers;
  bool factor;  // false: no small-sample factor at all
  Meat (*meat)(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);  // of iid: of rows
  Adjusted (*adjust)(const Fit& fit, const MethodCall& rule) = nullptr;  // of the scores; null: as they are
  // Of a fit's coefficients where the sums of squares take more than their scores; null: meat of the scores.
  Meat (*of_fit)(const Fit& fit, const MethodCall& rule) = nullptr;
  void (*check)(const MethodCall& rule) = nullptr;  // of what is required; throws Error{usage}
};
const std::vector<CovarianceRow>& covariances();
const CovarianceRow& covariance_row(const std::string& name);

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
