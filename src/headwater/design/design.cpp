#include "headwater/design/design.hpp"

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/text.hpp"
#include "headwater/design/encoding.hpp"
#include "headwater/design/groups.hpp"
#include "headwater/design/places.hpp"
#include "headwater/design/range.hpp"
#include "headwater/design/sample.hpp"
#include "headwater/design/warnings.hpp"

namespace headwater {
namespace {

// Everything a model reads, on all panel rows, before a row is dropped.
struct Ingredients {
  Vector outcome;
  std::vector<Vector> also;
  std::vector<TermParts> terms, instruments;
  std::vector<Grouping> effects;
  std::vector<std::vector<Vector>> slopes;
  std::vector<Grouping> clusters;
  std::vector<Coordinate> places;
  Vector offset;
  const Column* weights = nullptr;
};

// Zero where an expression has a value, NaN where it has none; factors and texts count as values.
Vector presence(const Panel& panel, const Expression& e) {
  const bool makes_columns =
      e.kind == Expression::Kind::call && (e.name == "i" || e.name == "factor" || e.name == "poly");
  const bool text = e.kind == Expression::Kind::column && panel.column(e.name).type == Column::Type::text;
  if (!makes_columns && !text) return evaluate(panel, e) * 0.0;
  Vector result = Vector::Zero(panel.rows());
  if (text) {
    const Column& column = panel.column(e.name);
    for (Index i = 0; i < panel.rows(); ++i)
      if (column.codes[static_cast<std::size_t>(i)] < 0) result(i) = std::nan("");
    return result;
  }
  for (const Argument& argument : e.arguments)
    if (argument.name.empty() && !columns_of(*argument.value).empty()) result += presence(panel, *argument.value);
  return result;
}

std::vector<TermParts> parts_of(const Panel& panel, const std::vector<Term>& terms) {
  std::vector<TermParts> parts;
  for (std::size_t t = 0; t < terms.size(); ++t) parts.push_back(term_parts(panel, terms[t], t));
  return parts;
}

const Column* weight_column(const Panel& panel, const std::string& name) {
  if (name.empty()) return nullptr;
  const Column& column = panel.column(name);
  if (column.type != Column::Type::number) evaluate(panel, *column_expression(name));  // explains the odd cell
  for (Index i = 0; i < panel.rows(); ++i)
    if (column.numbers(i) < 0)
      throw Error(ErrorKind::data, "design.negative_weight",
                  panel.ledger().file + ", row " + std::to_string(panel.source_row(i)) + ": weight '" + name + "' is " +
                      shortest(column.numbers(i)) +
                      "; weights must not be negative, so correct it or leave the row out",
                  {.file = panel.ledger().file, .row = panel.source_row(i), .column = name});
  return &column;
}

Ingredients gather(const Panel& panel, const Spec& spec) {
  Ingredients all;
  all.outcome = evaluate(panel, *spec.formula.outcome);
  for (const ExpressionPtr& expression : spec.also_required) all.also.push_back(presence(panel, *expression));
  all.terms = parts_of(panel, spec.formula.terms);
  all.instruments = parts_of(panel, spec.formula.instruments);
  for (const EffectTerm& effect : spec.formula.effects) {
    all.effects.push_back(effect_groups(panel, effect.keys, effect.text));
    auto& slopes = all.slopes.emplace_back();
    for (const ExpressionPtr& slope : effect.slopes) slopes.push_back(evaluate(panel, *slope));
  }
  all.clusters = cluster_groups(panel, spec.covariance);
  all.places = coordinates(panel, spec.covariance);
  if (spec.formula.offset) all.offset = evaluate(panel, *spec.formula.offset);
  all.weights = weight_column(panel, spec.weights);
  return all;
}

void require_parts(Sample& sample, const std::vector<Term>& terms, const std::vector<TermParts>& all) {
  for (const TermParts& term : all) {
    const auto& factors = terms[term.term].factors;
    for (std::size_t f = 0; f < term.parts.size(); ++f) {
      const FactorPart& part = term.parts[f];
      const Expression& factor = *factors[std::min(f, factors.size() - 1)];
      if (part.kind == FactorPart::Kind::factor)
        sample.require(part.groups, part.label, columns_of(factor));
      else
        sample.require(factor, part.numbers);
    }
  }
}

void keep_split(Sample& sample, const Panel& panel, const ModelFormula& formula) {
  if (formula.split_column.empty() || formula.split_value.empty()) return;
  const Grouping groups = key_groups(panel, *column_expression(formula.split_column));
  const std::string reason = "outside the split " + formula.split_column + " = " + formula.split_value;
  sample.require(groups, "split column " + formula.split_column, {formula.split_column});
  sample.drop([&](std::int64_t row) -> Loss {
    const auto code = static_cast<std::size_t>(groups.code[static_cast<std::size_t>(row)]);
    return groups.labels[code] == formula.split_value ? Loss{} : Loss{reason};
  });
}

void keep_subset(Sample& sample, const Panel& panel, const ExpressionPtr& subset) {
  if (!subset) return;
  const Vector kept = evaluate(panel, *subset);
  const std::string reason = "outside the subset " + to_text(*subset);
  sample.drop([&](std::int64_t row) -> Loss { return kept(row) == 0 ? Loss{reason} : Loss{}; });
  sample.require(*subset, kept, "subset unknown: ");
}

Names key_columns(const std::vector<ExpressionPtr>& keys) {
  Names columns;
  for (const ExpressionPtr& key : keys)
    for (const std::string& name : columns_of(*key)) columns.push_back(name);
  return columns;
}

Sample select_rows(const Panel& panel, const Spec& spec, const Ingredients& all) {
  Sample sample(panel);
  keep_split(sample, panel, spec.formula);
  keep_subset(sample, panel, spec.subset);
  sample.require(*spec.formula.outcome, all.outcome);
  for (std::size_t i = 0; i < all.also.size(); ++i) sample.require(*spec.also_required[i], all.also[i]);
  require_parts(sample, spec.formula.terms, all.terms);
  require_parts(sample, spec.formula.instruments, all.instruments);
  if (spec.formula.offset) sample.require(*spec.formula.offset, all.offset, "offset: ");
  for (std::size_t q = 0; q < all.effects.size(); ++q) {
    sample.require(all.effects[q], "effect " + all.effects[q].name, key_columns(spec.formula.effects[q].keys));
    for (std::size_t s = 0; s < all.slopes[q].size(); ++s)
      sample.require(*spec.formula.effects[q].slopes[s], all.slopes[q][s]);
  }
  for (const Grouping& cluster : all.clusters)
    sample.require(cluster, "cluster " + cluster.name, panel.find(cluster.name) ? Names{cluster.name} : Names{});
  for (const Coordinate& place : all.places) sample.require(*place.column, place.degrees);
  if (all.weights)
    sample.drop([&](std::int64_t row) -> Loss {
      const double w = all.weights->numbers(row);
      if (std::isnan(w)) return {spec.weights + " missing (weight)", Loss::Cause::missing_cell, spec.weights};
      return w == 0 ? Loss{"zero weight", Loss::Cause::undefined} : Loss{};
    });
  if (spec.singletons == Singletons::drop) {
    std::vector<const Grouping*> effects;
    for (std::size_t q = 0; q < all.effects.size(); ++q)
      if (spec.formula.effects[q].intercept) effects.push_back(&all.effects[q]);
    sample.drop_singletons(effects);
  }
  sample.refuse_empty();
  return sample;
}

Vector at_rows(const Vector& values, const std::vector<std::int64_t>& rows) {
  Vector result(static_cast<Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) result(static_cast<Index>(i)) = values(rows[i]);
  return result;
}

void fill_effects(Design& design, const Ingredients& all) {
  for (std::size_t q = 0; q < all.effects.size(); ++q) {
    const EffectTerm& term = design.spec.formula.effects[q];
    Effect effect{.levels = restricted(all.effects[q], design.rows),
                  .intercept = term.intercept,
                  .slopes = {},
                  .slope_names = {}};
    effect.slopes.resize(effect.slopes.rows(), 0);
    if (!all.slopes[q].empty()) effect.slopes.resize(design.n(), static_cast<Index>(all.slopes[q].size()));
    for (std::size_t s = 0; s < all.slopes[q].size(); ++s) {
      effect.slopes.col(static_cast<Index>(s)) = at_rows(all.slopes[q][s], design.rows);
      effect.slope_names.push_back(to_text(*term.slopes[s]));
    }
    design.effects.push_back(std::move(effect));
  }
}

void fill_regressors(Design& design, const Ingredients& all) {
  const ModelFormula& formula = design.spec.formula;
  bool absorbed = false;
  for (const EffectTerm& effect : formula.effects) absorbed |= effect.intercept;
  design.intercept = formula.intercept && !absorbed;
  EncodedColumns encoded = encode(formula.terms, all.terms, design.rows, design.intercept || absorbed);
  const Index lead = design.intercept ? 1 : 0;
  design.X.resize(design.n(), encoded.X.cols() + lead);
  if (design.intercept) {
    design.X.col(0).setOnes();
    design.names.emplace_back("(Intercept)");
    design.origins.emplace_back();
  }
  design.X.rightCols(encoded.X.cols()) = encoded.X;
  design.names.insert(design.names.end(), encoded.names.begin(), encoded.names.end());
  for (const std::size_t term : encoded.term_of_column)
    design.origins.push_back({term, formula.terms[term].endogenous ? Role::endogenous : Role::exogenous});
  design.encoding = std::move(encoded.encoding);
  merge(design.notes, encoded.notes);
}

void fill_instruments(Design& design, const Ingredients& all) {
  EncodedColumns encoded = encode(design.spec.formula.instruments, all.instruments, design.rows, true);
  design.instruments = std::move(encoded.X);
  design.instrument_names = std::move(encoded.names);
  for (const std::size_t term : encoded.term_of_column) design.instrument_origins.push_back({term, Role::instrument});
}

void fill_keys(Design& design, const Panel& panel, const Ingredients& all) {
  design.unit = restricted(panel.units(), design.rows);
  design.time = restricted(panel.times(), design.rows);
  design.has_unit = panel.has_unit();
  design.has_time = panel.has_time();
  design.periods.resize(static_cast<std::size_t>(design.time.count));
  for (std::size_t i = 0; i < design.rows.size(); ++i)
    design.periods[static_cast<std::size_t>(design.time.code[i])] =
        panel.periods()[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(design.rows[i])])];
  design.time_step = panel.time_step();
  for (const Grouping& cluster : all.clusters) design.clusters.push_back(restricted(cluster, design.rows));
  if (all.places.empty()) return;
  design.places.resize(design.n(), 2);
  design.places.col(0) = at_rows(all.places.front().degrees, design.rows);
  design.places.col(1) = at_rows(all.places.back().degrees, design.rows);
}

std::string hash_sample(const Design& design, const Panel& panel) {
  Sha256 hash;
  const std::string& file = panel.ledger().sha256;
  hash.add(file.data(), file.size());
  for (const std::int64_t row : design.rows) {
    const std::int64_t source = panel.source_row(row);
    hash.add(&source, sizeof source);
  }
  if (design.weights.size() > 0)
    hash.add(design.weights.data(), static_cast<std::size_t>(design.weights.size()) * sizeof(double));
  return hash.hexadecimal();
}

}  // namespace

std::vector<Index> Design::endogenous() const {
  std::vector<Index> columns;
  for (Index j = 0; j < k(); ++j)
    if (origins[static_cast<std::size_t>(j)].role == Role::endogenous) columns.push_back(j);
  return columns;
}

Design make_design(const Panel& panel, const Spec& spec) {
  const Ingredients all = gather(panel, spec);
  Sample sample = select_rows(panel, spec, all);
  Design design;
  design.spec = spec;
  design.outcome_name = spec.formula.outcome_name;
  design.rows = sample.rows();
  design.y = at_rows(all.outcome, design.rows);
  if (spec.formula.offset) design.offset = at_rows(all.offset, design.rows);
  if (all.weights) design.weights = at_rows(all.weights->numbers, design.rows);
  fill_effects(design, all);
  fill_regressors(design, all);
  fill_instruments(design, all);
  fill_keys(design, panel, all);
  refuse_extreme_numbers(design, panel);
  design.sample_hash = hash_sample(design, panel);
  design.ledger = sample.ledger();
  merge(design.notes, log_of_sum_warnings(panel, spec.formula, design.rows));
  merge(design.notes, growth_warnings(panel, spec.formula, design.rows));
  merge(design.notes, denominator_warnings(spec.formula));
  merge(design.notes, unmatched_value_warnings(panel, spec));
  merge(design.notes, uneven_step_warnings(panel, spec.formula));
  merge(design.notes, lagged_outcome_warnings(design));
  merge(design.notes, loss_warnings(design.ledger));
  return spec.drawn ? redrawn(design, *spec.drawn) : design;
}

}  // namespace headwater
