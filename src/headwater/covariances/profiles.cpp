// The question: by how much should a covariance grow because coefficients and effects were estimated and clusters are
// few? Every program answers differently; a profile is one program's way, whole. N rows, K as counting.cpp has it for
// each, G clusters (the fewest of several ways), T periods:
//
//   fixest        iid 1/(N−K), robust N/(N−K), cluster G/(G−1)·(N−1)/(N−K), DK T/(T−1)·(N−1)/(N−K); t with G−1, T−1 or
//                 N−K; singletons go; negative eigenvalues of V are set to zero (fixest 0.14 `ssc`, `vcov_fix`)
//   reghdfe       the same factors, t with the smaller of G−1 and N−k−Σ(L−M); singletons go; negative eigenvalues are
//                 set to zero (Cameron, Gelbach and Miller 2011)
//   ivreghdfe     as reghdfe with its own K
//   xtreg, areg   the same factors; t with G−1 or the residual degrees; singletons stay; V as it is
//   plm           vcovHC sss: each way of clustering with its own G/(G−1)·(N−1)/(N−k), robust N/(N−k); vcovSCC no
//                 factor; t with N−k−ΣL+(Q−1); singletons stay; V as it is
//   linearmodels  N/(N−K) on every sandwich, no G; t with N−k−ΣL+(Q−1); singletons stay; V as it is
//   none          no factor (iid: rss/N); t with G−1, T−1 or N−k−r; singletons go; V as it is
//
// Where the mean has a link, errors are those of the normal distribution. fixest (feglm) keeps its factors, with
// (N−1)/(N−K) on the inverse information; Stata (poisson, ppmlhdfe, logit: the profiles reghdfe, ivreghdfe, xtreg,
// areg) has N/(N−1) and G/(G−1), which count no coefficient, and the inverse information as it is. With random effects
// plm and Stata (xtreg) tell errors by the normal distribution, the others by t as above. Where K as the program counts
// it leaves nothing of N (redundant effects), the exact rank takes its place and a note says so: fixest prints an error
// of 1e-8 there. On Grunfeld (firm and year effects, clusters by firm) equal to each program's own error, such as
// fixest's 0.0632812940898, to 12 digits; in random fits equal to pyfixest, linearmodels and plm (tests/compare).
#include "headwater/covariances/profiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/unknown_name.hpp"
#include "headwater/covariances/counting.hpp"
#include "headwater/covariances/rules.hpp"

namespace headwater {
namespace {

double fewest(const std::vector<const Grouping*>& clusters) {
  double least = clusters.front()->count;
  for (const Grouping* cluster : clusters) least = std::min(least, static_cast<double>(cluster->count));
  return least;
}

std::string quotient(double a, double b) { return shortest(a) + "/" + shortest(b); }

long fourth_root(double periods) { return static_cast<long>(std::floor(std::pow(periods, 0.25) + 1e-12)); }
long newey_west(double periods) { return static_cast<long>(std::floor(4 * std::pow(periods / 100, 2.0 / 9))); }

Scale scale_of(const ProfileRow& profile, const CovarianceRow& rule) {
  if (!rule.factor) return Scale::none;
  switch (rule.gathers) {
    case Gathers::nothing: return profile.equal_variances;
    case Gathers::rows: return profile.rows;
    case Gathers::clusters: return profile.clusters;
    case Gathers::periods:
    case Gathers::series:
    case Gathers::series_and_periods: return profile.periods;
    case Gathers::places: return profile.rows;
  }
  return Scale::none;
}

// What is estimated, as the profile counts it or, where that leaves nothing of the rows, exactly.
Counted counted(const CountInput& input, const ProfileRow& profile, Notes& notes) {
  const auto N = static_cast<double>(input.fit.n());
  Counted own = profile.count(input);
  if (N - own.K >= 1) return own;
  const Counted exact = exact_count(input);
  notes.push_back(
      {"covariance.exact_rank", std::string(profile.card.name) + " counts " + shortest(own.K) +
                                    " coefficients and effects in " + shortest(N) +
                                    " rows, more than there is to count because effects are redundant; their exact "
                                    "rank takes that place, K = " +
                                    shortest(exact.K)});
  return {exact.K, exact.words + " by exact rank"};
}

double residual_degrees(const CountInput& input, const ProfileRow& profile) {
  const auto N = static_cast<double>(input.fit.n());
  const double own = N - profile.residual(input);
  return own >= 1 ? own : N - exact_count(input).K;
}

double degrees_of_t(const CountInput& input, const ProfileRow& profile, double groups) {
  const double residual = residual_degrees(input, profile);
  if (groups == 0 || profile.t == GroupedT::residual) return residual;
  return profile.t == GroupedT::smaller ? std::min(groups - 1, residual) : groups - 1;
}

const char* letter_of(Gathers gathers) { return gathers == Gathers::periods || gathers == Gathers::series ? "T" : "G"; }

void scale_by_groups(SmallSample& result, const CountInput& input, const Counted& estimated, double groups, bool own) {
  const auto N = static_cast<double>(input.fit.n());
  const char* letter = letter_of(input.gathers);
  result.factor = (own ? 1 : groups / (groups - 1)) * (N - 1) / (N - estimated.K);
  result.arithmetic = (own ? "each way its own G/(G-1)"
                           : std::string(letter) + "/(" + letter + "-1) = " + quotient(groups, groups - 1)) +
                      " times (N-1)/(N-K) = " + quotient(N - 1, N - estimated.K) + "; " + estimated.words;
}

// Stata's factors of likelihoods, which count no coefficient; without groups the rows are counted.
void scale_likelihood(SmallSample& result, const CountInput& input, double groups, bool own) {
  const double count = groups > 0 ? groups : static_cast<double>(input.fit.n());
  const std::string letter = groups > 0 ? letter_of(input.gathers) : "N";
  result.factor = own ? 1 : count / (count - 1);
  result.arithmetic = own ? "each way its own G/(G-1)" : letter + "/(" + letter + "-1) = " + quotient(count, count - 1);
}

void scale_information(SmallSample& result, const CountInput& input, const ProfileRow& profile) {
  result.arithmetic = "inverse of the observed information";
  if (profile.linked != LinkedScale::counted) return;
  const auto N = static_cast<double>(input.fit.n());
  const Counted estimated = counted(input, profile, result.notes);
  result.factor = (N - 1) / (N - estimated.K);
  result.arithmetic += " times (N-1)/(N-K) = " + quotient(N - 1, N - estimated.K) + "; " + estimated.words;
}

}  // namespace

double groups_behind(const MethodCall& rule, const Atoms& atoms) {
  switch (gathers(rule)) {
    case Gathers::nothing:
    case Gathers::rows:
    case Gathers::places: return 0;
    case Gathers::clusters: return fewest(cluster_groupings(rule, atoms));
    case Gathers::periods:
    case Gathers::series: return atoms.time.count;
    case Gathers::series_and_periods: return std::min(atoms.unit.count, atoms.time.count);
  }
  return 0;
}

SmallSample small_sample(const Fit& fit, const MethodCall& rule, const ProfileRow& profile,
                         const std::vector<const Grouping*>& clusters) {
  const CovarianceRow& row = covariance_row(rule.method);
  const CountInput input{fit, row.gathers, clusters};
  const auto N = static_cast<double>(fit.n());
  const double groups = groups_behind(rule, fit.atoms);
  SmallSample result;
  result.df = fit.random && profile.normal_for_random ? std::numeric_limits<double>::infinity()
                                                      : degrees_of_t(input, profile, groups);
  const Scale scale = scale_of(profile, row);
  const bool own = rule.get("groups", "min") == "own";
  if (fit.linked && row.gathers == Gathers::nothing) {
    scale_information(result, input, profile);
    return result;
  }
  if (fit.linked && profile.linked == LinkedScale::asymptotic && scale != Scale::none) {
    scale_likelihood(result, input, groups, own);
    return result;
  }
  if (scale == Scale::none) {
    result.arithmetic = row.gathers == Gathers::nothing ? "rss/N = rss/" + shortest(N) : "no factor";
    return result;
  }
  const Counted estimated = counted(input, profile, result.notes);
  if (scale == Scale::groups) {
    scale_by_groups(result, input, estimated, groups, own);
    return result;
  }
  result.factor = N / (N - estimated.K);
  result.arithmetic = (row.gathers == Gathers::nothing ? "rss/(N-K) = rss/" + shortest(N - estimated.K)
                                                       : "N/(N-K) = " + quotient(N, N - estimated.K)) +
                      "; " + estimated.words;
  return result;
}

const ProfileRow& profile_row(const std::string& wanted) {
  Names known;
  for (const ProfileRow& row : profile_rows()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  static const std::vector<NameElsewhere> elsewhere = {{"stata", "reghdfe"}, {"r", "fixest"},
                                                       {"feols", "fixest"},  {"pyfixest", "fixest"},
                                                       {"sandwich", "plm"},  {"python", "linearmodels"}};
  throw Error(ErrorKind::usage, "profile.unknown",
              "there is no small-sample profile '" + wanted + "'" + advice_on_name(wanted, known, elsewhere),
              {.key = "profile"});
}

const std::vector<ProfileRow>& profile_rows() {
  static const std::vector<ProfileRow> rows = {
      {.card =
           {.name = "fixest",
            .kind = "profile",
            .question = "The convention of R fixest 0.14 and pyfixest: effects nested in the clusters count once, "
                        "slopes always, singletons go, negative eigenvalues are set to zero.",
            .avoid = "Not when a published table came from another program.",
            .reference = "fixest ssc(), defaults",
            .differs =
                "redundant effects that leave no rows count by their exact rank, where fixest prints an error near "
                "zero; a variance that is zero by construction is not estimable, where fixest prints 1e-8; lags go "
                "by time (gaps = bridge for fixest's ranks). pyfixest, unlike R's fixest, repairs "
                "no covariance of several ways and finds every nested effect from the rows; the profile follows R."},
       .singletons = Singletons::drop,
       .count = fixest_count,
       .residual = fixest_residual,
       .equal_variances = Scale::rows,
       .rows = Scale::rows,
       .clusters = Scale::groups,
       .periods = Scale::groups,
       .linked = LinkedScale::counted,
       .own_groups = false,
       .t = GroupedT::groups,
       .normal_for_random = false,
       .repair = Repair::zero,
       .lag = fourth_root,
       .earth_radius = 6376},
      {.card = {.name = "reghdfe",
                .kind = "profile",
                .question = "The convention of Stata reghdfe 6: redundant levels by pairs of effects, nested ones not "
                            "counted, slopes always, singletons go, negative eigenvalues are set to zero.",
                .avoid = "Not for xtreg or areg tables, which count otherwise. With three effects or more its pairs "
                         "find fewer redundant levels than there are; areg has the exact rank.",
                .reference = "reghdfe 6.13, dofadjustments(all)",
                .differs = "redundant effects that leave no rows count by their exact rank."},
       .singletons = Singletons::drop,
       .count = reghdfe_count,
       .residual = reghdfe_residual,
       .equal_variances = Scale::rows,
       .rows = Scale::rows,
       .clusters = Scale::groups,
       .periods = Scale::groups,
       .linked = LinkedScale::asymptotic,
       .own_groups = false,
       .t = GroupedT::smaller,
       .normal_for_random = false,
       .repair = Repair::zero,
       .lag = newey_west},
      {.card = {.name = "ivreghdfe",
                .kind = "profile",
                .question =
                    "The convention of Stata ivreghdfe and ivreg2, small: as reghdfe, without counting a constant "
                    "where effects are nested in the clusters.",
                .avoid = "Not for reghdfe tables of the same model, which count it.",
                .reference = "ivreghdfe 1.1, ivreg2 4.1: small noconstant",
                .differs = "redundant effects that leave no rows count by their exact rank."},
       .singletons = Singletons::drop,
       .count = ivreghdfe_count,
       .residual = reghdfe_residual,
       .equal_variances = Scale::rows,
       .rows = Scale::rows,
       .clusters = Scale::groups,
       .periods = Scale::groups,
       .linked = LinkedScale::asymptotic,
       .own_groups = false,
       .t = GroupedT::smaller,
       .normal_for_random = false,
       .repair = Repair::zero,
       .lag = newey_west},
      {.card = {.name = "xtreg",
                .kind = "profile",
                .question = "The convention of Stata xtreg, fe vce(cluster): the unit's effect is not counted, "
                            "singletons stay.",
                .avoid = "Not when clusters do not contain the units.",
                .reference = "Stata xtreg, fe"},
       .singletons = Singletons::keep,
       .count = xtreg_count,
       .residual = exact_residual,
       .equal_variances = Scale::rows,
       .rows = Scale::rows,
       .clusters = Scale::groups,
       .periods = Scale::groups,
       .linked = LinkedScale::asymptotic,
       .own_groups = false,
       .t = GroupedT::groups,
       .normal_for_random = true,
       .repair = Repair::none,
       .lag = fourth_root},
      {.card = {.name = "areg",
                .kind = "profile",
                .question = "The convention of Stata areg and of lm with dummies: every absorbed effect is counted, by "
                            "exact rank, and singletons stay.",
                .avoid = "Not with many units and few periods: it is too large when effects are nested.",
                .reference = "Stata areg; sandwich vcovCL HC1"},
       .singletons = Singletons::keep,
       .count = exact_count,
       .residual = exact_residual,
       .equal_variances = Scale::rows,
       .rows = Scale::rows,
       .clusters = Scale::groups,
       .periods = Scale::groups,
       .linked = LinkedScale::asymptotic,
       .own_groups = false,
       .t = GroupedT::groups,
       .normal_for_random = false,
       .repair = Repair::none,
       .lag = fourth_root},
      {.card = {.name = "plm",
                .kind = "profile",
                .question =
                    "The convention of R plm vcovHC and vcovDC(type = \"sss\"): effects are never counted, each "
                    "way of clustering has its own factor, singletons stay.",
                .avoid = "Not for plm's default HC0, which is the profile none.",
                .reference = "plm 2.6 vcovHC, vcovDC, vcovSCC",
                .differs =
                    "a negative variance of two ways is not estimable, where plm prints NaN with a warning; lags of "
                    "driscoll_kraay go by time (gaps = bridge for plm's)."},
       .singletons = Singletons::keep,
       .count = slopes_count,
       .residual = columns_residual,
       .equal_variances = Scale::rows,
       .rows = Scale::rows,
       .clusters = Scale::groups,
       .periods = Scale::none,
       .linked = LinkedScale::inverse,
       .own_groups = true,
       .t = GroupedT::residual,
       .normal_for_random = true,
       .repair = Repair::none,
       .lag = fourth_root},
      {.card = {.name = "linearmodels",
                .kind = "profile",
                .question = "The convention of Python linearmodels: N/(N-K) without a factor for clusters, one effect "
                            "not counted where it is nested in every way of clustering, singletons stay.",
                .avoid = "Not with few clusters.",
                .reference = "linearmodels 7 PanelOLS, debiased",
                .differs =
                    "effects stand without a constant beside them, as y ~ x + EntityEffects; a negative variance "
                    "of two ways is not estimable; an effect in other_effects that is nested in the clusters is not "
                    "counted, as "
                    "for entity_effects, where linearmodels 7.1 counts it; lags of driscoll_kraay go by time (gaps = "
                    "bridge for "
                    "ranks)."},
       .singletons = Singletons::keep,
       .count = linearmodels_count,
       .residual = columns_residual,
       .equal_variances = Scale::rows,
       .rows = Scale::rows,
       .clusters = Scale::rows,
       .periods = Scale::rows,
       .linked = LinkedScale::inverse,
       .own_groups = false,
       .t = GroupedT::residual,
       .normal_for_random = false,
       .repair = Repair::none,
       .lag = newey_west},
      {.card = {.name = "none",
                .kind = "profile",
                .question = "No small-sample factor at all.",
                .avoid = "Not for publication with few clusters: errors are too small.",
                .reference = "clubSandwich CR0; plm vcovHC default"},
       .singletons = Singletons::drop,
       .count = exact_count,
       .residual = exact_residual,
       .equal_variances = Scale::none,
       .rows = Scale::none,
       .clusters = Scale::none,
       .periods = Scale::none,
       .linked = LinkedScale::inverse,
       .own_groups = false,
       .t = GroupedT::groups,
       .normal_for_random = false,
       .repair = Repair::none,
       .lag = fourth_root},
  };
  return rows;
}

}  // namespace headwater
