#include "headwater/covariances/covariance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/error_variance.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/covariances/soundness.hpp"

namespace headwater {
namespace {

constexpr int kFewClusters = 20;
constexpr double kOwnCluster = 0.9;       // clusters for each row from which nearly every row is one of its own
constexpr double kNegativeShare = 1e-12;  // a variance below minus this share of its terms is negative

void note_few_clusters(Covariance& covariance) {
  if (covariance_row(covariance.type).adjust && covariance.degrees) return;  // these count for it
  for (const auto& cluster : covariance.clusters)
    if (cluster.count < kFewClusters)
      covariance.notes.push_back({"covariance.few_clusters",
                                  (cluster.count == 1 ? "there is only " : "there are only ") +
                                      counted(cluster.count, "cluster") + " of " + cluster.name +
                                      ": cluster-robust errors are then often too small, read intervals with caution"});
}

// Clusters of a measure, such as cluster(agency_share): hardly two rows share a value. Units that are seen once are
// clusters of one row by nature.
void note_clusters_of_one(Covariance& covariance, const Atoms& atoms) {
  for (const auto& cluster : covariance.clusters)
    if (cluster.name != atoms.unit.name &&
        static_cast<double>(cluster.count) > kOwnCluster * static_cast<double>(atoms.n))
      covariance.notes.push_back(
          {"covariance.clusters_of_one",
           "nearly every row is a cluster of its own (" + thousands(cluster.count) + " of " + cluster.name + " in " +
               counted(atoms.n, "row") + "), so " + covariance.text +
               " allows for no dependence between rows; cluster by a column of groups, such as the unit"});
}

// Lags that go by time where all units miss a period: said, because other programs go by rank.
void note_missing_periods(Covariance& covariance, const Atoms& atoms) {
  if (atoms.time.count == 0 || covariance.rule.integer("lag", 0) == 0) return;
  const std::vector<std::int64_t> position = lag_positions(covariance.rule, atoms);
  const std::int64_t missing = position.back() + 1 - static_cast<std::int64_t>(position.size());
  if (missing > 0)
    covariance.notes.push_back(
        {"covariance.missing_periods",
         "no row has " + counted(missing, "period") + " between the first and the last; the lags of " +
             covariance.text +
             " go by time across them (gaps = bridge goes by rank, as fixest, plm and linearmodels do)"});
}

MethodCall with_option(MethodCall rule, const std::string& key, const std::string& value) {
  rule.arguments.emplace_back(key, value);
  const bool first = rule.arguments.size() == 1;
  rule.text = first ? rule.method + "(" + key + " = " + value + ")"
                    : rule.text.substr(0, rule.text.rfind(')')) + ", " + key + " = " + value + ")";
  return rule;
}

// An option of the rule's that is left open.
bool lacks(const MethodCall& rule, std::string_view option) {
  const std::vector<OptionCard>& options = covariance_row(rule.method).card.options;
  return !rule.has(option) &&
         std::any_of(options.begin(), options.end(), [&](const OptionCard& card) { return card.name == option; });
}

void fill_matrix(Covariance& result, const Fit& fit, const RuleSums& sums) {
  if (fit.k() == 0) return;
  const Meat& meat = sums.meat;
  Vector size = Vector::Zero(fit.k());
  if (result.gathers != Gathers::nothing) {
    result.matrix = result.factor * meat.total(result.rule.get("groups", "min") == "own");
    size = result.factor * meat.size();
  } else if (fit.linked) {
    result.matrix = result.factor * fit.unit_covariance;
  } else if (fit.equal_errors) {
    result.matrix = fit.equal_errors->covariance;
    result.factor = 1;
    result.arithmetic = fit.equal_errors->arithmetic;
  } else if (fit.likelihood) {
    result.matrix = fit.unit_covariance;
    result.factor = 1;
    result.arithmetic = "inverse of the observed information";
  } else {
    result.matrix = error_variance(fit, result.factor) * fit.unit_covariance;
    if (by_own_variance(fit)) result.arithmetic = "estimated variance of the rows' own errors";
  }
  make_sound(result, fit, size, sums.rounding);
}

}  // namespace

MethodCall resolved_rule(const MethodCall& asked, const std::string& profile_name, const Atoms& atoms) {
  const ProfileRow& profile = profile_row(profile_name);
  MethodCall rule = checked_rule(asked);
  if (lacks(rule, "lag"))
    rule = with_option(std::move(rule), "lag", std::to_string(profile.lag(static_cast<double>(atoms.time.count))));
  if (lacks(rule, "radius") && rule.get("distance") != "flat")
    rule = with_option(std::move(rule), "radius", shortest(profile.earth_radius));
  if (gathers(rule) == Gathers::clusters && profile.own_groups && cluster_columns(rule).size() > 1 &&
      !rule.has("groups"))
    return with_option(std::move(rule), "groups", "own");
  return rule;
}

Covariance covariance(const Fit& fit) { return covariance(fit, fit.design->spec.covariance, fit.design->spec.profile); }

Covariance covariance(const Fit& fit, const MethodCall& asked, const std::string& profile) {
  const MethodCall rule = resolved_rule(asked, profile, fit.atoms);
  return covariance(fit, rule, profile, sums_of(fit, rule));
}

RuleSums sums_of(const Fit& fit, const MethodCall& rule) {
  const bool adds_up = covariance_row(rule.method).gathers != Gathers::nothing;
  return sums_of(fit, rule, adds_up ? rounding_of_scores(fit) : Vector());
}

RuleSums sums_of(const Fit& fit, const MethodCall& rule, const Vector& rounding) {
  const CovarianceRow& row = covariance_row(rule.method);
  if (row.gathers == Gathers::nothing || fit.k() == 0) return {};
  RuleSums sums;
  sums.rounding = rounding;
  if (row.adjust) sums.adjusted = row.adjust(fit, rule);
  const Matrix adjusted = std::move(sums.adjusted.psi);
  const Contributions psi = row.adjust ? Contributions(adjusted) : Contributions(fit);
  sums.meat = row.of_fit ? row.of_fit(fit, rule) : meat_terms(rule, psi, fit.atoms);
  return sums;
}

Matrix influence(const Fit& fit, const MethodCall& rule) {
  const CovarianceRow& row = covariance_row(rule.method);
  return row.adjust ? row.adjust(fit, checked_rule(rule)).psi : influence(fit);
}

Covariance covariance(const Fit& fit, const MethodCall& asked, const std::string& profile, const RuleSums& sums) {
  Covariance result;
  result.rule = resolved_rule(asked, profile, fit.atoms);
  result.type = result.rule.method;
  result.text = result.rule.text;
  result.gathers = gathers(result.rule);
  result.profile = profile;
  result.names = fit.names;
  result.not_estimable.resize(fit.names.size());
  const std::vector<const Grouping*> clusters =
      result.gathers == Gathers::clusters ? cluster_groupings(result.rule, fit.atoms) : std::vector<const Grouping*>{};
  for (const Grouping* cluster : clusters) result.clusters.push_back({cluster->name, cluster->count});
  SmallSample small = small_sample(fit, result.rule, profile_row(profile), clusters);
  result.factor = small.factor;
  result.df = fit.likelihood ? std::numeric_limits<double>::infinity() : small.df;
  result.arithmetic = std::move(small.arithmetic);
  result.notes = std::move(small.notes);
  result.degrees = sums.adjusted.degrees;
  if (!sums.adjusted.arithmetic.empty()) result.arithmetic = sums.adjusted.arithmetic;
  merge(result.notes, sums.adjusted.notes);
  fill_matrix(result, fit, sums);
  note_few_clusters(result);
  note_clusters_of_one(result, fit.atoms);
  note_missing_periods(result, fit.atoms);
  return result;
}

double Covariance::std_error(const Vector& contrast) const {
  std::vector<Index> touched;
  for (Index j = 0; j < contrast.size(); ++j)
    if (contrast(j) != 0) touched.push_back(j);
  const Vector c = contrast(touched);
  const Matrix V = matrix(touched, touched);
  const double variance = c.dot(V * c), size = c.cwiseAbs().dot(V.cwiseAbs() * c.cwiseAbs());
  if (!(variance >= -kNegativeShare * size)) return std::nan("");
  return std::sqrt(std::max(0.0, variance));
}

double Covariance::std_error(Index coefficient) const {
  const double variance = matrix(coefficient, coefficient);
  return std::isnan(variance) ? variance : std::sqrt(std::max(0.0, variance));
}

double Covariance::degrees_of_freedom(const Vector& contrast) const {
  return degrees && !std::isnan(std_error(contrast)) ? degrees->of(contrast) : df;
}

double Covariance::degrees_of_freedom(Index coefficient) const {
  return degrees_of_freedom(Vector::Unit(matrix.rows(), coefficient));
}

Covariance::Joint Covariance::joint(const Matrix& contrasts) const {
  if (!degrees) return {1, df};
  const double less = static_cast<double>(contrasts.cols() - 1), eta = degrees->of(contrasts);
  return eta > less ? Joint{(eta - less) / eta, eta - less} : Joint{std::nan(""), std::nan("")};
}

bool Covariance::estimable(Index coefficient) const {
  return not_estimable[static_cast<std::size_t>(coefficient)].empty();
}

Tree describe(const Covariance& covariance) {
  Tree tree;
  tree.attribute("covariance", covariance.text);
  tree.attribute("covariance_type", covariance.type);
  tree.attribute("profile", covariance.profile);
  tree.attribute("arithmetic", covariance.arithmetic);
  tree.matrix("vcov", "term", "term_2", covariance.matrix,
              "covariance of the coefficients, small-sample factor included", "outcome² per regressor²");
  tree.text("not_estimable", "term", covariance.not_estimable, "why a coefficient has no standard error, or empty");
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
