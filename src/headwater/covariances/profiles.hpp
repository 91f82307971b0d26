// A profile is one program's whole convention: which rows it keeps, what it counts as estimated, the factor on the
// meat, the degrees of freedom of t, and what it does with a covariance that is not positive.
#pragma once

#include <string>
#include <vector>

#include "headwater/covariances/covariance.hpp"

namespace headwater {

// What a rule's small-sample factor is: none, N/(N−K), or G/(G−1) · (N−1)/(N−K) with G the clusters or periods.
enum class Scale { none, rows, groups };
// What the factors are where the mean has a link: those of least squares but under equal variances, where the inverse
// information stands as it is (inverse) or times (N−1)/(N−K) (counted); or Stata's of likelihoods, N/(N−1) and G/(G−1),
// which count no coefficient (asymptotic).
enum class LinkedScale { inverse, counted, asymptotic };
// Degrees of freedom of t where a rule sums over groups: G − 1, the smaller of that and the residual ones, or these.
enum class GroupedT { groups, smaller, residual };
// A covariance with negative eigenvalues stays as it is, or has them set to zero.
enum class Repair { none, zero };

// What a fit has estimated, as a program counts it.
struct Counted {
  double K = 0;
  std::string words;
};
struct CountInput {
  const Fit& fit;
  Gathers gathers;
  const std::vector<const Grouping*>& clusters;  // the ways of a cluster rule, else empty
};

struct ProfileRow {
  MethodCard card;
  Singletons singletons;
  Counted (*count)(const CountInput& input);    // K of the factor
  double (*residual)(const CountInput& input);  // what N is less in the residual degrees of freedom of t
  Scale equal_variances, rows, clusters, periods;
  LinkedScale linked;
  bool own_groups;  // of several ways each has its own G/(G−1)
  GroupedT t;
  bool normal_for_random;  // with random effects the normal distribution takes the place of t
  Repair repair;
  long (*lag)(double periods);      // where a rule with lags gives none
  double earth_radius = 6371.0088;  // km, where a rule with distances gives none: the mean radius
};
// What a configuration writes for all of them, side by side.
constexpr const char* kEveryProfile = "all";
const std::vector<ProfileRow>& profile_rows();
const ProfileRow& profile_row(const std::string& name);  // throws Error{usage, "profile.unknown"} with the nearest

struct SmallSample {
  double factor = 1;  // on Σψψ' (or, for iid, the divisor's reciprocal times n: V = factor/n · rss · bread)
  double df = 0;
  std::string arithmetic;
  Notes notes;
};
// How many groups stand behind a covariance: the fewest of several ways of clustering, periods, or the fewer of units
// and periods; 0 where rows stand by themselves.
double groups_behind(const MethodCall& rule, const Atoms& atoms);
SmallSample small_sample(const Fit& fit, const MethodCall& rule, const ProfileRow& profile,
                         const std::vector<const Grouping*>& clusters);

}  // namespace headwater
