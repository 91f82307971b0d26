// Question: how does the outcome go with the regressors, changes within units and differences between them together,
// when the units' own levels are draws that have nothing to do with the regressors?
// Model y = Xβ + D₁u₁ (+ D₂u₂) + e, u_q ~ (0, σ²_q), e ~ (0, σ²_e), all independent of X: effects of the unit, of time,
// or of both. Estimator: feasible generalised least squares, least squares on W y, W X with W V W' = σ²_e I
// (whitening.cpp): with one effect, each row less θ_i = 1 − √(σ²_e/(σ²_e + n_i σ²_u)) of its group's mean. Variances by
// error_components.cpp or by maximum likelihood. With means = unit the unit means of the regressors are added (Mundlak
// 1978), and their joint test is the regression form of Hausman's. The effects are told by their best linear unbiased
// predictions û_q = σ²_q D_q'V⁻¹(y − Xβ) (Goldberger 1962). Degrees of freedom n − k; the variances are taken as known.
// Baltagi (2021), 2.3, 3.3, 9.2. Equals plm(model = "random") on its 114 reference cases to 1e-11, Stata xtreg, re to
// its 12 printed digits. Endogenous regressors by instruments: random_instruments.cpp.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/error_components.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/estimators/random_instruments.hpp"
#include "headwater/estimators/unit_means.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

// A way to estimate the variances: of one effect, or of two as well.
struct ComponentMethod {
  const char* name;
  bool two;
  const char* words;
  ErrorComponents (*run)(const ComponentData& data);  // null: by likelihood
};

constexpr ComponentMethod kMethods[] = {
    {"swamy_arora", true, "Swamy and Arora (1972), unbalanced Baltagi and Chang (1994)", swamy_arora},
    {"harmonic_mean", false, "Swamy and Arora (1972) with the harmonic mean of rows, as Stata xtreg, re",
     harmonic_mean},
    {"wallace_hussain", true, "Wallace and Hussain (1969)", wallace_hussain},
    {"amemiya", true, "Amemiya (1971)", amemiya},
    {"nerlove", true, "Nerlove (1971)", nerlove},
    {"maximum_likelihood", false, "maximum likelihood", nullptr},
};

const ComponentMethod& method_of(const MethodCall& call) {
  const std::string wanted = call.get("components", kMethods[0].name);
  return *std::find_if(std::begin(kMethods), std::end(kMethods),
                       [&](const ComponentMethod& method) { return wanted == method.name; });
}

std::vector<Grouping> random_groups(const Design& design, const MethodCall& call) {
  const std::string effect = call.get("effect", "unit");
  const bool unit = effect != "time", time = effect != "unit";
  if ((unit && !design.has_unit) || (time && !design.has_time))
    throw Error(ErrorKind::usage, "estimator.no_keys",
                "random(effect = " + effect + ") needs the " + (unit && !design.has_unit ? "unit" : "time") +
                    " key; name its column");
  std::vector<Grouping> groups;
  if (unit) groups.push_back(design.unit);
  if (time) groups.push_back(design.time);
  for (const Grouping& own : groups)
    if (own.count < 2)
      throw Error(ErrorKind::data, "random.one_level",
                  "all rows used lie in one level of " + own.name + ", so its effect has no variance to estimate");
  return groups;
}

void require_constant_and_method(const Design& design, const ComponentMethod& method, std::size_t effects) {
  if (!design.intercept)
    throw Error(ErrorKind::usage, "estimator.no_constant",
                "random needs a constant, which the formula " + design.spec.formula.text +
                    " leaves out: the effects vary about it");
  if (effects > 1 && !method.two)
    throw Error(ErrorKind::usage, "estimator.unsupported",
                "random has components = " + std::string(method.name) +
                    " for one effect only; with effect = both use swamy_arora, wallace_hussain, amemiya or nerlove");
}

Transformed levels_of(const Design& design, const MethodCall& call) {
  if (call.get("means", "none") == "unit") return with_unit_means(design, "random(means = unit)");
  return {.X = design.X,
          .y = design.y,
          .names = design.names,
          .origins = column_origins(design),
          .instruments = design.instruments,
          .instrument_names = design.instrument_names,
          .atoms = atoms_of(design),
          .constant = design.intercept};
}

void put_scalar(Fit& fit, const std::string& key, double value, const std::string& description) {
  fit.extras[key] = {key, {}, {}, std::vector<double>{value}, description, "1"};
}

// Likelihood ratio against pooled least squares: the variance is on its boundary there, so p is of ½χ²(0) + ½χ²(1).
void add_likelihood(Fit& fit, const MaximumLikelihood& maximum) {
  const double ratio = std::max(0.0, 2 * (maximum.log_likelihood - maximum.log_likelihood_pooled));
  put_scalar(fit, "log_likelihood", maximum.log_likelihood, "log likelihood at the maximum");
  put_scalar(fit, "log_likelihood_ols", maximum.log_likelihood_pooled, "log likelihood of least squares, no effect");
  put_scalar(fit, "lr_statistic", ratio, "likelihood ratio of the effect against none");
  put_scalar(fit, "lr_p_value", ratio > 0 ? 0.5 * chi_squared_upper(ratio, 1) : 1.0,
             "p value by the mixture of chi-squared(0) and chi-squared(1)");
}

std::vector<Index> kept_columns(const Fit& fit, const Transformed& levels) {
  std::vector<Index> kept;
  for (const CoefficientOrigin& own : fit.origins)
    for (std::size_t j = 0; j < levels.origins.size(); ++j)
      if (levels.origins[j].column == own.column && levels.origins[j].unit_means == own.unit_means)
        kept.push_back(static_cast<Index>(j));
  return kept;
}

// The scores stay those of the whitened rows; the linear rows are the levels with the predicted effects taken off.
void put_in_levels(Fit& fit, const Transformed& levels) {
  auto X = std::make_shared<const Matrix>(levels.X(Eigen::all, kept_columns(fit, levels)));
  Vector left = levels.y - *X * fit.coefficients;
  const Vector weighed = fit.random->whitening->transposed(fit.random->whitening->apply(left));
  Vector predicted = Vector::Zero(left.size());
  for (std::size_t q = 0; q < fit.random->effects.size(); ++q) {
    RandomEffects::Effect& effect = fit.random->effects[q];
    effect.predicted = fit.random->whitening->ratios()(static_cast<Index>(q)) * sums_by(weighed, effect.levels).col(0);
    predicted += on_rows(effect.predicted, effect.levels);
  }
  fit.linear = LinearRows{true, std::move(X), levels.y - predicted, left - predicted};
}

// Whitened residuals need not sum to zero where groups differ in rows: as in plm, the squared correlation of outcome
// and fit takes the place of 1 − rss/tss, and is that where the panel is balanced.
double squared_correlation(const LinearRows& whitened) {
  const Vector fitted = whitened.outcome - whitened.residuals;
  const Vector a = whitened.outcome.array() - whitened.outcome.mean(), b = fitted.array() - fitted.mean();
  return b.squaredNorm() > 0 ? std::pow(a.dot(b), 2) / (a.squaredNorm() * b.squaredNorm()) : 0;
}

Notes of_negative_variances(const RandomEffects& random) {
  Notes notes;
  for (const RandomEffects::Effect& effect : random.effects)
    if (effect.unbounded < 0)
      notes.push_back({"random.negative_variance",
                       "the variance of the " + effect.levels.name + " effects is estimated as " +
                           significant(effect.unbounded, 3) + " and set to zero, as plm and Stata do: " +
                           (random.effects.size() == 1 ? "what is reported is pooled least squares"
                                                       : "what is reported has no such effect")});
  return notes;
}

RandomEffects random_effects(const std::vector<Grouping>& groups, const ErrorComponents& components,
                             const std::string& words) {
  RandomEffects random;
  random.own_variance = components.own;
  random.components = words;
  random.whitening = std::make_shared<const RandomWhitening>(groups, components.effects / components.own);
  for (std::size_t q = 0; q < groups.size(); ++q) {
    const auto at = static_cast<Index>(q);
    random.effects.push_back(
        {groups[q], components.effects(at), components.unbounded(at), Vector(), random.whitening->theta(q)});
  }
  return random;
}

Transformed whitened_rows(const Transformed& levels, const RandomWhitening& whitening) {
  Transformed whitened = levels;
  whitened.X = whitening.apply(levels.X);
  whitened.y = whitening.apply(levels.y);
  return whitened;
}

// Coefficients of the levels under the effects, by the whitened rows.
Fit solve_whitened(Fit fit, RandomEffects random, const Transformed& levels) {
  fit.goodness.r_squared = fit.goodness.r_squared_within = squared_correlation(*fit.linear);
  fit.random = std::move(random);
  put_in_levels(fit, levels);
  merge(fit.notes, of_negative_variances(*fit.random));
  return fit;
}

Fit random_by_instruments(const EstimatorInput& input, const ComponentData& data) {
  const RandomInstruments& how = random_instruments(input);
  RandomEffects random = random_effects(data.groups, how.components(data), how.words);
  Transformed whitened = whitened_rows(data.levels, *random.whitening);
  MadeInstruments made = made_instruments(how, data, *random.whitening);
  whitened.instruments = std::move(made.columns);
  whitened.instrument_names = std::move(made.names);
  Fit fit = solve_whitened(solve_two_stage(input.design, whitened), std::move(random), data.levels);
  for (const std::string& name : made.unused) fit.not_identified.push_back({name, {"the exogenous regressors"}});
  return fit;
}

}  // namespace

const MethodCard& random_card() {
  static const MethodCard card{
      .name = "random",
      .kind = "estimator",
      .question =
          "How does the outcome go with the drivers, within and between trusts together, when the trusts' own "
          "levels are draws that have nothing to do with the drivers?",
      .avoid =
          "Not when trusts with high drivers are special in other ways too: the tests hausman and mundlak speak "
          "to that, and means = unit or within do not need it.",
      .reference = "Baltagi (2021) 2.3, 7.4; equals plm random, xtreg, re, xthtaylor",
      .supports = {"instruments", "unbalanced", "no_time"},
      .options = {{"effect", "choice: unit | time | both", "unit", "whose levels are drawn: one-way or two-way"},
                  {"components",
                   "choice: swamy_arora | harmonic_mean | wallace_hussain | amemiya | nerlove | maximum_likelihood",
                   "swamy_arora",
                   "how the variances are estimated; harmonic_mean is Stata's where units differ in rows"},
                  {"means", "choice: none | unit", "none",
                   "unit: the unit means of the regressors are added (Mundlak), so slopes are those within units"},
                  random_instruments_card()},
      .positions = {"effect"},
      .differs =
          "unbalanced with two effects, iid errors carry the variance that plm 2.6 forgets, and nerlove weighs each "
          "period's effect by its own rows, where plm takes them in the order of first rows; regressors that repeat "
          "one "
          "another between units are dropped from swamy_arora's between step, where plm stops; by instruments and "
          "unbalanced, means are whitened as the rows are, where plm 2.6 takes the instruments of ec2sls and "
          "hausman_taylor unwhitened, and hausman_taylor's variance of the effects divides by mean rows a unit, plm's "
          "by the number of periods; plm's robust errors beside ec2sls mix residuals in units of the rows' own "
          "deviation "
          "with regressors fitted by the instruments of g2sls."};
  return card;
}

Fit fit_random(const EstimatorInput& input) {
  const Design& design = *input.design;
  const bool instrumented = by_instruments(design);
  if (!instrumented) refuse_instrument_options(input.call);
  const ComponentMethod& method = method_of(input.call);
  const std::vector<Grouping> groups = random_groups(design, input.call);
  require_constant_and_method(design, method, groups.size());
  const Transformed levels = levels_of(design, input.call);
  const ComponentData data{input.design, levels, groups};
  if (instrumented) return random_by_instruments(input, data);
  std::optional<MaximumLikelihood> maximum;
  if (!method.run) maximum = maximum_likelihood(data);
  RandomEffects random = random_effects(groups, maximum ? maximum->components : method.run(data), method.words);
  Transformed whitened = whitened_rows(levels, *random.whitening);
  Fit fit = solve_whitened(solve_least_squares(input.design, std::move(whitened)), std::move(random), levels);
  if (maximum) add_likelihood(fit, *maximum);
  return fit;
}

Vector prediction_weights(const RandomEffects& random, std::size_t effect, const Vector& v) {
  const Grouping& levels = random.effects[effect].levels;
  const Vector gathered = on_rows(sums_by(v, levels), levels);
  return random.whitening->ratios()(static_cast<Index>(effect)) *
         random.whitening->transposed(random.whitening->apply(gathered));
}

}  // namespace headwater
