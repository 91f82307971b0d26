// Question: between two periods, how much of the change of the outcome goes with each driver group?
// Model: y_it = Σ_g x_git'β_g + effects + e_it. With stayers S (units in both periods), their weights σ_it normalised
// to 1 in each period, entrants E and leavers X with shares s_E of the later and s_X of the earlier period,
//   Ȳ₂ − Ȳ₁ = Σ_S σ̄_i Δ(part)_i + Σ_S Δσ_i ȳ_i + s_E(ȳ_E2 − ȳ_S2) + s_X(ȳ_S1 − ȳ_X1),
// bars being two-period means: drivers, effects and residual of the stayers, then weights, entry and exit. `reading =
// means` takes differences of the two period means of every part instead, with composition inside the parts. A unit's
// own effect does not change while it stays and is then left out. Both close exactly. Uncertainty: influence of
// coefficients, effects and means on the rows, one rule and the fit's factor; intervals of drivers, entry and exit by
// intervals.cpp. With one unit: its drivers' part through the coefficients, its residual not without a declared
// reliability. No other software gives these standard errors; they equal the derivative in each cluster's weight to
// 1e-8.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/groups.hpp"
#include "headwater/decompositions/methods.hpp"

namespace headwater {
namespace {

struct Two {
  std::int32_t from, to;
};

// Latest period, and the earliest of the same season before it.
Two periods_of(const Design& design, const MethodCall& call) {
  if (!design.has_time || design.time.count < 2)
    throw Error(ErrorKind::usage, "decomposition.no_time",
                "change compares two periods, but the rows used have " +
                    std::string(design.has_time ? "one period" : "no time key") +
                    "; name a time column with two periods or more");
  Two two{0, design.time.count - 1};
  if (call.has("to")) two.to = period_code(design, "to", call.get("to"));
  if (call.has("from")) {
    two.from = period_code(design, "from", call.get("from"));
  } else {
    const auto wanted = season(design.periods[static_cast<std::size_t>(two.to)]);
    while (two.from < two.to && season(design.periods[static_cast<std::size_t>(two.from)]) != wanted) ++two.from;
    if (two.from >= two.to) two.from = 0;
  }
  if (two.from == two.to)
    throw Error(ErrorKind::usage, "decomposition.one_period",
                "change needs two different periods, but both are " +
                    design.time.labels[static_cast<std::size_t>(two.to)] + "; set from and to",
                {.key = "from"});
  return two;
}

// Row of each unit in a period, -1 where it has none.
std::vector<Index> rows_in(const Design& design, std::int32_t period) {
  std::vector<Index> rows(static_cast<std::size_t>(design.unit.count), -1);
  for (Index i = 0; i < design.n(); ++i)
    if (design.time.code[static_cast<std::size_t>(i)] == period)
      rows[static_cast<std::size_t>(design.unit.code[static_cast<std::size_t>(i)])] = i;
  return rows;
}

// Who stays, enters and leaves, as row weights.
struct Composition {
  Vector before, after;            // weights of all rows of the two periods
  Vector stay_before, stay_after;  // of the stayers
  Vector enter, leave;
  std::vector<Index> partner;  // row of the same unit in the other period, or itself
};

Composition composition_of(const Design& design, const Two& two, const Vector& weights) {
  Composition c;
  c.before = within_group(weights, design.time, two.from);
  c.after = within_group(weights, design.time, two.to);
  c.stay_before = c.before;
  c.stay_after = c.after;
  c.enter = c.leave = Vector::Zero(design.n());
  for (Index i = 0; i < design.n(); ++i) c.partner.push_back(i);
  const std::vector<Index> first = rows_in(design, two.from), second = rows_in(design, two.to);
  for (std::size_t u = 0; u < first.size(); ++u) {
    const Index a = first[u], b = second[u];
    if (a >= 0 && b >= 0) {
      c.partner[static_cast<std::size_t>(a)] = b;
      c.partner[static_cast<std::size_t>(b)] = a;
    } else if (a >= 0) {
      std::swap(c.leave(a), c.stay_before(a));
    } else if (b >= 0) {
      std::swap(c.enter(b), c.stay_after(b));
    }
  }
  return c;
}

// The same weights at the units' rows of the other period.
Vector moved(const Vector& weights, const std::vector<Index>& partner) {
  Vector result = Vector::Zero(weights.size());
  for (Index i = 0; i < weights.size(); ++i)
    if (weights(i) != 0) result(partner[static_cast<std::size_t>(i)]) = weights(i);
  return result;
}

Contrast difference(const Design& design, const Vector& plus, const Vector& minus) {
  Contrast contrast(design);
  contrast.add(1, plus);
  contrast.add(-1, minus);
  return contrast;
}

// Σ_S σ̄_i (z_i2 − z_i1): half under the weights of each period.
void add_stayers(Contrast& contrast, const Composition& c) {
  contrast.add(0.5, c.stay_after);
  contrast.add(-0.5, moved(c.stay_after, c.partner));
  contrast.add(0.5, moved(c.stay_before, c.partner));
  contrast.add(-0.5, c.stay_before);
}

// Σ_S Δσ_i (z_i1 + z_i2)/2.
Contrast weights_contrast(const Design& design, const Composition& c) {
  Contrast contrast(design);
  contrast.add(0.5, c.stay_after);
  contrast.add(0.5, moved(c.stay_after, c.partner));
  contrast.add(-0.5, moved(c.stay_before, c.partner));
  contrast.add(-0.5, c.stay_before);
  return contrast;
}

Vector indicator(const Vector& weights) { return (weights.array() != 0).cast<double>(); }

// Effects whose level no stayer changes contribute nothing by construction.
void leave_out_constant_effects(Attribution& attribution, const Fit& fit, const std::vector<Composition>& links) {
  const auto moves = [&](const Grouping& levels, const Composition& c) {
    for (Index i = 0; i < fit.design->n(); ++i)
      if (c.stay_before(i) != 0 && levels.code[static_cast<std::size_t>(i)] !=
                                       levels.code[static_cast<std::size_t>(c.partner[static_cast<std::size_t>(i)])])
        return true;
    return false;
  };
  const auto constant = [&](const Grouping& levels) {
    return std::none_of(links.begin(), links.end(), [&](const Composition& c) { return moves(levels, c); });
  };
  for (const Effect& effect : fit.design->effects)
    if (effect.slopes.cols() == 0 && constant(effect.levels)) attribution.leave_out("effects: " + effect.levels.name);
  if (!fit.random) return;
  for (const RandomEffects::Effect& effect : fit.random->effects)
    if (constant(effect.levels)) attribution.leave_out(random_part_name(effect.levels));
}

void add_composition(Attribution& attribution, const Design& design, const Composition& c, bool equal_weights) {
  if (!equal_weights) attribution.add_whole("composition: weights", weights_contrast(design, c));
  if (c.enter.sum() > 0) {
    Contrast share(design);
    share.add(1, c.after);
    attribution.add_scaled("composition: entry", share, indicator(c.enter), difference(design, c.enter, c.stay_after));
  }
  if (c.leave.sum() > 0) {
    Contrast leaving(design);
    leaving.add(1, c.before);
    attribution.add_scaled("composition: exit", leaving, indicator(c.leave),
                           difference(design, c.stay_before, c.leave));
  }
}

bool equal(const Composition& c) {
  const auto same = [](const Vector& w) {
    double first = 0;
    for (Index i = 0; i < w.size(); ++i) {
      if (w(i) == 0) continue;
      if (first == 0) first = w(i);
      if (w(i) != first) return false;
    }
    return true;
  };
  return same(c.stay_before) && same(c.stay_after);
}

Decomposition described(const DecompositionInput& input, const Two& two, const std::string& whose) {
  const Design& design = *input.fit->design;
  Decomposition d;
  d.method = "change";
  d.choices["from"] = design.time.labels[static_cast<std::size_t>(two.from)];
  d.choices["to"] = design.time.labels[static_cast<std::size_t>(two.to)];
  d.choices["weights"] = input.call.get("weights", input.spec.weights.empty() ? "equal" : input.spec.weights);
  d.choices["uncertainty"] = input.call.get("uncertainty", "means");
  d.question = "Between " + d.choices["from"] + " and " + d.choices["to"] + ", how much of the change of " +
               design.outcome_name + " of " + whose + " goes with each driver group?";
  d.total_name = "change of " + design.outcome_name;
  note_seasons(d.notes, design, two.from, two.to);
  note_shared_units(d.notes, input.spec, design);
  return d;
}

Decomposition change_of_unit(const DecompositionInput& input, const OutcomeParts& parts, const Two& two) {
  const Design& design = *input.fit->design;
  const std::string unit = input.call.get("unit");
  const auto code = static_cast<std::size_t>(unit_code(design, unit));
  const Index a = rows_in(design, two.from)[code], b = rows_in(design, two.to)[code];
  if (a < 0 || b < 0)
    throw Error(ErrorKind::usage, "decomposition.no_cell",
                unit + " has no row in " + design.time.labels[static_cast<std::size_t>(a < 0 ? two.from : two.to)] +
                    " among the rows used; choose other periods",
                {.key = "unit"});
  const Contrast contrast = difference(design, Vector::Unit(design.n(), b), Vector::Unit(design.n(), a));
  const AttributionOptions options = attribution_options(input.call, true, parts);
  Attribution attribution(parts, *input.covariance, options);
  attribution.add_parts(contrast);
  std::vector<Index> partner(static_cast<std::size_t>(design.n()));
  partner[static_cast<std::size_t>(a)] = b;
  Composition alone;
  alone.stay_before = Vector::Unit(design.n(), a);
  alone.partner = partner;
  leave_out_constant_effects(attribution, *input.fit, {alone});
  Decomposition d = described(input, two, unit);
  d.choices["unit"] = unit;
  d.choices["frame"] = options.realised ? "realised" : "underlying";
  add_noise_choices(d, input.call, options);
  d.call = input.call.text;
  return attribution.finish(std::move(d), contrast);
}

// The pairs of periods that a reading compares: the two alone, or every step between them.
std::vector<Composition> links_of(const Design& design, const Two& two, const Vector& weights, bool chain) {
  std::vector<Composition> links;
  const std::int32_t step = two.from < two.to ? 1 : -1;
  for (std::int32_t t = two.from; t != two.to;) {
    const std::int32_t next = chain ? t + step : two.to;
    links.push_back(composition_of(design, {t, next}, weights));
    if (!(links.back().stay_before.sum() > 0))
      throw Error(ErrorKind::data, "decomposition.no_stayers",
                  "no unit has rows in both " + design.time.labels[static_cast<std::size_t>(t)] + " and " +
                      design.time.labels[static_cast<std::size_t>(next)] +
                      ", so nothing can be said of change within units; choose nearer periods or reading = means");
    t = next;
  }
  return links;
}

Index count(const std::vector<Composition>& links, Vector Composition::*member) {
  Index total = 0;
  for (const Composition& c : links) total += ((c.*member).array() != 0).count();
  return total;
}

void add_links(Attribution& attribution, const Fit& fit, const std::vector<Composition>& links) {
  const Design& design = *fit.design;
  const bool equal_weights = std::all_of(links.begin(), links.end(), equal);
  Contrast stayers(design);
  for (const Composition& c : links) add_stayers(stayers, c);
  attribution.add_parts(stayers);
  leave_out_constant_effects(attribution, fit, links);
  for (const Composition& c : links) add_composition(attribution, design, c, equal_weights);
}

Decomposition change_of_mean(const DecompositionInput& input, const OutcomeParts& parts, const Two& two,
                             AttributionScript* script) {
  const Design& design = *input.fit->design;
  const std::string column = input.call.get("weights"), reading = input.call.get("reading", "stayers");
  const Vector weights =
      column.empty() ? weights_or_ones(design.weights, design.n()) : row_values(input.panel, design, column);
  const Contrast total =
      difference(design, within_group(weights, design.time, two.to), within_group(weights, design.time, two.from));
  AttributionOptions options = attribution_options(input.call, false, parts);
  options.script = script;
  Attribution attribution(parts, *input.covariance, options);
  Decomposition d = described(input, two, "the mean over units");
  if (reading == "means") {
    attribution.add_parts(total);
  } else {
    const std::vector<Composition> links = links_of(design, two, weights, reading == "chain");
    add_links(attribution, *input.fit, links);
    d.choices["links"] = std::to_string(links.size());
    d.choices["stayers"] = std::to_string(count(links, &Composition::stay_before));
    d.choices["entrants"] = std::to_string(count(links, &Composition::enter));
    d.choices["leavers"] = std::to_string(count(links, &Composition::leave));
  }
  d.choices["reading"] = reading;
  d.call = input.call.text;
  return attribution.finish(std::move(d), total);
}

}  // namespace

const MethodCard& change_card() {
  static const MethodCard card = [] {
    MethodCard c{
        .name = "change",
        .kind = "decomposition",
        .question = "Between two periods, how much of the change of the outcome goes with each driver group?",
        .avoid =
            "Not between different seasons of the year, and not as cause: coefficients are associations unless "
            "assignment is argued.",
        .reference = "Bennet (1920): differences of each part at its symmetric means over both periods",
        .supports = {"weights", "effects", "slopes", "unbalanced"},
        .options =
            {{"from", "period", "", "the earlier period; by default the first of the same season"},
             {"to", "period", "", "the later period; by default the last"},
             {"unit", "text", "", "one unit instead of the mean over units"},
             {"weights", "text", "", "column that weighs units; by default the model's weights, else equal"},
             {"reading", "choice: stayers | means | chain", "stayers",
              "stayers with composition apart, plain differences of means, or stayers linked over every period"}},
        .positions = {"from", "to"}};
    for (const OptionCard& option : attribution_option_cards()) c.options.push_back(option);
    return c;
  }();
  return card;
}

Decompositions run_change(const DecompositionInput& input) {
  const Two two = periods_of(*input.fit->design, input.call);
  const OutcomeParts parts(*input.fit);
  return {input.call.has("unit") ? change_of_unit(input, parts, two) : change_of_mean(input, parts, two, nullptr)};
}

std::unique_ptr<Replicates> change_replicates(const DecompositionInput& input, const Grouping& clusters) {
  if (input.call.has("unit")) return nullptr;
  AttributionScript script;
  change_of_mean(input, OutcomeParts(*input.fit), periods_of(*input.fit->design, input.call), &script);
  return attribution_replicates(*input.fit, {script}, clusters);
}

}  // namespace headwater
