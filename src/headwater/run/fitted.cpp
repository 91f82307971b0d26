#include "headwater/run/fitted.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/design/design.hpp"
#include "headwater/estimators/fit.hpp"
#include "headwater/run/plan.hpp"

namespace headwater {
namespace {

Fit fit_called(const RunConfig& config, const Panel& panel, const std::string& wanted) {
  set_threads(config.run.threads);
  for (const Spec& spec : plan(config, panel))
    if (spec.id == wanted) return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
  throw Error(ErrorKind::internal, "fitted.unknown", "the run plans no fit '" + wanted + "'");
}

// Whether every row of the design has a prediction, effects and all.
bool in_levels(const Fit& fit) { return fit.linked || (fit.linear && fit.linear->of_design && !has_unit_means(fit)); }

struct Predicted {
  Vector outcome, prediction;
};

// Of the estimator's own rows.
Predicted predictions_of(const Fit& fit) {
  if (fit.linked) return {fit.design->y, fit.linked->mean};
  if (fit.linear) {
    const Vector outcome = in_levels(fit) ? fit.design->y : fit.linear->outcome;
    return {outcome, outcome - fit.linear->residuals};
  }
  throw Error(ErrorKind::usage, "predict.no_rows",
              fit.estimator + " has no linear rows, and so no predictions of them; use within or pooled");
}

Names slope_columns(const Effect& effect) {
  Names names;
  if (effect.intercept) names.emplace_back("value");
  names.insert(names.end(), effect.slope_names.begin(), effect.slope_names.end());
  return names;
}

void describe_effects(Tree& tree, const Fit& fit) {
  const std::vector<Matrix> all = effect_coefficients(fit);
  for (std::size_t q = 0; q < all.size(); ++q) {
    const Effect& effect = fit.design->effects[q];
    Tree& node = tree.child(effect.levels.name);
    node.axis("level", effect.levels.labels, "levels of the effect");
    const Names columns = slope_columns(effect);
    for (std::size_t c = 0; c < columns.size(); ++c)
      node.vector(columns[c], "level", all[q].col(static_cast<Index>(c)), "coefficient of the level",
                  fit.linked ? fit.linked->link + " of the outcome" : "outcome");
  }
}

void describe_keys(Tree& tree, const std::vector<std::string>& units, const std::vector<std::string>& periods) {
  std::vector<std::string> index;
  for (std::size_t i = 0; i < units.size(); ++i) index.push_back(std::to_string(i + 1));
  tree.axis("row", index, "rows");
  tree.text("row_unit", "row", units, "unit");
  tree.text("row_period", "row", periods, "period");
}

std::string label_at(const Grouping& groups, bool known, Index row) {
  return known && groups.count > 0 ? groups.labels[static_cast<std::size_t>(groups.code[static_cast<std::size_t>(row)])]
                                   : "";
}

// What the coefficients make of other rows; a column that these do not have is zero in all of them.
Vector slopes_of(const Fit& fit, const Design& other) {
  Vector sum = Vector::Zero(other.n());
  for (Index j = 0; j < fit.k(); ++j) {
    const auto& column = fit.origins[static_cast<std::size_t>(j)].column;
    if (!column) continue;
    const auto& names = other.names;
    const auto found = std::find(names.begin(), names.end(), fit.design->names[static_cast<std::size_t>(*column)]);
    if (found != names.end()) sum += other.X.col(found - names.begin()) * fit.coefficients(j);
  }
  return sum;
}

[[noreturn]] void refuse_columns(const std::string& why) {
  throw Error(ErrorKind::usage, "predict.columns",
              "the new rows cannot be told apart as the fit tells its own: " + why);
}

// Levels left out and polynomials follow from the rows; a prediction needs those of the fit.
void check_encoding(const Design& own, const Design& other) {
  for (const Encoding::Factor& factor : own.encoding.factors)
    for (const Encoding::Factor& theirs : other.encoding.factors)
      if (factor.column == theirs.column && factor.references != theirs.references)
        refuse_columns("'" + factor.column + "' leaves out " + joined(theirs.references, ", ") + " there and " +
                       joined(factor.references, ", ") + " here; write i(" + factor.column + ", ref = ...)");
  for (const Encoding::Polynomial& polynomial : own.encoding.polynomials)
    refuse_columns("'" + polynomial.term + "' depends on the rows it was made from; write the powers as I(x^2)");
  for (const std::string& name : other.names)
    if (std::find(own.names.begin(), own.names.end(), name) == own.names.end())
      refuse_columns("'" + name + "' is among them and not in the fit; leave those rows out");
}

Vector effects_of(const Fit& fit, const Design& other) {
  Vector sum = Vector::Zero(other.n());
  const std::vector<Matrix> all = effect_coefficients(fit);
  for (std::size_t q = 0; q < all.size(); ++q) {
    const Grouping& own = fit.design->effects[q].levels;
    std::unordered_map<std::string, Index> place;
    for (std::size_t level = 0; level < own.labels.size(); ++level)
      place.emplace(own.labels[level], static_cast<Index>(level));
    const Effect& effect = other.effects[q];
    const Index first = effect.intercept ? 1 : 0;
    for (Index i = 0; i < other.n(); ++i) {
      const auto found = place.find(label_at(effect.levels, true, i));
      if (found == place.end()) {
        sum(i) = std::nan("");
        continue;
      }
      const auto coefficients = all[q].row(found->second);
      if (effect.intercept) sum(i) += coefficients(0);
      for (Index s = 0; s < effect.slopes.cols(); ++s) sum(i) += coefficients(first + s) * effect.slopes(i, s);
    }
  }
  return sum;
}

// The model on rows that need no outcome, weight, cluster or neighbour.
Spec for_prediction(Spec spec) {
  spec.formula.outcome = parse_expression("0");
  spec.formula.split_column.clear();
  spec.covariance = parse_method_call("iid");
  spec.weights.clear();
  spec.subset = nullptr;
  spec.singletons = Singletons::keep;
  spec.also_required.clear();
  return spec;
}

}  // namespace

Tree fitted(const RunConfig& config, const Panel& panel, const std::string& called) {
  const Fit fit = fit_called(config, panel, called);
  Tree tree;
  const Atoms& atoms = fit.atoms;
  std::vector<std::string> units, periods;
  for (Index i = 0; i < fit.n(); ++i) {
    units.push_back(label_at(atoms.unit, atoms.unit.count > 0, i));
    periods.push_back(label_at(atoms.time, atoms.time.count > 0, i));
  }
  describe_keys(tree, units, periods);
  const Predicted rows = predictions_of(fit);
  tree.attribute("transformed", std::int64_t{!in_levels(fit)});
  tree.vector("outcome", "row", rows.outcome, "outcome", "outcome");
  tree.vector("prediction", "row", rows.prediction, "outcome less residual", "outcome");
  if (in_levels(fit) && !fit.design->effects.empty()) describe_effects(tree.child("effects"), fit);
  return tree;
}

Tree predicted(const RunConfig& config, const Panel& panel, const std::string& called, const Panel& other) {
  const Fit fit = fit_called(config, panel, called);
  if (!in_levels(fit))
    throw Error(ErrorKind::usage, "predict.transformed",
                "'" + called + "' was fitted by " + fit.estimator +
                    ", whose rows are not those of the data; new rows are predicted by within and pooled");
  const Design rows = make_design(other, for_prediction(fit.design->spec));
  check_encoding(*fit.design, rows);
  Vector sum = effects_of(fit, rows) + slopes_of(fit, rows);
  if (rows.offset.size() > 0) sum += rows.offset;
  if (fit.linked) sum = sum.unaryExpr(fit.linked->inverse).eval();
  Vector prediction = Vector::Constant(other.rows(), std::nan(""));
  for (Index i = 0; i < rows.n(); ++i) prediction(rows.rows[static_cast<std::size_t>(i)]) = sum(i);
  Tree tree;
  std::vector<std::string> units, periods;
  std::vector<std::int64_t> source;
  for (Index i = 0; i < other.rows(); ++i) {
    units.push_back(label_at(other.units(), other.has_unit(), i));
    periods.push_back(label_at(other.times(), other.has_time(), i));
    source.push_back(other.source_row(i));
  }
  describe_keys(tree, units, periods);
  tree.integers("source_row", "row", source, "row of the data, from 1", "row");
  tree.vector("prediction", "row", prediction, "prediction", "outcome");
  return tree;
}

}  // namespace headwater
