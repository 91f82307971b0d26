// Question: is aggregate productivity high because units are productive, or because the productive ones are large?
// Model: Φ_t = Σ_i s_it φ_it with shares that sum to 1; Φ_t = φ̄_t + Σ_i (s_it − s̄_t)(φ_it − φ̄_t): the unweighted mean
// and the covariance of size and productivity (Olley and Pakes 1996, eq. 16). With `from` and `to`: the change of both.
// No regression. Uncertainty: influence s_i(φ_i − Φ) and (φ_i − φ̄)/N of each unit, under the model's rule with G/(G−1).
// If the units are a census this is about the process that made their figures, not about sampling. Refuses indices set
// to one value for every unit in a base period: levels then carry no information between units.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/levels.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

// Mean under shares less the plain mean, and the plain mean, of one period with a sign.
struct Pieces {
  double mean = 0, covariance = 0, aggregate = 0;
  Vector mean_influence, aggregate_influence;
};

Index rows_of(const Design& design, std::int32_t period) {
  return std::count(design.time.code.begin(), design.time.code.end(), period);
}

Pieces pieces_of(const Design& design, const Vector& share, std::int32_t period) {
  const Vector plain = within_group(weights_or_ones(design.weights, design.n()), design.time, period),
               weighted = within_group(share, design.time, period);
  Contrast mean(design), aggregate(design);
  mean.add(1, plain);
  aggregate.add(1, weighted);
  Pieces p;
  p.mean = mean.values(design.y)(0);
  p.aggregate = aggregate.values(design.y)(0);
  const double count = plain.sum(), mass = weighted.sum();
  for (Index i = 0; i < design.n(); ++i)
    if (plain(i) > 0) p.covariance += (weighted(i) / mass - plain(i) / count) * (design.y(i) - p.mean);
  p.mean_influence = mean.sampling_influence(design.y);
  p.aggregate_influence = aggregate.sampling_influence(design.y);
  return p;
}

Decomposition assembled(const DecompositionInput& input, const Design& design, const Pieces& later,
                        const Pieces* earlier) {
  Decomposition d;
  d.method = "olley_pakes";
  d.call = input.call.text;
  Estimates& e = d.estimates;
  e.names = {"unweighted mean", "covariance of size and productivity"};
  e.values = Vector(2);
  e.values << later.mean - (earlier ? earlier->mean : 0), later.covariance - (earlier ? earlier->covariance : 0);
  Vector mean = later.mean_influence, aggregate = later.aggregate_influence;
  if (earlier) {
    mean -= earlier->mean_influence;
    aggregate -= earlier->aggregate_influence;
  }
  e.influence.resize(design.n(), 2);
  e.influence << mean, aggregate - mean;
  e.jacobian = Matrix::Identity(2, 2);
  d.total = later.aggregate - (earlier ? earlier->aggregate : 0);
  d.unit = outcome_unit(design.spec);
  d.percent = log_outcome(design.spec) && earlier;
  d.frame = "means and shares, units as drawn; for a census, the process that made their figures";
  d.sample_hash = design.sample_hash;
  if (log_outcome(design.spec))
    d.notes.push_back(
        {"olley_pakes.logs", "the share-weighted mean of logarithms is not the logarithm of the aggregate ratio"});
  finish(d, inference_of(input.spec, atoms_of(design)), atoms_of(design), aggregate,
         std::max(1.0, design.y.cwiseAbs().maxCoeff()));
  return d;
}

}  // namespace

const MethodCard& olley_pakes_card() {
  static const MethodCard card{
      .name = "olley_pakes",
      .kind = "decomposition",
      .question =
          "Is aggregate productivity high because units are productive, or because the productive ones are large?",
      .avoid =
          "Not on indices set to one value for every unit, and not across kinds of trust without a common output "
          "scale.",
      .reference = "Olley and Pakes (1996) eq. 16",
      .supports = {"unbalanced"},
      .options = {{"share", "text", "", "column of size, normalised to shares in each period (required)"},
                  {"period", "period", "", "of the level; by default the last"},
                  {"from", "period", "", "with to: the change between two periods"},
                  {"to", "period", "", "with from"},
                  no_weights_option()},
      .positions = {"share", "period"}};
  return card;
}

Decompositions run_olley_pakes(const DecompositionInput& input) {
  const MethodCall& call = input.call;
  if (!call.has("share"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "olley_pakes needs share, the column of size, such as olley_pakes(share = resource)", {.key = "share"});
  if (call.has("from") != call.has("to"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "olley_pakes takes from and to together; give both, or period alone",
                {.key = call.has("from") ? "to" : "from"});
  const Design design = outcome_design(input.panel, input.spec, {call.get("share")});
  if (!design.has_time)
    throw Error(ErrorKind::usage, "decomposition.no_time",
                "olley_pakes needs a time key; name the column of the period");
  refuse_indices(design);
  const Vector share = row_values(input.panel, design, call.get("share"));
  if (call.has("from")) {
    const std::int32_t from = period_code(design, "from", call.get("from")),
                       to = period_code(design, "to", call.get("to"));
    const Pieces earlier = pieces_of(design, share, from);
    Decomposition d = assembled(input, design, pieces_of(design, share, to), &earlier);
    d.choices = {{"share", call.get("share")}, {"from", call.get("from")}, {"to", call.get("to")}};
    d.question =
        "Did aggregate " + design.outcome_name + " change because units did, or because size moved between them?";
    d.total_name = "change of aggregate " + design.outcome_name;
    tell_rows(d, input, design, rows_of(design, from) + rows_of(design, to));
    return {std::move(d)};
  }
  const std::int32_t period =
      call.has("period") ? period_code(design, "period", call.get("period")) : design.time.count - 1;
  Decomposition d = assembled(input, design, pieces_of(design, share, period), nullptr);
  d.choices = {{"share", call.get("share")}, {"period", design.time.labels[static_cast<std::size_t>(period)]}};
  d.question = "In " + design.time.labels[static_cast<std::size_t>(period)] + ", is aggregate " + design.outcome_name +
               " due to the units' own levels, or to where size lies?";
  d.total_name = "aggregate " + design.outcome_name;
  tell_rows(d, input, design, rows_of(design, period));
  return {std::move(d)};
}

}  // namespace headwater
