// Question: do units and periods have effects of their own beside the regressors? Each absorbed effect is left out by
// itself, and all of them together against a constant: F = ((rss₀ − rss)/q)/(rss/df), df that of the fit, q the degrees
// of freedom that the effects take; under errors of one variance. Baltagi (2021) 4.2. Equals plm pFtest and fixest's
// fitstat. wooldridge_effects, which needs no one variance: Σ_i Σ_{s<t} e_is e_it over its root sum of squares, e the
// errors without effects, normal (Wooldridge 2010, 10.4.4). Equals plm pwtest.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr const char* kEffectsBelong =
    "the effects belong in the model: without them what differs between their levels for good is "
    "taken for an effect of the drivers";
constexpr const char* kNoEffects =
    "no sign of effects; leaving them out is still a choice to be argued, as they guard against "
    "what goes with the drivers";

Test effects_f(const Fit& full, const Fit& without, const std::string& names, const std::string& given) {
  const auto q = static_cast<double>(without.df_residual - full.df_residual),
             df = static_cast<double>(full.df_residual);
  return f_test("effects_f",
                names + (names.find(" and ") == std::string::npos ? " has no effect" : " have no effects") + given,
                (without.goodness.rss - full.goodness.rss) / q / (full.goodness.rss / df), q, df);
}

void add_f_tests(std::vector<Test>& tests, const Fit& fit) {
  Names names;
  for (const Effect& effect : fit.effects) names.push_back(effect.levels.name);
  tests.push_back(
      with_meaning(effects_f(fit, refitted(fit, {}), joined(names, " and "), ""), fit, kEffectsBelong, kNoEffects));
  if (names.size() < 2) return;
  for (std::size_t q = 0; q < fit.effects.size(); ++q) {
    std::vector<Effect> others = fit.effects;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(q));
    const Fit without = refitted(fit, others);
    if (without.df_residual == fit.df_residual) continue;  // nested in the others
    Names rest = names;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(q));
    tests.push_back(with_meaning(effects_f(fit, without, names[q], " beside " + joined(rest, " and ")), fit,
                                 kEffectsBelong, kNoEffects));
  }
}

void add_wooldridge(std::vector<Test>& tests, const Fit& fit, const Grouping& levels) {
  const Vector e = refitted(fit, {}).linear->residuals;
  const Vector products = (sums_by(e, levels).cwiseAbs2() - sums_by(e.cwiseAbs2(), levels)).col(0) / 2;
  if (!(products.norm() > 0)) return;
  tests.push_back(
      with_meaning(normal_test("wooldridge_effects",
                               levels.name + " has no effect: errors without effects have nothing in common "
                                             "within a level of it, whatever their variances",
                               products.sum() / products.norm()),
                   fit, kEffectsBelong, kNoEffects));
}

}  // namespace

std::vector<Test> effects_tests(const DiagnosticInput& input) {
  need_rows(input);
  const Fit& fit = input.fit;
  std::vector<Test> tests;
  if (!fit.effects.empty() && !fit.random) add_f_tests(tests, fit);
  if (fit.design->has_unit) add_wooldridge(tests, fit, fit.design->unit);
  if (fit.design->has_time) add_wooldridge(tests, fit, fit.design->time);
  if (tests.empty())
    throw Error(ErrorKind::usage, "diagnostic.no_effects",
                "effects finds neither effects in the model nor a unit or time key to look for them by");
  return tests;
}

}  // namespace headwater
