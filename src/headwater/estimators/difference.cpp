// Question: when a regressor changes from one period to another (K periods apart), how does the outcome change?
// Model Δ_K y = Δ_K Xβ + Δ_K e. Estimator: least squares on differences formed by time value within the unit; a
// difference across a gap is not formed unless gaps = bridge asks for it (then rows are differenced as they follow, as
// plm does). The constant of the formula stays as a drift, as in plm; effects of the unit vanish, effects of the period
// are absorbed. Degrees of freedom n_Δ − k − rank. Wooldridge (2010), 10.6. Equals plm(model = "fd") to 1e-12 on the
// reference cases.
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/design/encoding.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

struct Pair {
  Index earlier, later;
};

// Rows of the design are sorted by unit and time, so the partner of a row stands before it.
std::vector<Pair> pairs_of(const Design& design, std::int64_t steps, bool bridge, std::int64_t& across_gaps) {
  const auto ordinal = [&](Index i) {
    return design.periods[static_cast<std::size_t>(design.time.code[static_cast<std::size_t>(i)])].ordinal;
  };
  const auto same_unit = [&](Index a, Index b) {
    return design.unit.code[static_cast<std::size_t>(a)] == design.unit.code[static_cast<std::size_t>(b)];
  };
  std::vector<Pair> pairs;
  for (Index i = 1; i < design.n(); ++i) {
    if (bridge) {
      const Index j = i - steps;
      if (j >= 0 && same_unit(i, j)) pairs.push_back({j, i});
      continue;
    }
    const std::int64_t wanted = ordinal(i) - steps * design.time_step;
    Index j = i - 1;
    while (j >= 0 && same_unit(i, j) && ordinal(j) > wanted) --j;
    if (j < 0 || !same_unit(i, j)) continue;
    if (ordinal(j) == wanted)
      pairs.push_back({j, i});
    else
      ++across_gaps;
  }
  return pairs;
}

std::vector<std::int64_t> later_rows(const std::vector<Pair>& pairs) {
  std::vector<std::int64_t> rows;
  for (const Pair& pair : pairs) rows.push_back(pair.later);
  return rows;
}

Atoms atoms_of_pairs(const Design& design, const std::vector<Pair>& pairs) {
  const std::vector<std::int64_t> rows = later_rows(pairs);
  Atoms atoms;
  atoms.n = static_cast<Index>(pairs.size());
  atoms.unit = restricted(design.unit, rows);
  atoms.time = restricted(design.time, rows);
  atoms.periods.resize(static_cast<std::size_t>(atoms.time.count));
  for (std::size_t i = 0; i < rows.size(); ++i)
    atoms.periods[static_cast<std::size_t>(atoms.time.code[i])] =
        design.periods[static_cast<std::size_t>(design.time.code[static_cast<std::size_t>(rows[i])])];
  atoms.time_step = design.time_step;
  for (const Grouping& cluster : design.clusters) atoms.clusters.push_back(restricted(cluster, rows));
  for (const std::int64_t row : rows) atoms.design_row.push_back(row);
  if (design.places.size() > 0) atoms.places = design.places(atoms.design_row, Eigen::all);
  return atoms;
}

// What differencing leaves of the effects: nothing of those constant within the unit, the later level of period
// effects.
std::vector<Effect> effects_after(const Design& design, const std::vector<std::int64_t>& rows,
                                  std::string_view estimator) {
  std::vector<Effect> left;
  for (const Effect& effect : design.effects) {
    if (nested_in(design.unit, effect.levels)) continue;
    if (!nested_in(effect.levels, design.time))
      throw Error(ErrorKind::usage, "estimator.unsupported",
                  std::string(estimator) + " takes effects of the unit (which vanish) and of the period; '" +
                      effect.levels.name + "' is neither");
    left.push_back(effect_of(restricted(effect.levels, rows)));
  }
  return left;
}

Fit fit_differences(const EstimatorInput& input, const MethodCard& card, std::int64_t steps) {
  const Design& design = *input.design;
  if (!design.has_unit || !design.has_time)
    throw Error(ErrorKind::usage, "estimator.no_keys",
                std::string(card.name) + " compares periods of the same unit and needs the unit and time keys");
  const std::string gaps = input.call.get("gaps", "break");
  if (gaps != "break" && gaps != "bridge")
    throw Error(ErrorKind::usage, "method.option_value",
                "option 'gaps' of " + std::string(card.name) + " is '" + gaps + "'; it is break or bridge");
  std::int64_t across = 0;
  const std::vector<Pair> pairs = pairs_of(design, steps, gaps == "bridge", across);
  if (pairs.empty())
    throw Error(ErrorKind::data, "estimator.no_differences",
                "no unit has two rows " + std::to_string(steps) + (steps == 1 ? " period apart" : " periods apart") +
                    ", so there is no difference to fit");
  const std::vector<std::int64_t> rows = later_rows(pairs);
  Transformed data{
      .effects = effects_after(design, rows, card.name), .atoms = atoms_of_pairs(design, pairs), .of_design = false};
  const bool drift = design.intercept && data.effects.empty();
  const Index lead = design.intercept ? 1 : 0, kept = drift ? 1 : 0;
  data.X.resize(data.atoms.n, design.k() - lead + kept);
  data.y.resize(data.atoms.n);
  data.instruments.resize(data.atoms.n, design.instruments.cols());
  data.instrument_names = design.instrument_names;
  for (Index i = 0; i < data.atoms.n; ++i) {
    const Pair& pair = pairs[static_cast<std::size_t>(i)];
    data.y(i) = design.y(pair.later) - design.y(pair.earlier);
    data.instruments.row(i) = design.instruments.row(pair.later) - design.instruments.row(pair.earlier);
    for (Index j = lead; j < design.k(); ++j)
      data.X(i, j - lead + kept) = design.X(pair.later, j) - design.X(pair.earlier, j);
  }
  if (drift) data.X.col(0).setOnes();
  for (Index j = lead - kept; j < design.k(); ++j) {
    data.names.push_back(design.names[static_cast<std::size_t>(j)]);
    data.origins.push_back({j});
  }
  data.constant = drift;
  Fit fit = solve_linear(input, std::move(data));
  if (across > 0)
    fit.notes.push_back({"difference.gaps",
                         counted(across, "row") + (across == 1 ? " has" : " have") + " no partner exactly " +
                             counted(steps, "period") +
                             " before (a gap), so no difference is formed there; gaps = bridge takes the row before"});
  return fit;
}

}  // namespace

const MethodCard& first_difference_card() {
  static const MethodCard card{
      .name = "first_difference",
      .kind = "estimator",
      .question = "When a regressor changes from one period to the next, how does the outcome change?",
      .avoid =
          "Not for effects that take years, nor with noisy regressors: differencing keeps the noise and loses the "
          "signal.",
      .reference = "Wooldridge (2010) 10.6; equals plm fd",
      .supports = {"effects", "instruments", "unbalanced"},
      .options = with_instrument_options(
          {{"gaps", "choice: break | bridge", "break", "bridge differences rows as they follow, as plm does"}}),
      .positions = {"gaps"}};
  return card;
}

const MethodCard& long_difference_card() {
  static const MethodCard card{
      .name = "long_difference",
      .kind = "estimator",
      .question = "Over several periods, how does the outcome change where a regressor changed?",
      .avoid = "Not in short panels: each unit gives few differences, and overlapping ones are correlated.",
      .reference = "Griliches and Hausman (1986); differences K periods apart",
      .supports = {"effects", "instruments", "unbalanced"},
      .options = with_instrument_options(
          {{"periods", "integer", "4", "how many periods apart"},
           {"gaps", "choice: break | bridge", "break", "bridge counts rows instead of periods"}}),
      .positions = {"periods"}};
  return card;
}

Fit fit_first_difference(const EstimatorInput& input) { return fit_differences(input, first_difference_card(), 1); }

Fit fit_long_difference(const EstimatorInput& input) {
  const long periods = input.call.integer("periods", 4);
  if (periods < 1)
    throw Error(ErrorKind::usage, "method.option_value",
                "option 'periods' of long_difference is " + std::to_string(periods) + "; give 1 or more");
  return fit_differences(input, long_difference_card(), periods);
}

}  // namespace headwater
