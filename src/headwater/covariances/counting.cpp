// N rows, k columns of X, Q effects with L levels each, of which a level has an intercept, slopes or both:
//
//   fixest        K = k + ΣL(intercept + slopes) − (Q′ − 1) with Q′ the effects that have an intercept; under a cluster
//                 rule less L − 1 for the intercepts of each nested effect, or less all intercepts but one where every
//                 effect is nested; slopes always count. An effect written twice, year[x] + year, is one. Nested is an
//                 effect whose name is a cluster's, or has it as a part (a^b); the rows decide only where some cluster
//                 is no effect of the model (fixest 0.14, vcov.fixest and ssc; R code)
//   reghdfe       K = k + ΣL(intercept + slopes) − ΣM: M = L for the intercepts of an effect nested in a cluster, else
//                 the connected components with an effect before it, the most of all pairs, at least 1 for every
//                 intercept after the first; M of slopes the levels in which they are constant; plus 1 when some effect
//                 is nested (reghdfe 6, dofadjustments(all))
//   ivreghdfe     the same without that 1 (ivreg2, small noconstant)
//   xtreg         K = k + 1 under a cluster rule: absorbed effects are not counted, the constant is (period dummies
//                 count when they are regressors, as i.year in Stata: write i(year) for them); else as areg
//   areg          K = k + r with r the exact rank of the effects
//   plm           K = k under every robust rule, effects never counted; iid N − k − r
//   linearmodels  K = k + ΣL − (Q − 1), or k where the only effect is nested in every way of clustering
#include "headwater/covariances/counting.hpp"

#include <algorithm>

#include "headwater/absorption/components.hpp"
#include "headwater/core/text.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

using Ways = std::vector<const Grouping*>;

std::string number(double value) { return shortest(value); }
double slopes_of(const CountInput& input) { return static_cast<double>(input.fit.df_model); }
double levels_of(const Grouping& groups) { return static_cast<double>(groups.count); }

bool nested_in_any(const Grouping& levels, const Ways& ways) {
  return std::any_of(ways.begin(), ways.end(), [&](const Grouping* way) { return nested_in(levels, *way); });
}

bool nested_in_all(const Grouping& levels, const Ways& ways) {
  return std::all_of(ways.begin(), ways.end(), [&](const Grouping* way) { return nested_in(levels, *way); });
}

// An effect as fixest sees it: year[x] + year is one, with intercept and slope.
struct Written {
  std::string key;  // without its slopes: "unit", "type^year"
  const Grouping* levels;
  bool intercept;
  double slopes;
};

// "unit" of "unit[time]" and of "unit[[time]]".
std::string without_slopes(const std::string& name) {
  if (name.empty() || name.back() != ']') return name;
  const std::size_t open = name.rfind('[');
  return name.substr(0, open > 0 && name[open - 1] == '[' ? open - 1 : open);
}

std::vector<Written> written_once(const Fit& fit) {
  std::vector<Written> all;
  for (std::size_t q = 0; q < fit.effects.size(); ++q) {
    const EffectsRank::PerEffect& effect = fit.effects_rank.effects[q];
    const std::string key = without_slopes(effect.name);
    const auto known = std::find_if(all.begin(), all.end(), [&](const Written& w) { return w.key == key; });
    if (known == all.end())
      all.push_back({key, &fit.effects[q].levels, effect.intercept, static_cast<double>(effect.slopes)});
    else {
      known->intercept |= effect.intercept;
      known->slopes += static_cast<double>(effect.slopes);
    }
  }
  return all;
}

bool named_after(const std::string& key, const Ways& ways) {
  const std::vector<std::string> parts = split(key, '^');
  return std::any_of(ways.begin(), ways.end(), [&](const Grouping* way) {
    return key == way->name || std::find(parts.begin(), parts.end(), way->name) != parts.end();
  });
}

std::vector<bool> nested_as_fixest(const std::vector<Written>& effects, const Ways& ways) {
  const bool every_way_is_an_effect = std::all_of(ways.begin(), ways.end(), [&](const Grouping* way) {
    return std::any_of(effects.begin(), effects.end(), [&](const Written& e) { return e.key == way->name; });
  });
  std::vector<bool> nested;
  for (const Written& effect : effects)
    nested.push_back(named_after(effect.key, ways) || (!every_way_is_an_effect && nested_in_any(*effect.levels, ways)));
  return nested;
}

// The terms of a sum in words: " + 4 id", " + 1 id (nested in the clusters)", " + 8 slopes by id".
std::string counted_words(const Written& effect, bool nested) {
  std::string words;
  if (effect.intercept)
    words += " + " + number(nested ? 1 : levels_of(*effect.levels)) + " " + effect.key +
             (nested ? " (nested in the clusters)" : "");
  if (effect.slopes > 0)
    words += " + " + number(effect.slopes * levels_of(*effect.levels)) + " slopes by " + effect.key;
  return words;
}

double intercepts(const std::vector<Written>& effects) {
  return static_cast<double>(
      std::count_if(effects.begin(), effects.end(), [](const Written& e) { return e.intercept; }));
}

Counted all_nested(double k, const std::vector<Written>& effects) {
  Counted counted{k + 1, "K = " + number(k) + " slopes + 1, all effects nested in the clusters"};
  for (const Written& effect : effects) {
    counted.K += effect.slopes * levels_of(*effect.levels);
    if (effect.slopes > 0) counted.words += counted_words({effect.key, effect.levels, false, effect.slopes}, true);
  }
  return counted;
}

EffectColumns dummies(const Grouping& levels) {
  Effect effect;
  effect.levels = levels;
  return {effect, Vector()};
}

// Redundant levels of an effect's intercepts given the effects before it, as reghdfe's pairs find them.
double redundant_by_pairs(const Fit& fit, std::size_t q) {
  Index most = 0;
  for (std::size_t p = 0; p < q; ++p)
    if (fit.effects_rank.effects[p].intercept)
      most = std::max(most, components(dummies(fit.effects[p].levels), dummies(fit.effects[q].levels)).count);
  return static_cast<double>(most);
}

struct PairwiseCount {
  double counted = 0;
  bool any_nested = false;
};

PairwiseCount absorbed_as_reghdfe(const CountInput& input) {
  const Fit& fit = input.fit;
  std::vector<bool> nested;
  for (const Effect& effect : fit.effects) nested.push_back(nested_in_any(effect.levels, input.clusters));
  PairwiseCount result;
  for (std::size_t q = 0; q < nested.size(); ++q)
    result.any_nested |= nested[q] && fit.effects_rank.effects[q].intercept;
  bool holds_constant = result.any_nested;
  for (std::size_t q = 0; q < nested.size(); ++q) {
    const EffectsRank::PerEffect& effect = fit.effects_rank.effects[q];
    const double L = levels_of(fit.effects[q].levels);
    result.counted += L * static_cast<double>(effect.slopes) - static_cast<double>(effect.flat_slopes);
    if (!effect.intercept || nested[q]) continue;
    result.counted += L - std::max(redundant_by_pairs(fit, q), holds_constant ? 1.0 : 0.0);
    holds_constant = true;
  }
  return result;
}

double columns_of_effects(const Fit& fit) {
  double columns = 0, shared = 0;
  for (const EffectsRank::PerEffect& effect : fit.effects_rank.effects) {
    columns += static_cast<double>(effect.levels);
    shared += effect.intercept ? 1 : 0;
  }
  return columns - std::max(0.0, shared - 1);
}

}  // namespace

Counted exact_count(const CountInput& input) {
  const double k = slopes_of(input), r = static_cast<double>(input.fit.effects_rank.rank);
  return {k + r, "K = " + number(k) + (r > 0 ? " slopes + " + number(r) + " absorbed" : " coefficients")};
}

Counted fixest_count(const CountInput& input) {
  const double k = slopes_of(input);
  const std::vector<Written> effects = written_once(input.fit);
  if (effects.empty()) return {k, "K = " + number(k) + (k == 1 ? " coefficient" : " coefficients")};
  const double shared = std::max(0.0, intercepts(effects) - 1);
  std::vector<bool> nested(effects.size(), false);
  if (input.gathers == Gathers::clusters && intercepts(effects) > 0) nested = nested_as_fixest(effects, input.clusters);
  if (std::all_of(nested.begin(), nested.end(), [](bool yes) { return yes; })) return all_nested(k, effects);
  Counted counted{k - shared, "K = " + number(k) + " slopes"};
  for (std::size_t q = 0; q < effects.size(); ++q) {
    const double L = levels_of(*effects[q].levels);
    counted.K += (effects[q].intercept ? (nested[q] ? 1 : L) : 0) + L * effects[q].slopes;
    counted.words += counted_words(effects[q], nested[q]);
  }
  if (shared > 0) counted.words += " - " + number(shared);
  return counted;
}

Counted reghdfe_count(const CountInput& input) {
  const double k = slopes_of(input);
  if (input.fit.effects.empty()) return {k, "K = " + number(k) + (k == 1 ? " coefficient" : " coefficients")};
  const PairwiseCount absorbed = absorbed_as_reghdfe(input);
  return {k + absorbed.counted + (absorbed.any_nested ? 1 : 0),
          "K = " + number(k) + " slopes + " + number(absorbed.counted) + " absorbed" +
              (absorbed.any_nested ? " + 1, effects nested in the clusters not counted" : "")};
}

Counted ivreghdfe_count(const CountInput& input) {
  const double k = slopes_of(input);
  if (input.fit.effects.empty()) return {k, "K = " + number(k) + " coefficients"};
  const PairwiseCount absorbed = absorbed_as_reghdfe(input);
  return {k + absorbed.counted, "K = " + number(k) + " slopes + " + number(absorbed.counted) + " absorbed" +
                                    (absorbed.any_nested ? ", effects nested in the clusters not counted" : "")};
}

Counted xtreg_count(const CountInput& input) {
  if (input.gathers != Gathers::clusters) return exact_count(input);
  const double k = slopes_of(input);
  if (input.fit.effects.empty()) return {k, "K = " + number(k) + (k == 1 ? " coefficient" : " coefficients")};
  return {k + 1, "K = " + number(k) + " slopes + 1 constant, effects not counted"};
}

Counted columns_count(const CountInput& input) {
  const double k = slopes_of(input), effects = columns_of_effects(input.fit);
  return {k + effects,
          "K = " + number(k) + (effects > 0 ? " slopes + " + number(effects) + " absorbed" : " coefficients")};
}

Counted slopes_count(const CountInput& input) {
  if (input.gathers == Gathers::nothing) return columns_count(input);
  const double k = slopes_of(input);
  return {k, "K = " + number(k) + ", effects not counted"};
}

Counted linearmodels_count(const CountInput& input) {
  const double k = slopes_of(input);
  const auto& effects = input.fit.effects;
  if (effects.size() == 1 && input.gathers == Gathers::clusters &&
      nested_in_all(effects.front().levels, input.clusters))
    return {k, "K = " + number(k) + ", the effect is nested in the clusters"};
  return columns_count(input);
}

double exact_residual(const CountInput& input) { return exact_count(input).K; }

double fixest_residual(const CountInput& input) {
  return fixest_count({input.fit, Gathers::nothing, input.clusters}).K;
}

double reghdfe_residual(const CountInput& input) { return slopes_of(input) + absorbed_as_reghdfe(input).counted; }

double columns_residual(const CountInput& input) { return columns_count(input).K; }

}  // namespace headwater
