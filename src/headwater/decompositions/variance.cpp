// Question: how much of the variance lies between regions, between the trusts of a region, and within trusts, for the
// outcome and for each driver's part in it?
// Levels nest, coarse to fine. Sum of squares of level l: Σ w (ȳ_l − ȳ_{l−1})², of the last Σ w (y − ȳ_L)²; they sum to
// Σ w (y − ȳ)². For the parts of a fit y = Σ_p part_p the same with products (part_l − part_{l−1})(y_l − y_{l−1}):
// driver by level, exact and signed. Raw shares of a level hold the noise of its means. Beside them: variance
// components by equating the sums of squares to their expectations (Henderson's method I; Searle 1971, 11.4; row
// variance σ²/w), the variance partition coefficients they give and the intraclass correlation up to each level. A
// corrected variance may be negative: then the level's means vary less than noise alone would make them. Influence: a
// group mean's own estimation moves nothing (envelope theorem), w{(y − ȳ_{l−1})² − (y − ȳ_l)² − share (y − ȳ)²}/Σw(y −
// ȳ)².
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

// Nested groupings, coarse to fine, with the whole sample in front.
struct Levels {
  std::vector<Grouping> groups;  // [0] is everything
  std::vector<Vector> mass;      // weight of each group
  Vector weights;
  double total = 0;

  std::size_t count() const { return groups.size() - 1; }
  Matrix means(const Matrix& z, std::size_t level) const {
    const Matrix sums = sums_by((z.array().colwise() * weights.array()).matrix(), groups[level]);
    Matrix result(z.rows(), z.cols());
    for (Index i = 0; i < z.rows(); ++i) {
      const std::int32_t g = groups[level].code[static_cast<std::size_t>(i)];
      result.row(i) = sums.row(g) / mass[level](g);
    }
    return result;
  }
  std::string name(std::size_t part) const {  // parts 0..count(): between level part + 1 within level part; within
    if (part == count()) return "within " + groups.back().name;
    return "between " + groups[part + 1].name + (part == 0 ? "" : " within " + groups[part].name);
  }
};

Levels levels_of(const DecompositionInput& input, const Design& design) {
  Levels levels;
  levels.weights = weights_or_ones(design.weights, design.n());
  levels.total = levels.weights.sum();
  levels.groups.push_back({.name = "all",
                           .code = std::vector<std::int32_t>(static_cast<std::size_t>(design.n()), 0),
                           .count = 1,
                           .labels = {"all"}});
  const std::string text = input.call.get("levels", input.panel.keys().unit);
  if (text.empty())
    throw Error(ErrorKind::usage, "decomposition.option",
                "variance needs levels, columns from the coarsest to the finest, such as variance(levels = region + "
                "trust)",
                {.key = "levels"});
  for (const std::string& column : split(text, '+')) {
    Grouping groups = row_groups(input.panel, design, column);
    if (!nested_in(groups, levels.groups.back()))
      throw Error(ErrorKind::usage, "variance.not_nested",
                  "levels = " + text + ": a group of " + column + " lies in several groups of " +
                      levels.groups.back().name +
                      ", so the sums of squares do not nest; write coarse columns first, or leave one out",
                  {.key = "levels"});
    levels.groups.push_back(std::move(groups));
  }
  for (const Grouping& groups : levels.groups) levels.mass.push_back(sums_by(levels.weights, groups));
  return levels;
}

// Deviations of each column by part: [0] group means of level 1 less the mean, ..., last rows less the finest means.
struct Deviations {
  std::vector<Matrix> from;  // rows less the means of level l, l = 0..count
  std::vector<Matrix> part;
};
Deviations deviations(const Levels& levels, const Matrix& z) {
  Deviations d;
  for (std::size_t l = 0; l <= levels.count(); ++l) d.from.push_back(z - levels.means(z, l));
  for (std::size_t l = 0; l < levels.count(); ++l) d.part.push_back(d.from[l] - d.from[l + 1]);
  d.part.push_back(d.from.back());
  return d;
}

// T(l, m) = tr(Z_m' P_l Z_m): what one unit of variance of level m puts into the fitted squares of level l.
double expected_squares(const Levels& levels, std::size_t l, std::size_t m) {
  if (l >= m) return levels.total;
  Vector sums = Vector::Zero(levels.groups[l].count);
  std::vector<std::int32_t> parent(static_cast<std::size_t>(levels.groups[m].count));
  for (std::size_t i = 0; i < levels.groups[m].code.size(); ++i)
    parent[static_cast<std::size_t>(levels.groups[m].code[i])] = levels.groups[l].code[i];
  for (std::int32_t h = 0; h < levels.groups[m].count; ++h)
    sums(parent[static_cast<std::size_t>(h)]) += levels.mass[m](h) * levels.mass[m](h);
  return sums.cwiseQuotient(levels.mass[l]).sum();
}

// Variance components of the levels and of rows, from the finest up.
Vector corrected(const Levels& levels, const Vector& squares) {
  const std::size_t L = levels.count();
  Vector variance = Vector::Constant(static_cast<Index>(L) + 1, std::nan(""));
  const auto spare = static_cast<double>(levels.weights.size() - levels.groups.back().count);
  if (spare <= 0) return variance;
  const double noise = variance(static_cast<Index>(L)) = squares(static_cast<Index>(L)) / spare;
  for (std::size_t l = L; l-- > 0;) {
    double rest = squares(static_cast<Index>(l)) - noise * (levels.groups[l + 1].count - levels.groups[l].count);
    for (std::size_t m = l + 2; m <= L; ++m)
      rest -=
          variance(static_cast<Index>(m) - 1) * (expected_squares(levels, l + 1, m) - expected_squares(levels, l, m));
    const double own = levels.total - expected_squares(levels, l, l + 1);
    variance(static_cast<Index>(l)) = own > 0 ? rest / own : std::nan("");
  }
  return variance;
}

void add_by_level(Decomposition& d, const std::string& name, const Vector& values, const std::string& description,
                  const std::string& unit) {
  d.extras.push_back({.name = name,
                      .dims = {"layer"},
                      .shape = {values.size()},
                      .values = std::vector<double>(values.data(), values.data() + values.size()),
                      .description = description,
                      .unit = unit});
}

void add_corrected(Decomposition& d, const Levels& levels, const Vector& squares) {
  Names names;
  for (std::size_t l = 1; l <= levels.count(); ++l) names.push_back(levels.groups[l].name);
  names.emplace_back("row");
  d.tables.emplace_back("layer");
  d.extra_axes.push_back({"layer", names, "levels, coarse to fine, and rows within the finest"});
  const Vector variance = corrected(levels, squares);
  const double all = variance.sum();
  Vector up_to = variance;
  for (Index l = 1; l < up_to.size(); ++l) up_to(l) += up_to(l - 1);
  add_by_level(d, "variance_corrected", variance, "variance component, noise of the group means taken out", "outcome²");
  add_by_level(d, "partition", variance / all, "variance partition coefficient: share of the corrected variances", "1");
  add_by_level(d, "intraclass", up_to / all, "correlation of two rows that share the level", "1");
  for (Index l = 0; l < variance.size(); ++l)
    if (variance(l) < 0)
      d.notes.push_back({"variance.negative",
                         "the corrected variance between " + names[static_cast<std::size_t>(l)] + " is negative (" +
                             significant(variance(l), 3) +
                             "): its means differ less than noise alone would make them, so it is as good as zero"});
  if (std::isnan(all))
    d.notes.push_back({"variance.no_replicates",
                       "no group of the finest level has a second row, so noise cannot be told from the level and no "
                       "corrected variance exists"});
}

Decomposition begun(const DecompositionInput& input, const Design& design, const Levels& levels) {
  Decomposition d;
  d.method = "variance";
  d.call = input.call.text;
  Names names;
  for (std::size_t l = 1; l <= levels.count(); ++l) names.push_back(levels.groups[l].name);
  d.choices["levels"] = joined(names, " + ");
  d.total = 1;
  d.total_name = "variance of " + design.outcome_name;
  d.unit = kShareOfVariance;
  d.frame = "outcomes and drivers as realised, units as drawn";
  d.sample_hash = design.sample_hash;
  return d;
}

void closed(Decomposition& d, const DecompositionInput& input, const Design& design, double scale) {
  finish(d, inference_of(*input.fit, *input.covariance), atoms_of(design), Vector::Zero(design.n()), scale);
}

Decomposition of_outcome(const DecompositionInput& input, const Design& design, const Levels& levels,
                         const Deviations& y, double whole) {
  Decomposition d = begun(input, design, levels);
  d.question = "How much of the variance of " + design.outcome_name + " lies between groups, and how much within them?";
  const auto parts = static_cast<Index>(y.part.size());
  Estimates& e = d.estimates;
  e.values.resize(parts);
  e.influence.resize(design.n(), parts);
  const Vector base = levels.weights.cwiseProduct(y.from[0].col(0).cwiseAbs2()) / whole;
  Vector squares(parts);
  for (Index p = 0; p < parts; ++p) {
    const auto at = static_cast<std::size_t>(p);
    e.names.push_back(levels.name(at));
    squares(p) = levels.weights.dot(y.part[at].col(0).cwiseAbs2());
    e.values(p) = squares(p) / whole;
    Vector more = y.from[at].col(0).cwiseAbs2();
    if (at < levels.count()) more -= y.from[at + 1].col(0).cwiseAbs2();
    e.influence.col(p) = levels.weights.cwiseProduct(more) / whole - e.values(p) * base;
  }
  e.jacobian = Matrix::Identity(parts, parts);
  add_explained_variance(d, *input.fit);
  add_extra(d, "variance", whole / levels.total, "weighted variance of the outcome", "outcome²");
  add_corrected(d, levels, squares);
  closed(d, input, design, 1);
  return d;
}

// What a row's weight adds to the products of y and z at every layer, layers · n × columns of z.
Matrix products_by_layer(const Levels& levels, const Deviations& y, const Deviations& z) {
  const Index n = levels.weights.size(), layers = static_cast<Index>(y.part.size());
  Matrix all(layers * n, z.from[0].cols());
  for (Index l = 0; l < layers; ++l) {
    const auto at = static_cast<std::size_t>(l);
    Matrix products = z.from[at].array().colwise() * y.from[at].col(0).array();
    if (at < levels.count()) products -= (z.from[at + 1].array().colwise() * y.from[at + 1].col(0).array()).matrix();
    all.middleRows(l * n, n) = products.array().colwise() * levels.weights.array();
  }
  return all;
}

Decomposition of_drivers(const DecompositionInput& input, const Design& design, const Levels& levels,
                         const Deviations& y, double whole) {
  Decomposition d = begun(input, design, levels);
  d.question = "Which part of " + design.outcome_name + " varies between groups, and which within them?";
  const OutcomeParts fitted = OutcomeParts(*input.fit).identified([&](const Matrix& values) {
    return products_by_layer(levels, y, deviations(levels, values));
  });
  const Deviations z = deviations(levels, fitted.values());
  const Matrix products = products_by_layer(levels, y, z);
  const auto layers = static_cast<Index>(y.part.size()), m = fitted.size();
  Estimates& e = d.estimates;
  e.values.resize(layers * m);
  e.influence.resize(design.n(), layers * m);
  const Vector base = levels.weights.cwiseProduct(y.from[0].col(0).cwiseAbs2()) / whole;
  for (Index l = 0; l < layers; ++l) {
    const auto at = static_cast<std::size_t>(l);
    const Vector v = levels.weights.cwiseProduct(y.part[at].col(0)) / whole;
    const Vector values = fitted.values().transpose() * v;
    e.values.segment(l * m, m) = values;
    e.influence.middleCols(l * m, m) = fitted.estimation_influence(v) +
                                       products.middleRows(l * design.n(), design.n()) / whole -
                                       base * values.transpose();
    for (const std::string& part : fitted.names()) e.names.push_back(part + ", " + levels.name(at));
  }
  e.jacobian = Matrix::Identity(layers * m, layers * m);
  fitted.tell(d);
  closed(d, input, design, 1 + fitted.values().cwiseAbs().maxCoeff() / std::sqrt(whole / levels.total));
  return d;
}

}  // namespace

const MethodCard& variance_card() {
  static const MethodCard card{
      .name = "variance",
      .kind = "decomposition",
      .question =
          "How much of the variance of the outcome, and of each driver's part in it, lies between regions, "
          "between trusts and within trusts?",
      .avoid = "Not the raw shares as lasting differences: group means hold noise; read the corrected variances.",
      .reference = "Searle (1971) 11.4; ICC by analysis of variance",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"levels", "text", "unit key", "nested columns from the coarsest to the finest, region + trust"}},
      .positions = {"levels"}};
  return card;
}

Decompositions run_variance(const DecompositionInput& input) {
  const Design& design = *input.fit->design;
  const Levels levels = levels_of(input, design);
  const Deviations y = deviations(levels, design.y);
  const double whole = levels.weights.dot(y.from[0].col(0).cwiseAbs2());
  return {of_outcome(input, design, levels, y, whole), of_drivers(input, design, levels, y, whole)};
}

}  // namespace headwater
