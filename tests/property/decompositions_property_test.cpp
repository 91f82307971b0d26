// Identities on random unbalanced, weighted panels with effects: I1 (every cell), I4 (Gelbach), I9
// (the static part) and I13 (no covariance is lost), under every rule.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "headwater/decompositions/parts.hpp"
#include "unit/decompositions/small_panel.hpp"

namespace headwater::property {
namespace {

struct Drawn {
  std::string formula, estimator, weights, rule;
};

Drawn any_model() {
  const auto [formula, estimator] =
      *rc::gen::element(std::pair<std::string, std::string>{"y ~ x + z + q", "pooled"},
                        std::pair<std::string, std::string>{"y ~ x + z + q", "mundlak"},
                        std::pair<std::string, std::string>{"y ~ x + z + q | unit", "within"},
                        std::pair<std::string, std::string>{"y ~ x + z + q | unit + year", "within"},
                        std::pair<std::string, std::string>{"y ~ x + x:z + q | unit + type^year", "within"},
                        std::pair<std::string, std::string>{"y ~ x + z | unit[q] + year", "within"});
  return {formula, estimator, *rc::gen::element(std::string(), std::string("w")),
          *rc::gen::element(std::string("cluster(unit)"), std::string("robust"), std::string("iid"),
                            std::string("cluster(unit, year)"))};
}

SmallModel any_fit() {
  const Drawn drawn = any_model();
  Spec spec = small_spec(drawn.formula, drawn.estimator, drawn.weights, drawn.rule);
  spec.drivers = {{"first", parse_terms("x")}};
  const double keep = *rc::gen::element(1.0, 0.9, 0.75);
  return small_model(small_panel(*rc::gen::inRange<std::uint64_t>(1, 1000000), 30, 5, keep), std::move(spec));
}

RC_GTEST_PROP(Attribution, PartsOfEveryRowSumToItsOutcome, ()) {
  const SmallModel model = any_fit();
  const OutcomeParts parts(model.fit);
  const Vector sum = parts.values().rowwise().sum().array() + parts.constant();
  RC_ASSERT((sum - model.design->y).cwiseAbs().maxCoeff() <= 1e-11 * model.design->y.cwiseAbs().maxCoeff());
}

RC_GTEST_PROP(Attribution, WhatOnePartGainsByEstimationAnotherLoses, ()) {
  const SmallModel model = any_fit();
  const OutcomeParts parts(model.fit);
  Vector v = Vector::Zero(model.design->n());
  v(0) = 1;
  v(model.design->n() - 1) = -1;
  const Matrix psi = parts.estimation_influence(v);
  RC_ASSERT(psi.rowwise().sum().cwiseAbs().maxCoeff() <= 1e-12 * std::max(1.0, psi.cwiseAbs().maxCoeff()));
}

void check(const std::vector<Decomposition>& all) {
  for (const Decomposition& d : all) {
    RC_ASSERT(std::abs(d.estimates.values.sum() - d.total) <= d.tolerance);
    if (d.total_estimable)
      RC_ASSERT(std::abs(d.covariance.sum() - d.total_std_error * d.total_std_error) <=
                1e-8 * std::max(1e-6, d.covariance.cwiseAbs().maxCoeff()));
  }
}

RC_GTEST_PROP(Attribution, ChangesAndContributionsClose, ()) {
  const SmallModel model = any_fit();
  for (const char* call :
       {"change(from = 2010, to = 2014)", "change(from = 2010, to = 2014, reading = chain)",
        "change(from = 2011, to = 2013, reading = means)", "contributions(by = type)",
        "contributions(reference = base_period)", "contributions(reference = peers, peers = type, by = year)",
        "olley_pakes(share = size, from = 2010, to = 2014)"})
    check(model.run(call));
}

RC_GTEST_PROP(Attribution, TimeReversalNegatesEveryPartOfAChange, ()) {
  const SmallModel model = any_fit();
  const Decomposition there = model.run("change(from = 2010, to = 2014)").front();
  const Decomposition back = model.run("change(from = 2014, to = 2010)").front();
  for (std::size_t c = 0; c < there.estimates.names.size(); ++c) {
    const std::string& name = there.estimates.names[c];
    if (name.rfind("composition: e", 0) == 0) continue;  // entry and exit change places
    const auto found = std::find(back.estimates.names.begin(), back.estimates.names.end(), name);
    RC_ASSERT(found != back.estimates.names.end());
    const auto other = static_cast<Index>(found - back.estimates.names.begin());
    RC_ASSERT(std::abs(there.estimates.values(static_cast<Index>(c)) + back.estimates.values(other)) <= 1e-11);
  }
}

RC_GTEST_PROP(Attribution, GelbachIsTheChangeOfTheCoefficient, ()) {
  const double keep = *rc::gen::element(1.0, 0.8);
  const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1000000);
  const std::string weights = *rc::gen::element(std::string(), std::string("w"));
  const std::string effects = *rc::gen::element(std::string(""), std::string(" | unit"), std::string(" | unit + year"));
  const std::string estimator = effects.empty() ? "pooled" : "within";
  const SmallModel full =
      small_model(small_panel(seed, 30, 5, keep), small_spec("y ~ x + z + q" + effects, estimator, weights));
  Spec brief_spec = small_spec("y ~ x" + effects, estimator, weights);
  brief_spec.drivers.clear();
  const SmallModel brief = small_model(small_panel(seed, 30, 5, keep), brief_spec);
  const double change = brief.fit.coefficients(*coefficient_index(brief.fit, "x")) -
                        full.fit.coefficients(*coefficient_index(full.fit, "x"));
  const Decomposition d = full.run("gelbach(base = x)").front();
  RC_ASSERT(std::abs(d.estimates.values.sum() - change) <= 1e-11);
  RC_ASSERT(d.estimates.names == (Names{"second", "other"}));
}

}  // namespace
}  // namespace headwater::property
