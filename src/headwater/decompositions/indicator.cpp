// Question: how far may one unit's indicator be believed that comes with a standard error of its own (SHMI, a survey's
// score)? Model: figure y_i = θ_i + e_i, e_i normal with the standard error s_i that was published, θ_i normal with
// mean μ and variance τ². Estimator: the share τ²/(τ² + mean s²) integrated over the restricted likelihood with a flat
// prior on (0, 1), μ at each of its values with weights 1/(τ² + s_i²) and an uncertainty of its own (shrinkage.hpp;
// Gelman and others 2013, 5.20): no parameter is used as if it were known. Funnel limits with additive over-dispersion
// (Spiegelhalter 2005); rank sets on request alone (Mogstad, Romano, Shaikh and Wilhelm 2024). At the likeliest τ² the
// shrunken figures are those of metafor::blup(rma(method = "REML")), and τ² is that of rma.
#include <cmath>
#include <limits>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/levels.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/decompositions/provider_tables.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

constexpr Index kFewestFigures = 5;

Design figures_of(const DecompositionInput& input) {
  const MethodCall& call = input.call;
  if (!call.has("error"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "indicator needs error, the column of the figures' own standard errors, such as indicator(error = se)",
                {.key = "error"});
  if (!input.panel.has_unit())
    throw Error(ErrorKind::usage, "decomposition.no_unit",
                "indicator shows one figure a unit, and the model has no unit key; name the column of the unit");
  Design design = outcome_design(input.panel, without_clusters(input.spec), {call.get("error")});
  if (call.has("period")) {
    const std::int32_t code = period_code(design, "period", call.get("period"));
    std::vector<Index> rows;
    for (Index i = 0; i < design.n(); ++i)
      if (design.time.code[static_cast<std::size_t>(i)] == code) rows.push_back(i);
    design = with_rows(design, rows);
  }
  if (design.unit.count < design.n())
    throw Error(ErrorKind::usage, "indicator.rows",
                "some units have several rows, and one figure with its standard error is wanted of each; name one "
                "period (period = ...)",
                {.key = "period"});
  if (design.n() < kFewestFigures)
    throw Error(ErrorKind::usage, "indicator.few",
                "signal and noise of " + std::to_string(design.n()) + " figures cannot be told apart; it takes " +
                    std::to_string(kFewestFigures) + " units or more");
  return design;
}

// Nothing is known of how figures vary but their own errors.
SignalNoise known_errors(const Vector& figures, const Vector& variances) {
  SignalNoise start;
  start.nodes = {{.autocorrelation = 0, .signal = 0, .noise = 1, .weight = 1, .noise_weight = 1}};
  return with_declared_noise(start, 1, UnitTimes{}, figures, variances);
}

Decomposition figures_with_errors(const DecompositionInput& input, const Design& design, const Vector& variances) {
  Decomposition d;
  d.method = "indicator";
  d.call = input.call.text;
  d.additive = false;
  d.question = "How far may one unit's " + design.outcome_name + " be believed, given its standard error?";
  d.estimates.names = design.unit.labels;
  d.estimates.values = design.y;
  d.estimates.influence = Matrix::Zero(design.n(), 1);
  d.estimates.jacobian = Matrix::Zero(design.n(), 1);
  d.estimates.kind = UncertaintyKind::model;
  d.estimates.noise = variances.asDiagonal();
  d.unit = outcome_unit(design.spec);
  d.frame = "units' underlying figures, each with the standard error that was published";
  d.sample_hash = design.sample_hash;
  d.choices = {{"error", input.call.get("error")}, {"ranks", input.call.get("ranks", "none")}};
  Inference inference = inference_of(design.spec, atoms_of(design));
  inference.df = std::numeric_limits<double>::infinity();
  finish(d, inference, atoms_of(design), Vector(), 1);
  return d;
}

}  // namespace

const MethodCard& indicator_card() {
  static const MethodCard card = [] {
    MethodCard c{.name = "indicator",
                 .kind = "decomposition",
                 .question = "How far may one unit's indicator be believed that comes with its own standard error?",
                 .avoid = "Not as a league table: a rank means nothing without its set, and case mix is not in it.",
                 .reference = "Spiegelhalter (2005); Gelman and others (2013) 5.20; metafor::rma, blup",
                 .supports = {"unbalanced", "no_time"},
                 .options = {{"error", "text", "", "column of the figures' own standard errors (required)"},
                             {"period", "period", "", "one period; needed where units have several rows"},
                             {"above", "number", "", "probability of lying above it; by default above the mean"}},
                 .positions = {"error"}};
    for (const OptionCard& option : rank_option_cards()) c.options.push_back(option);
    return c;
  }();
  return card;
}

Decompositions run_indicator(const DecompositionInput& input) {
  const Design design = figures_of(input);
  const Vector variances = row_values(input.panel, design, input.call.get("error")).cwiseAbs2();
  Decomposition d = figures_with_errors(input, design, variances);
  const SignalNoise model = known_errors(design.y, variances);
  SignalNoise typical = model;
  for (Hyper& node : typical.nodes) node.noise = variances.mean();
  typical.likeliest.noise = variances.mean();
  add_parameter_table(d, {{"variance of levels", &model, [](const Hyper& h) { return h.signal; }},
                          {"signal share of a typical figure", &typical, [](const Hyper& h) { return h.share(); }}});
  const Vector w = (variances.array() + model.likeliest.signal).inverse();
  const double mean = design.y.dot(w) / w.sum(), above = input.call.number("above", mean);
  add_unit_table(d, shrunken_figures(model, design.y, variances, d.inference.level, above),
                 "Figures shrunken towards their mean, and over-dispersed funnel limits. Not a verdict on effort",
                 "probability of lying above " + significant(above, 6));
  add_extra(d, "figure_mean", mean, "mean of the figures, weighted by signal and noise", d.unit);
  add_ranks(d, input.call, std::vector<int>(static_cast<std::size_t>(design.n()), 0));
  return {std::move(d)};
}

}  // namespace headwater
