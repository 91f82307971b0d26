#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/unknown_name.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/estimators/methods.hpp"

namespace headwater {

const std::vector<EstimatorRow>& estimators() {
  static const std::vector<EstimatorRow> rows = {
      {pooled_card(), fit_pooled},
      {within_card(), fit_within, true},
      {between_card(), fit_between},
      {first_difference_card(), fit_first_difference},
      {long_difference_card(), fit_long_difference},
      {mundlak_card(), fit_mundlak},
      {random_card(), fit_random},
      {frontier_card(), fit_frontier},
      {ppml_card(), fit_ppml},
      {logit_card(), fit_logit},
      {conditional_logit_card(), fit_conditional_logit, true},
      {probit_card(), fit_probit},
      {fractional_logit_card(), fit_fractional_logit},
      {quantile_card(), fit_quantile},
      {robust_m_card(), fit_robust_m},
      {negative_binomial_card(), fit_negative_binomial},
      {conditional_negative_binomial_card(), fit_conditional_negative_binomial, true},
  };
  return rows;
}

const EstimatorRow& estimator(std::string_view wanted) {
  Names known;
  for (const EstimatorRow& row : estimators()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  static const std::vector<NameElsewhere> elsewhere = {{"fe", "within"},
                                                       {"fixed", "within"},
                                                       {"fixed_effects", "within"},
                                                       {"lsdv", "within"},
                                                       {"feols", "within"},
                                                       {"areg", "within"},
                                                       {"reghdfe", "within"},
                                                       {"ols", "pooled"},
                                                       {"lm", "pooled"},
                                                       {"reg", "pooled"},
                                                       {"wls", "pooled"},
                                                       {"pooling", "pooled"},
                                                       {"re", "random"},
                                                       {"random_effects", "random"},
                                                       {"cre", "mundlak"},
                                                       {"be", "between"},
                                                       {"fd", "first_difference"},
                                                       {"sfa", "frontier"},
                                                       {"stochastic_frontier", "frontier"},
                                                       {"poisson", "ppml"},
                                                       {"fepois", "ppml"},
                                                       {"ppmlhdfe", "ppml"},
                                                       {"xtpoisson", "ppml"},
                                                       {"ht", "random(iv = hausman_taylor)"},
                                                       {"hausman_taylor", "random(iv = hausman_taylor)"},
                                                       {"xthtaylor", "random(iv = hausman_taylor)"},
                                                       {"ec2sls", "random(iv = ec2sls)"},
                                                       {"feglm", "logit"},
                                                       {"clogit", "conditional_logit"},
                                                       {"fracreg", "fractional_logit"},
                                                       {"qreg", "quantile"},
                                                       {"rq", "quantile"},
                                                       {"xtqreg", "quantile"},
                                                       {"rlm", "robust_m"},
                                                       {"rreg", "robust_m"},
                                                       {"nbreg", "negative_binomial"},
                                                       {"fenegbin", "negative_binomial"},
                                                       {"xtnbreg", "conditional_negative_binomial"}};
  throw Error(ErrorKind::usage, "estimator.unknown",
              "there is no estimator '" + std::string(wanted) + "'" + advice_on_name(wanted, known, elsewhere));
}

MethodCall default_estimator(bool effects) {
  return parse_method_call(std::string(effects ? within_card().name : pooled_card().name));
}

namespace {

void refuse(const MethodCard& card, const Design& design, std::string_view capability, bool present,
            const std::string& advice) {
  if (!present || std::find(card.supports.begin(), card.supports.end(), capability) != card.supports.end()) return;
  throw Error(ErrorKind::usage, "estimator.unsupported",
              "the estimator " + std::string(card.name) + " does not take " + std::string(capability) +
                  ", which the model " + design.spec.formula.text + " has; " + advice);
}

// Rows drawn several times are weights, whether the model has some or not.
void refuse_redrawn(const MethodCard& card, const Design& design) {
  const bool weighs = std::find(card.supports.begin(), card.supports.end(), "weights") != card.supports.end();
  if (weighs || design.weights.size() == 0 || design.draws.size() == 0) return;
  throw Error(
      ErrorKind::usage, "estimator.unsupported",
      "the estimator " + std::string(card.name) +
          " does not take weights, so a cluster drawn twice cannot count twice; use bootstrap = multiplier, which "
          "refits nothing",
      {.key = "bootstrap"});
}

// Refuses what the card does not support among weights, effects, slopes and instruments, and unknown options.
void check_support(const MethodCard& card, const Design& design) {
  const bool slopes =
      std::any_of(design.effects.begin(), design.effects.end(), [](const Effect& e) { return e.slopes.cols() > 0; });
  refuse(card, design, "instruments", by_instruments(design), "use pooled, within, between, random or a difference");
  refuse(card, design, "effects", !design.effects.empty(), "use within");
  refuse(card, design, "slopes", slopes, "use within");
  refuse(card, design, "offsets", design.offset.size() > 0, "subtract it from the outcome, or use ppml");
  refuse_redrawn(card, design);
  refuse(card, design, "weights", design.weights.size() > 0, "leave the weights out or use within or pooled");
  check_options(design.spec.estimator, card);
}

}  // namespace

Fit estimate(const Panel& panel, std::shared_ptr<const Design> design) {
  const EstimatorRow& row = estimator(design->spec.estimator.method);
  check_support(row.card, *design);
  const MethodCall& call = design->spec.estimator;
  return row.run({panel, std::move(design), call});
}

}  // namespace headwater
