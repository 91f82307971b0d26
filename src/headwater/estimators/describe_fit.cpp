#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {
namespace {

constexpr const char* kResidual = "residual";

void describe_goodness(Tree& tree, const Fit& fit) {
  const GoodnessOfFit& g = fit.goodness;
  tree.scalar("rss", g.rss, "weighted sum of squared residuals", "outcome²");
  tree.scalar("tss", g.tss, "weighted sum of squares of the outcome about its mean (about zero without a constant)",
              "outcome²");
  tree.scalar("tss_within", g.tss_within, "weighted sum of squares of the outcome after absorbing the effects",
              "outcome²");
  const std::string whitened = fit.random ? "squared correlation of the whitened outcome and its fit" : "";
  tree.scalar("r_squared", g.r_squared, fit.random ? whitened : "1 - rss / tss");
  tree.scalar("r_squared_within", g.r_squared_within, fit.random ? whitened : "1 - rss / tss_within");
  tree.scalar("sigma2", g.sigma2, "rss / df_residual", "outcome²");
  const Vector& y = fit.design->y;
  const double mean = y.mean();
  tree.scalar("outcome_mean", mean, "unweighted mean of the outcome over the rows used", "outcome");
  tree.scalar("outcome_sd",
              std::sqrt((y.array() - mean).square().sum() / static_cast<double>(std::max<Index>(1, y.size() - 1))),
              "unweighted standard deviation of the outcome over the rows used", "outcome");
}

void describe_effects(Tree& tree, const Fit& fit) {
  Names names;
  std::vector<std::int64_t> columns, redundant;
  for (const auto& effect : fit.effects_rank.effects) {
    names.push_back(effect.name);
    columns.push_back(effect.levels);
    redundant.push_back(effect.redundant);
  }
  tree.axis("effect", names, "absorbed effects");
  tree.integers("effect_columns", "effect", columns, "columns of the effect: levels, and slopes by level", "columns");
  tree.integers("effect_redundant", "effect", redundant, "columns that depend linearly on the effects before",
                "columns");
  tree.scalar("effects_rank", static_cast<double>(fit.effects_rank.rank), "exact rank of all effects together",
              "columns");
  tree.scalar("certificate", fit.certificate,
              "largest relative violation of the normal equations of the absorbed columns");
}

// Where rows are neither linear nor have a mean: residuals that the estimator left, if any; groups of rows have no
// outcome of their own.
void describe_other_rows(Tree& rows, const Fit& fit) {
  const Vector none = Vector::Constant(fit.n(), std::nan(""));
  const auto found = fit.extras.find(kResidual);
  Vector residual = none;
  if (found != fit.extras.end())
    residual = Eigen::Map<const Vector>(std::get<std::vector<double>>(found->second.values).data(), fit.n());
  rows.vector("outcome", "row", fit.n() == fit.design->n() ? fit.design->y : none,
              "outcome, undefined for groups of rows", "outcome");
  rows.vector("residual", "row", residual, "outcome less what is fitted, undefined where nothing is", "outcome");
}

void describe_rows(Tree& tree, const Fit& fit) {
  Tree& rows = tree.child("rows");
  std::vector<std::string> index, units, periods;
  std::vector<std::int64_t> panel_rows;
  for (Index i = 0; i < fit.n(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    index.push_back(std::to_string(i + 1));
    panel_rows.push_back(fit.design->rows[static_cast<std::size_t>(fit.atoms.design_row[at])]);
    units.push_back(fit.atoms.unit.count > 0 ? fit.atoms.unit.labels[static_cast<std::size_t>(fit.atoms.unit.code[at])]
                                             : "");
    periods.push_back(
        fit.atoms.time.count > 0 ? fit.atoms.time.labels[static_cast<std::size_t>(fit.atoms.time.code[at])] : "");
  }
  rows.axis("row", index, "rows of the fit: panel rows, unit means or differences");
  rows.integers("panel_row", "row", panel_rows, "0-based row of the sorted panel (the later one of a difference)",
                "row");
  rows.text("row_unit", "row", units, "unit");
  rows.text("row_period", "row", periods, "period");
  if (fit.linked) {
    rows.vector("outcome", "row", fit.design->y, "outcome", "outcome");
    rows.vector("residual", "row", fit.design->y - fit.linked->mean, "outcome less its mean", "outcome");
    rows.vector("predictor", "row", fit.linked->predictor, "linear predictor, with effects and offset",
                fit.linked->link);
  }
  if (!fit.linked && !fit.linear) describe_other_rows(rows, fit);
  if (!fit.linear) return;
  rows.vector("outcome", "row", fit.linear->outcome, "outcome after the estimator's transformation", "outcome");
  rows.vector("residual", "row", fit.linear->residuals, "residual", "outcome");
}

void describe_linked(Tree& tree, const Fit& fit) {
  const LinkedMean& linked = *fit.linked;
  tree.attribute("link", linked.link);
  tree.scalar("log_likelihood", fit.likelihood->value, "at the maximum");
  tree.scalar("log_likelihood_null", linked.null_value, "of a constant and the offset alone");
  tree.scalar("pseudo_r_squared", 1 - fit.likelihood->value / linked.null_value,
              "1 - log_likelihood / log_likelihood_null, McFadden (1974)");
  tree.scalar("deviance", linked.deviance, "twice what the log likelihood lacks of that of a parameter a row");
  tree.scalar("iterations", linked.iterations, "Newton's steps", "steps");
}

void describe_random(Tree& tree, const RandomEffects& random) {
  tree.attribute("components", random.components);
  tree.scalar("own_variance", random.own_variance, "variance of the rows' own errors", "outcome²");
  Names names, index;
  std::vector<std::string> effects, labels;
  std::vector<double> variance, unbounded, predicted, theta;
  for (const RandomEffects::Effect& effect : random.effects) {
    names.push_back(effect.levels.name);
    variance.push_back(effect.variance);
    unbounded.push_back(effect.unbounded);
    for (std::int32_t level = 0; level < effect.levels.count; ++level) {
      index.push_back(std::to_string(index.size() + 1));
      effects.push_back(effect.levels.name);
      labels.push_back(effect.levels.labels[static_cast<std::size_t>(level)]);
      predicted.push_back(effect.predicted(level));
      theta.push_back(effect.theta(level));
    }
  }
  const auto vector = [](const std::vector<double>& v) -> Vector {
    return Eigen::Map<const Vector>(v.data(), static_cast<Index>(v.size()));
  };
  tree.axis("random_effect", names, "what the random effects are of");
  tree.vector("variance", "random_effect", vector(variance), "variance of the effect, zero where it came out negative",
              "outcome²");
  tree.vector("variance_unbounded", "random_effect", vector(unbounded), "as estimated, before it is set to zero",
              "outcome²");
  tree.axis("level", index, "levels of the random effects, one effect after the other");
  tree.text("level_effect", "level", effects, "effect that the level is of");
  tree.text("level_label", "level", labels, "unit or period");
  tree.vector("predicted", "level", vector(predicted), "best linear unbiased prediction of the level", "outcome");
  tree.vector("theta", "level", vector(theta), "share of its mean that is taken off the level's rows");
}

}  // namespace

Tree describe(const Fit& fit) {
  Tree tree;
  tree.attribute("estimator", fit.estimator);
  tree.attribute("status", std::string(name(fit.status)));
  tree.attribute("status_detail", fit.status_detail);
  tree.attribute("nobs", static_cast<std::int64_t>(fit.n()));
  tree.attribute("df_model", static_cast<std::int64_t>(fit.df_model));
  tree.attribute("df_residual", static_cast<std::int64_t>(fit.df_residual));
  tree.axis("term", fit.names, "identified coefficients");
  tree.axis("term_2", fit.names, "identified coefficients, for the second axis of square matrices");
  tree.vector("estimate", "term", fit.coefficients, "coefficient", "outcome per regressor");
  describe_goodness(tree, fit);
  describe_effects(tree, fit);
  Names dropped;
  std::vector<std::string> because;
  for (const NotIdentified& entry : fit.not_identified) {
    dropped.push_back(entry.term);
    because.push_back(joined(entry.because, "; "));
  }
  tree.axis("unidentified", dropped, "regressors that the data cannot tell apart from others or from the effects");
  tree.text("unidentified_because", "unidentified", because, "what they depend on");
  describe_rows(tree, fit);
  if (fit.linked) describe_linked(tree.child("link"), fit);
  if (fit.random) describe_random(tree.child("random"), *fit.random);
  Tree& extras = tree.child("extras");
  for (const auto& [name, array] : fit.extras) {
    if (name == kResidual) continue;  // stands with the rows
    const bool by_row = std::find(array.dims.begin(), array.dims.end(), "row") != array.dims.end();
    if (by_row && !extras.find_axis("row")) extras.axes.push_back(*tree.child("rows").find_axis("row"));
    extras.arrays.push_back(array);
  }
  return tree;
}

}  // namespace headwater
