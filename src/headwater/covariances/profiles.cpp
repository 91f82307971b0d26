// The question: by how much should a covariance grow because coefficients and effects were estimated and clusters are
// few? Every program counts differently; a profile is one program's way. N rows, k columns of X, effects of exact rank
// r with columns L_q, G clusters (the fewest of several ways), T periods:
//
//   fixest        iid 1/(N−K), robust N/(N−K), cluster G/(G−1)·(N−1)/(N−K), DK T/(T−1)·(N−1)/(N−K);
//                 K = k + ΣL_q − (Q−1), less L_q − 1 for effects nested in a cluster, or k + 1 when all are;
//                 t with G−1, T−1 or N−K (fixest 0.14 `ssc`)
//   reghdfe       the same factors; K = k + r over effects not nested, plus 1 when some effect is nested
//   xtreg         cluster K = k + 1: absorbed effects are not counted, the constant is (period dummies count when they
//                 are regressors, as i.year in Stata: write i(year) for them)
//   areg          K = k + r always; t with G−1
//   plm           vcovHC sss: cluster G/(G−1)·(N−1)/(N−k), robust N/(N−k), effects never counted; DK no factor;
//                 t with N−k−r
//   linearmodels  N/(N−k−r) on every sandwich, r left out when the only effect is nested in the clusters; no G;
//                 t with N−k−r
//   none          no factor (iid: rss/N); t with G−1, T−1 or N−k−r
//
// On Grunfeld (firm and year effects, clusters by firm) equal to each program's own error, such as fixest's
// 0.0632812940898, to 12 digits.
#include "headwater/covariances/profiles.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

struct Count {
  double K = 0;
  std::string words;
};

bool nested(const Grouping& levels, const std::vector<const Grouping*>& clusters) {
  return std::any_of(clusters.begin(), clusters.end(),
                     [&](const Grouping* cluster) { return nested_in(levels, *cluster); });
}

std::vector<bool> nested_effects(const Fit& fit, const std::vector<const Grouping*>& clusters) {
  std::vector<bool> result;
  for (const Grouping& levels : fit.effect_levels) result.push_back(!clusters.empty() && nested(levels, clusters));
  return result;
}

std::string number(double value) { return shortest(value); }

Count fixest_count(const Fit& fit, const std::vector<const Grouping*>& clusters) {
  const auto k = static_cast<double>(fit.df_model);
  const auto& effects = fit.effects_rank.effects;
  if (effects.empty()) return {k, "K = " + number(k) + " coefficients"};
  const std::vector<bool> inside = nested_effects(fit, clusters);
  if (std::all_of(inside.begin(), inside.end(), [](bool yes) { return yes; }))
    return {k + 1, "K = " + number(k) + " slopes + 1, all effects nested in the clusters"};
  double K = k;
  std::string words = "K = " + number(k) + " slopes";
  for (std::size_t q = 0; q < effects.size(); ++q) {
    const double own = inside[q] ? 1 : static_cast<double>(effects[q].levels);
    K += own;
    words += " + " + number(own) + " " + effects[q].name + (inside[q] ? " (nested in the clusters)" : "");
  }
  const auto shared = static_cast<double>(effects.size() - 1);
  if (shared > 0) words += " - " + number(shared);
  return {K - shared, words};
}

// Rank of the effects that are not nested, given that the nested ones span the constant.
double rank_outside(const Fit& fit, const std::vector<bool>& inside, bool any_inside) {
  double rank = 0;
  bool first = true;
  for (std::size_t q = 0; q < inside.size(); ++q) {
    if (inside[q]) continue;
    const auto& effect = fit.effects_rank.effects[q];
    const bool shares_constant = any_inside && first;
    rank += static_cast<double>(effect.levels - std::max<std::int64_t>(effect.redundant, shares_constant ? 1 : 0));
    first = false;
  }
  return rank;
}

Count reghdfe_count(const Fit& fit, const std::vector<const Grouping*>& clusters) {
  const auto k = static_cast<double>(fit.df_model);
  const std::vector<bool> inside = nested_effects(fit, clusters);
  const bool any = std::find(inside.begin(), inside.end(), true) != inside.end();
  const double outside = any ? rank_outside(fit, inside, true) : static_cast<double>(fit.effects_rank.rank);
  std::string words =
      "K = " + number(k) + (fit.effect_levels.empty() ? " coefficients" : " slopes + " + number(outside) + " absorbed");
  if (any) words += " + 1, effects nested in the clusters not counted";
  return {k + outside + (any ? 1 : 0), words};
}

Count full_count(const Fit& fit) {
  const auto k = static_cast<double>(fit.df_model), r = static_cast<double>(fit.effects_rank.rank);
  return {k + r, "K = " + number(k) + (r > 0 ? " slopes + " + number(r) + " absorbed" : " coefficients")};
}

Count xtreg_count(const Fit& fit) {
  const auto k = static_cast<double>(fit.df_model);
  if (fit.effect_levels.empty()) return {k, "K = " + number(k) + " coefficients"};
  return {k + 1, "K = " + number(k) + " slopes + 1 constant, effects not counted"};
}

Count count_for(const std::string& profile, const Fit& fit, const std::vector<const Grouping*>& clusters) {
  if (profile == "fixest") return fixest_count(fit, clusters);
  if (profile == "reghdfe") return reghdfe_count(fit, clusters);
  if (profile == "xtreg") return clusters.empty() ? full_count(fit) : xtreg_count(fit);
  if (profile == "plm")
    return {static_cast<double>(fit.df_model),
            "K = " + number(static_cast<double>(fit.df_model)) + ", effects not counted"};
  if (profile == "linearmodels") {
    const std::vector<bool> inside = nested_effects(fit, clusters);
    if (inside.size() == 1 && inside[0])
      return {static_cast<double>(fit.df_model),
              "K = " + number(static_cast<double>(fit.df_model)) + ", the effect is nested in the clusters"};
  }
  return full_count(fit);
}

double fewest(const std::vector<const Grouping*>& clusters) {
  double least = clusters.front()->count;
  for (const Grouping* cluster : clusters) least = std::min(least, static_cast<double>(cluster->count));
  return least;
}

std::string quotient(double a, double b) { return number(a) + "/" + number(b); }

double over_all(const Fit& fit) { return static_cast<double>(fit.df_residual); }

}  // namespace

void check_profile(const std::string& profile) {
  Names known;
  for (const MethodCard& card : profiles()) known.emplace_back(card.name);
  if (std::find(known.begin(), known.end(), profile) != known.end()) return;
  const std::string near = nearest(profile, known);
  throw Error(ErrorKind::usage, "profile.unknown",
              "there is no small-sample profile '" + profile + "'" +
                  (near.empty() ? "; known are " + joined(known, ", ") : "; did you mean '" + near + "'?"),
              {.key = "profile"});
}

long default_lag(const std::string& profile, std::int64_t periods) {
  const auto T = static_cast<double>(periods);
  if (profile == "reghdfe" || profile == "linearmodels")
    return static_cast<long>(std::floor(4 * std::pow(T / 100, 2.0 / 9)));
  return static_cast<long>(std::floor(std::pow(T, 0.25) + 1e-12));
}

SmallSample small_sample(const Fit& fit, const MethodCall& rule, const std::string& profile,
                         const std::vector<const Grouping*>& clusters) {
  const auto N = static_cast<double>(fit.n());
  const std::string& method = rule.method;
  const bool by_cluster = method == "cluster", by_time = method == "driscoll_kraay";
  const double groups = by_cluster ? fewest(clusters) : by_time ? fit.atoms.time.count : 0;
  const std::string letter = by_time ? "T" : "G";
  const bool grouped = by_cluster || by_time;
  SmallSample result;
  result.df = grouped ? groups - 1 : over_all(fit);
  if (profile == "plm" || profile == "linearmodels") result.df = over_all(fit);
  if (profile == "reghdfe" && grouped) result.df = std::min(result.df, over_all(fit));
  if (method == "HC0" || profile == "none" || (profile == "plm" && by_time)) {
    result.arithmetic = method == "iid" ? "rss/N = rss/" + number(N) : "no factor";
    return result;
  }
  const Count count = profile == "plm" && method == "iid"
                          ? full_count(fit)
                          : count_for(profile, fit, by_cluster ? clusters : std::vector<const Grouping*>{});
  if (method == "iid") {
    result.factor = N / (N - count.K);
    result.arithmetic = "rss/(N-K) = rss/" + number(N - count.K) + "; " + count.words;
  } else if (!grouped || profile == "linearmodels") {
    result.factor = N / (N - count.K);
    result.arithmetic = "N/(N-K) = " + quotient(N, N - count.K) + "; " + count.words;
  } else {
    const bool own = rule.get("groups", "min") == "own";
    const double share = own ? 1 : groups / (groups - 1);
    result.factor = share * (N - 1) / (N - count.K);
    result.arithmetic =
        (own ? "each way its own G/(G-1)" : letter + "/(" + letter + "-1) = " + quotient(groups, groups - 1)) +
        " times (N-1)/(N-K) = " + quotient(N - 1, N - count.K) + "; " + count.words;
  }
  return result;
}

const std::vector<MethodCard>& profiles() {
  static const std::vector<MethodCard> cards = {
      {.name = "fixest",
       .kind = "profile",
       .question = "The factor of R fixest 0.14 and pyfixest: effects nested in the clusters count once.",
       .avoid = "Not when a published table came from another program.",
       .reference = "fixest ssc(), defaults"},
      {.name = "reghdfe",
       .kind = "profile",
       .question = "The factor of Stata reghdfe 6: absorbed effects by rank, nested ones not counted.",
       .avoid = "Not for xtreg or areg tables, which count otherwise.",
       .reference = "reghdfe 6.13"},
      {.name = "xtreg",
       .kind = "profile",
       .question = "The factor of Stata xtreg, fe vce(cluster): the unit's effect is not counted.",
       .avoid = "Not when clusters do not contain the units.",
       .reference = "Stata xtreg, fe"},
      {.name = "areg",
       .kind = "profile",
       .question = "The factor of Stata areg and of lm with dummies: every absorbed effect is counted.",
       .avoid = "Not with many units and few periods: it is too large when effects are nested.",
       .reference = "Stata areg; sandwich vcovCL HC1"},
      {.name = "plm",
       .kind = "profile",
       .question = "The factor of R plm vcovHC(type = \"sss\"): effects are never counted.",
       .avoid = "Not for plm's default HC0, which is the profile none.",
       .reference = "plm 2.6 vcovHC, vcovSCC"},
      {.name = "linearmodels",
       .kind = "profile",
       .question = "The factor of Python linearmodels: N/(N-K) without a factor for clusters.",
       .avoid = "Not with few clusters.",
       .reference = "linearmodels PanelOLS, debiased"},
      {.name = "none",
       .kind = "profile",
       .question = "No small-sample factor at all.",
       .avoid = "Not for publication with few clusters: errors are too small.",
       .reference = "clubSandwich CR0; plm vcovHC default"},
  };
  return cards;
}

}  // namespace headwater
