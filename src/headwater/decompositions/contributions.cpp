// Question: why is a unit, or a group of units, above or below a reference in a period?
// Model: y_it = Σ_g x_git'β_g + effects + e_it. With a declared reference r, c_git = (x_git − x_gr)'β_g, and the
// effects and the residual are parts of their own: y_it − y_r = Σ_g c_git + Σ_q (d_qit − d_qr) + (e_it − e_r), to
// rounding. References: the mean of all rows used, the mean of a base period, the mean of the unit's peers in the same
// period, the unit's own base period. Never a best unit or quarter: that would be a league table by the back door.
// Summaries (a period, groups) carry full influence; single cells are factored: the deviations from the reference times
// the coefficients' covariance. For drivers the numbers equal interventional linear SHAP values
// (Lundberg and Lee 2017, cor. 1).
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/decompositions/methods.hpp"

namespace headwater {
namespace {

enum class Against { mean, base_period, peers, own_base };

struct Reference {
  Against against = Against::mean;
  std::int32_t base = 0;   // period code
  Grouping peers;          // over rows
  Grouping peer_cells;     // peers within a period
  std::vector<Index> own;  // row of the unit's base period, -1 where it has none
  std::string text;        // in words
};

Grouping crossed(const Grouping& a, const Grouping& b) {
  Grouping result{.name = a.name + "^" + b.name, .code = {}, .count = a.count * b.count, .labels = {}};
  for (std::size_t i = 0; i < a.code.size(); ++i) result.code.push_back(a.code[i] * b.count + b.code[i]);
  return result;
}

std::string period_label(const Design& design, std::int32_t t) {
  return design.time.labels[static_cast<std::size_t>(t)];
}

std::vector<Index> base_rows(const Design& design, std::int32_t base) {
  std::vector<Index> of_unit(static_cast<std::size_t>(design.unit.count), -1), rows;
  for (Index i = 0; i < design.n(); ++i)
    if (design.time.code[static_cast<std::size_t>(i)] == base)
      of_unit[static_cast<std::size_t>(design.unit.code[static_cast<std::size_t>(i)])] = i;
  for (Index i = 0; i < design.n(); ++i)
    rows.push_back(of_unit[static_cast<std::size_t>(design.unit.code[static_cast<std::size_t>(i)])]);
  return rows;
}

void need_time(const Design& design, const std::string& what) {
  if (design.has_time && design.has_unit) return;
  throw Error(ErrorKind::usage, "decomposition.no_time", what + " needs unit and time keys; name both columns",
              {.key = "reference"});
}

Reference reference_of(const DecompositionInput& input) {
  const Design& design = *input.fit->design;
  const std::string wanted = input.call.get("reference", "mean");
  if (wanted != "peers" && input.call.has("peers"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "peers = " + input.call.get("peers") + " has no use with reference = " + wanted +
                    "; write reference = peers as well, or leave peers out",
                {.key = "peers"});
  Reference reference;
  if (wanted == "mean") {
    reference.text = "the mean of all rows used";
    return reference;
  }
  need_time(design, "reference = " + wanted);
  reference.base = input.call.has("base") ? period_code(design, "base", input.call.get("base")) : 0;
  if (wanted == "base_period") {
    reference.against = Against::base_period;
    reference.text = "the mean of " + period_label(design, reference.base);
  } else if (wanted == "own_base") {
    reference.against = Against::own_base;
    reference.own = base_rows(design, reference.base);
    reference.text = "the same unit in " + period_label(design, reference.base);
  } else {
    if (!input.call.has("peers"))
      throw Error(ErrorKind::usage, "decomposition.option",
                  "reference = peers needs the column that says who is whose peer, such as peers = type",
                  {.key = "peers"});
    reference.against = Against::peers;
    reference.peers = row_groups(input.panel, design, input.call.get("peers"));
    reference.peer_cells = crossed(reference.peers, design.time);
    reference.text = "the mean of the unit's peers (same " + reference.peers.name + ") in the same period";
  }
  return reference;
}

Index own_base(const Reference& reference, Index row) { return reference.own[static_cast<std::size_t>(row)]; }

// Rows that have no reference leave the target.
Vector with_reference(const Reference& reference, Vector target) {
  if (reference.against == Against::own_base)
    for (Index i = 0; i < target.size(); ++i)
      if (own_base(reference, i) < 0) target(i) = 0;
  return target;
}

// Mean of the target rows minus the mean of their references.
Contrast against_reference(const Reference& reference, const Design& design, const Vector& weights,
                           const Vector& target) {
  Contrast contrast(design);
  contrast.add(1, target);
  switch (reference.against) {
    case Against::mean: contrast.add(-1, weights); break;
    case Against::base_period: contrast.add(-1, within_group(weights, design.time, reference.base)); break;
    case Against::own_base: {
      Vector at_base = Vector::Zero(design.n());
      for (Index i = 0; i < design.n(); ++i)
        if (target(i) != 0) at_base(own_base(reference, i)) += target(i);
      contrast.add(-1, at_base);
      break;
    }
    case Against::peers: {
      std::map<std::int32_t, double> share;
      for (Index i = 0; i < design.n(); ++i)
        if (target(i) != 0) share[reference.peer_cells.code[static_cast<std::size_t>(i)]] += target(i) / target.sum();
      for (const auto& [cell, part] : share) contrast.add(-part, within_group(weights, reference.peer_cells, cell));
      break;
    }
  }
  return contrast;
}

struct Target {
  std::string name;  // in words
  std::map<std::string, std::string> choices;
  Vector rows;
  bool single = false;
};

Target cell_target(const Design& design, const std::string& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos)
    throw Error(ErrorKind::usage, "decomposition.cell",
                "at = " + text + " names no cell; write UNIT@PERIOD, several separated by ;", {.key = "at"});
  const std::string unit(trimmed(std::string_view(text).substr(0, at))),
      period(trimmed(std::string_view(text).substr(at + 1)));
  const std::int32_t u = unit_code(design, unit), t = period_code(design, "at", period);
  for (Index i = 0; i < design.n(); ++i)
    if (design.unit.code[static_cast<std::size_t>(i)] == u && design.time.code[static_cast<std::size_t>(i)] == t)
      return {unit + " in " + period_label(design, t),
              {{"at", unit + "@" + period_label(design, t)}},
              Vector::Unit(design.n(), i),
              true};
  throw Error(ErrorKind::usage, "decomposition.no_cell",
              "at = " + text + ": " + unit + " has no row in " + period + " among the rows used", {.key = "at"});
}

// Rows of the period asked for: the last by default, every row for "all".
Target period_target(const DecompositionInput& input, const Vector& weights) {
  const Design& design = *input.fit->design;
  const std::string wanted = input.call.get("period");
  if (!design.has_time || wanted == "all") return {"all rows used", {{"period", "all"}}, weights, false};
  const std::int32_t t = wanted.empty() ? design.time.count - 1 : period_code(design, "period", wanted);
  return {"the mean of " + period_label(design, t),
          {{"period", period_label(design, t)}},
          within_group(weights, design.time, t),
          false};
}

std::size_t units_in(const Design& design, const Vector& rows) {
  std::set<std::int32_t> units;
  for (Index i = 0; i < rows.size(); ++i)
    if (rows(i) != 0) units.insert(design.has_unit ? design.unit.code[static_cast<std::size_t>(i)] : 0);
  return units.size();
}

std::vector<Target> targets_of(const DecompositionInput& input, const Vector& weights) {
  const Design& design = *input.fit->design;
  std::vector<Target> targets;
  if (input.call.has("at")) {
    need_time(design, "at");
    for (const std::string& text : split(input.call.get("at"), ';')) targets.push_back(cell_target(design, text));
    return targets;
  }
  const Target period = period_target(input, weights);
  if (!input.call.has("by")) return {period};
  const Grouping groups = row_groups(input.panel, design, input.call.get("by"));
  for (std::int32_t g = 0; g < groups.count; ++g) {
    const Vector rows = within_group(period.rows, groups, g);
    if (!(rows.sum() > 0)) continue;
    Target target{groups.name + " " + groups.labels[static_cast<std::size_t>(g)] + ", " + period.name, period.choices,
                  rows, false};
    target.choices["by"] = groups.name;
    target.choices["group"] = groups.labels[static_cast<std::size_t>(g)];
    target.choices["units"] = std::to_string(units_in(design, rows));
    targets.push_back(std::move(target));
  }
  return targets;
}

void refuse_zero_by_construction(const DecompositionInput& input, const Reference& reference, const Target& target) {
  if (target.single) return;
  const bool peers =
      reference.against == Against::peers && (!input.call.has("by") || input.call.get("by") == reference.peers.name);
  const bool all = reference.against == Against::mean && target.choices.count("period") &&
                   target.choices.at("period") == "all" && !input.call.has("by");
  const bool base = (reference.against == Against::base_period || reference.against == Against::own_base) &&
                    !input.call.has("by") &&
                    target.choices.at("period") == period_label(*input.fit->design, reference.base);
  if (!peers && !all && !base) return;
  throw Error(
      ErrorKind::usage, "decomposition.zero_by_construction",
      "contributions of " + target.name + " against " + reference.text +
          " are zero by construction; ask for cells (at = UNIT@PERIOD), other groups (by = COLUMN) or another period");
}

// Reference values of each column of z for each row; NaN rows have no reference.
Matrix reference_values(const Reference& reference, const Design& design, const Vector& weights, const Matrix& z) {
  Matrix values(z.rows(), z.cols());
  const auto mean_over = [&](const Vector& u) -> Eigen::RowVectorXd { return u.transpose() * z / u.sum(); };
  if (reference.against == Against::mean || reference.against == Against::base_period) {
    const Eigen::RowVectorXd mean =
        mean_over(reference.against == Against::mean ? weights : within_group(weights, design.time, reference.base));
    values.rowwise() = mean;
  } else if (reference.against == Against::own_base) {
    for (Index i = 0; i < z.rows(); ++i) {
      if (own_base(reference, i) < 0)
        values.row(i).setConstant(std::nan(""));
      else
        values.row(i) = z.row(own_base(reference, i));
    }
  } else {
    std::map<std::int32_t, Eigen::RowVectorXd> means;
    for (Index i = 0; i < z.rows(); ++i) {
      const std::int32_t cell = reference.peer_cells.code[static_cast<std::size_t>(i)];
      auto found = means.find(cell);
      if (found == means.end())
        found = means.emplace(cell, mean_over(within_group(weights, reference.peer_cells, cell))).first;
      values.row(i) = found->second;
    }
  }
  return values;
}

LabelledArray by_cell(const std::string& name, const std::string& other, const Matrix& values,
                      const std::string& description, const std::string& unit) {
  LabelledArray array{.name = name,
                      .dims = {"cell", other},
                      .shape = {values.rows(), values.cols()},
                      .values = {},
                      .description = description,
                      .unit = unit};
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(values.size()));
  for (Index i = 0; i < values.rows(); ++i)
    for (Index j = 0; j < values.cols(); ++j) numbers.push_back(values(i, j));
  array.values = std::move(numbers);
  return array;
}

// Every unit-period against its reference, factored: cell_deviation times the coefficients gives the drivers' parts,
// and its product with the coefficients' covariance their joint uncertainty.
void add_cells(Decomposition& d, const DecompositionInput& input, const OutcomeParts& separate,
               const Reference& reference, const Vector& weights) {
  const Design& design = *input.fit->design;
  const OutcomeParts parts = separate.identified([&](const Matrix& z) -> Matrix {
    const Matrix apart = z - reference_values(reference, design, weights, z);
    return apart.array().isNaN().select(0, apart);
  });
  const Matrix deviation = parts.levels() - reference_values(reference, design, weights, parts.levels());
  const Matrix value = parts.values() - reference_values(reference, design, weights, parts.values());
  Matrix error = Matrix::Constant(value.rows(), value.cols(), std::nan(""));
  for (Index p = 0; p < parts.size(); ++p) {
    if (parts.kinds()[static_cast<std::size_t>(p)] != PartKind::driver) continue;
    const std::vector<Index> coefficients = parts.coefficients_of(p);
    if (!std::all_of(coefficients.begin(), coefficients.end(), [&](Index j) { return input.covariance->estimable(j); }))
      continue;
    const Matrix own = deviation(Eigen::all, coefficients);
    error.col(p) = (own * input.covariance->matrix(coefficients, coefficients))
                       .cwiseProduct(own)
                       .rowwise()
                       .sum()
                       .cwiseMax(0)
                       .cwiseSqrt();
  }
  Names index, units, periods;
  for (Index i = 0; i < design.n(); ++i) {
    index.push_back(std::to_string(i + 1));
    units.push_back(design.has_unit
                        ? design.unit.labels[static_cast<std::size_t>(design.unit.code[static_cast<std::size_t>(i)])]
                        : "");
    periods.push_back(design.has_time ? period_label(design, design.time.code[static_cast<std::size_t>(i)]) : "");
  }
  d.extra_axes.push_back({"cell", index, "rows of the design"});
  d.extra_axes.push_back({"part", parts.names(), "parts of a cell"});
  d.extra_axes.push_back({"coefficient", input.fit->names, "coefficients of the fit"});
  const auto cells = static_cast<std::int64_t>(design.n());
  d.extras.push_back(
      {.name = "cell_unit", .dims = {"cell"}, .shape = {cells}, .values = units, .description = "unit", .unit = "1"});
  d.extras.push_back({.name = "cell_period",
                      .dims = {"cell"},
                      .shape = {cells},
                      .values = periods,
                      .description = "period",
                      .unit = "1"});
  d.extras.push_back(by_cell("cell_estimate", "part", value, "part of the cell against its reference", d.unit));
  d.extras.push_back(by_cell("cell_std_error", "part", error,
                             "through the coefficients; NaN for a unit's own effect and residual: not estimable",
                             d.unit));
  d.extras.push_back(by_cell("cell_deviation", "coefficient", deviation,
                             "what the coefficients multiply, against the reference", "regressor"));
}

void note_lost(Notes& notes, const Reference& reference, const Vector& target) {
  Index lost = 0;
  if (reference.against == Against::own_base)
    for (Index i = 0; i < target.size(); ++i) lost += target(i) != 0 && own_base(reference, i) < 0;
  if (lost > 0)
    notes.push_back({"decomposition.no_reference",
                     std::to_string(lost) +
                         " rows have no row of their own in the base period and are left out of the comparison"});
}

Decomposition contribution(const DecompositionInput& input, const OutcomeParts& parts, const Reference& reference,
                           const Vector& weights, const Target& target, const AttributionOptions& options) {
  const Design& design = *input.fit->design;
  refuse_zero_by_construction(input, reference, target);
  const Vector rows = with_reference(reference, target.rows);
  if (!(rows.sum() > 0))
    throw Error(ErrorKind::data, "decomposition.no_reference",
                target.name + " has no row in the base period to be compared with; choose another base",
                {.key = "base"});
  const Contrast contrast = against_reference(reference, design, weights, rows);
  Attribution attribution(parts, *input.covariance, options);
  attribution.add_parts(contrast);
  Decomposition d;
  d.method = "contributions";
  d.call = input.call.text;
  d.choices = target.choices;
  d.choices["reference"] = input.call.get("reference", "mean");
  d.choices["uncertainty"] = options.coefficients_only ? "coefficients" : "means";
  if (reference.against == Against::base_period || reference.against == Against::own_base)
    d.choices["base"] = period_label(design, reference.base);
  if (reference.against == Against::peers) d.choices["peers"] = reference.peers.name;
  if (target.single) d.choices["frame"] = options.realised ? "realised" : "underlying";
  add_noise_choices(d, input.call, options);
  d.question = "Why does " + design.outcome_name + " of " + target.name + " differ from " + reference.text + "?";
  d.total_name = "difference of " + design.outcome_name + " from the reference";
  note_lost(d.notes, reference, target.rows);
  return attribution.finish(std::move(d), contrast);
}

}  // namespace

const MethodCard& contributions_card() {
  static const MethodCard card = [] {
    MethodCard c{.name = "contributions",
                 .kind = "decomposition",
                 .question = "Why is a unit, or a group of units, above or below a reference in a period?",
                 .avoid = "Not as a verdict on a unit: its own effect and residual are unexplained, and carry noise.",
                 .reference = "Lundberg and Lee (2017) cor. 1: drivers equal interventional linear SHAP values",
                 .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
                 .options = {{"reference", "choice: mean | base_period | peers | own_base", "mean",
                              "what a row is compared with"},
                             {"base", "period", "", "of base_period and own_base; by default the first period"},
                             {"peers", "text", "",
                              "who is whose peer: a column, or several as type^region or type^I(beds > 500)"},
                             {"at", "text", "", "cells UNIT@PERIOD, separated by ;"},
                             {"by", "text", "", "column: one decomposition for each of its groups"},
                             {"period", "period", "", "of the summary; by default the last; all for every row"}},
                 .positions = {"reference"}};
    for (const OptionCard& option : attribution_option_cards()) c.options.push_back(option);
    return c;
  }();
  return card;
}

Decompositions run_contributions(const DecompositionInput& input) {
  const OutcomeParts parts(*input.fit);
  const Design& design = *input.fit->design;
  const Vector weights = weights_or_ones(design.weights, design.n());
  const Reference reference = reference_of(input);
  const std::vector<Target> targets = targets_of(input, weights);
  const AttributionOptions options = attribution_options(input.call, input.call.has("at"), parts);
  Decompositions results;
  for (const Target& target : targets)
    results.push_back(contribution(input, parts, reference, weights, target, options));
  if (!input.call.has("at") && !input.call.has("by") && !input.spec.drawn)
    add_cells(results.front(), input, parts, reference, weights);
  return results;
}

// The shares of peers in a target move with the counts, and one unit's cells are no means of many: both are refitted.
std::unique_ptr<Replicates> contributions_replicates(const DecompositionInput& input, const Grouping& clusters) {
  if (input.call.has("at") || input.call.get("reference", "mean") == "peers") return nullptr;
  const OutcomeParts parts(*input.fit);
  const Vector weights = weights_or_ones(input.fit->design->weights, input.fit->design->n());
  const Reference reference = reference_of(input);
  const std::vector<Target> targets = targets_of(input, weights);
  std::vector<AttributionScript> scripts(targets.size());
  AttributionOptions options = attribution_options(input.call, false, parts);
  for (std::size_t t = 0; t < targets.size(); ++t) {
    options.script = &scripts[t];
    contribution(input, parts, reference, weights, targets[t], options);
  }
  return attribution_replicates(*input.fit, scripts, clusters);
}

}  // namespace headwater
