// Question: how much of the outcome's variance do one or two sets of effects really hold, trusts alone, or workers and
// firms, once the noise with which each level is estimated is taken out?
// Model y = Xβ + α_first + ψ_second + e. Plug-in variances of estimated effects are too large and their covariance too
// small; Kline, Saggio and Sølvsten (2020) correct them without assuming equal error variances, here exactly, a match
// left out at a time (two_way.cpp). Drivers are taken out first by regression with both effects. Divisor n − 1. Equals
// their LeaveOutTwoWay with type_algorithm = "exact".
// Corrected variances can be negative and the parts need not sum to the variance. Their standard errors are those of
// the jackknife over matches (rows, of who never moves), which err on the safe side (two_way_errors.cpp); drivers'
// slopes count as known. The plug-in variances are biased, so they have none. One set is the same with a second of one
// level: a row left out at a time, which corrects by Σ_i T_i (1/T_i − 1/n) s_i²/(n − 1), s_i² the variance of a level's
// rows.
#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/decompositions/two_way.hpp"
#include "headwater/design/encoding.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kAbsorbed = 1e-9;  // share of a column's norm that must survive both effects
constexpr double kRounding = 1e-12;
constexpr double kLopsided = 0.1;  // share of a variance that one level may hold unsaid

struct Pruned {
  std::vector<std::int64_t> rows;  // of the design
  Grouping first, second;
  Vector y;  // less the drivers' part
};

Vector without_drivers(const Design& design, const Pruned& pruned) {
  const auto n = static_cast<Index>(pruned.rows.size());
  Matrix data(n, design.k() + 1);
  for (Index i = 0; i < n; ++i) {
    const auto row = static_cast<Index>(pruned.rows[static_cast<std::size_t>(i)]);
    data.row(i) << design.X.row(row), design.y(row);
  }
  Vector y = data.rightCols(1);
  const Matrix left = Absorber({effect_of(pruned.first), effect_of(pruned.second)}, Vector(), n).project(data).columns;
  std::vector<Index> kept;
  for (Index j = 0; j < design.k(); ++j)
    if (left.col(j).norm() > kAbsorbed * data.col(j).norm()) kept.push_back(j);
  Matrix X(n, static_cast<Index>(kept.size())), whole = X;
  for (std::size_t j = 0; j < kept.size(); ++j) {
    X.col(static_cast<Index>(j)) = left.col(kept[j]);
    whole.col(static_cast<Index>(j)) = data.col(kept[j]);
  }
  if (kept.empty()) return y;
  const LeastSquares solution = least_squares(X, left.rightCols(1), Vector());
  Vector net = y;
  for (std::size_t j = 0; j < solution.kept.size(); ++j)
    net -= solution.coefficients(static_cast<Index>(j)) * whole.col(solution.kept[j]);
  return net;
}

// Without a second column every row is in one and the same second level, whose effect is zero.
Grouping second_levels(const DecompositionInput& input, const Design& design, const std::string& second) {
  if (!second.empty()) return row_groups(input.panel, design, second);
  return {.name = "all",
          .code = std::vector<std::int32_t>(static_cast<std::size_t>(design.n()), 0),
          .count = 1,
          .labels = {"all"}};
}

Pruned pruned(const DecompositionInput& input, const Design& design, const std::string& first,
              const std::string& second) {
  if (first == second)
    throw Error(ErrorKind::usage, "decomposition.option",
                "first and second are both " + first + "; name two sets of effects, or leave second out",
                {.key = "second"});
  const Grouping a = row_groups(input.panel, design, first), b = second_levels(input, design, second);
  const std::vector<bool> keep = leave_out_connected(a, b);
  Pruned result;
  for (std::size_t i = 0; i < keep.size(); ++i)
    if (keep[i]) result.rows.push_back(static_cast<std::int64_t>(i));
  result.first = restricted(a, result.rows);
  result.second = restricted(b, result.rows);
  if (second.empty() && result.rows.empty())
    throw Error(ErrorKind::identification, "leave_out.single_rows",
                "every level of " + first +
                    " has one row, whose effect and noise are the same number, so nothing can be "
                    "corrected; name coarser levels",
                {.key = "first"});
  if (!second.empty() && (result.rows.empty() || result.second.count < 2))
    throw Error(ErrorKind::identification, "leave_out.not_connected",
                "no two levels of " + second + " are linked by " + first +
                    " in more than one way, so leaving one out disconnects them and nothing can be corrected");
  result.y = without_drivers(design, result);
  return result;
}

Decomposition assembled(const DecompositionInput& input, const Design& design, const Pruned& sample,
                        const std::string& first, const std::string& second, const Vector& v) {
  Decomposition d;
  d.method = "leave_out";
  d.call = input.call.text;
  const bool two = !second.empty();
  d.choices = {{"first", first}, {"left_out", two ? "match" : "row"}, {"divisor", "n - 1"}};
  d.estimates.names = {"effects: " + first};
  d.estimates.values = v.head(1);
  if (two) {
    d.choices["second"] = second;
    d.estimates.names.insert(d.estimates.names.end(), {"effects: " + second, "twice their covariance"});
    d.estimates.values = v;
    d.estimates.values(kCovariance) *= 2;
  }
  d.unit = "outcome²";
  d.frame = two ? "levels and matches as they are, errors of a match independent of those of others"
                : "levels as they are, errors of a row independent of those of others";
  d.sample_hash = design.sample_hash;
  add_extra(d, "rows", static_cast<double>(sample.rows.size()),
            two ? "rows of the leave-out connected set" : "rows of levels with two rows or more", "rows");
  add_extra(d, "levels_first", sample.first.count, "levels of the first effect in it", "levels");
  if (two) {
    add_extra(d, "levels_second", sample.second.count, "levels of the second effect in it", "levels");
    add_extra(d, "correlation", v(kCovariance) / std::sqrt(v(kFirst) * v(kSecond)),
              "correlation of the effects over rows; NaN where a variance is not positive");
  }
  if (static_cast<Index>(sample.rows.size()) < design.n())
    d.notes.push_back({"leave_out.pruned",
                       std::to_string(design.n() - static_cast<Index>(sample.rows.size())) + " of " +
                           std::to_string(design.n()) +
                           (two ? " rows are outside the largest set that stays connected when a level of " + first +
                                      " is left out; the variances are of the rest"
                                : " rows are alone in their level of " + first +
                                      ", whose effect cannot be told from noise; the variances are of the rest")});
  return d;
}

// Biased by noise as they are, the plug-in variances have no standard error.
Decomposition without_errors(Decomposition d, const DecompositionInput& input, const Design& design) {
  const auto m = static_cast<Index>(d.estimates.names.size());
  d.estimates.kind = UncertaintyKind::not_estimable;
  d.estimates.estimable.assign(static_cast<std::size_t>(m), false);
  d.estimates.influence = Matrix::Zero(design.n(), m);
  d.estimates.jacobian = Matrix::Identity(m, m);
  d.total_estimable = false;
  finish(d, inference_of(input.spec, atoms_of(design)), atoms_of(design), Vector::Zero(design.n()),
         1e2 * d.estimates.values.cwiseAbs().maxCoeff());
  return d;
}

// The largest share of each variance of `errors` that pieces of one first unit hold.
Vector largest_shares(const Matches& m, const Matrix& errors) {
  Grouping owner = m.first;
  for (const Index match : m.match) owner.code.push_back(m.first.code[static_cast<std::size_t>(match)]);
  const Matrix own = sums_by(errors.cwiseAbs2(), owner);
  return own.colwise().maxCoeff().transpose().cwiseQuotient(own.colwise().sum().transpose());
}

Decomposition with_errors(Decomposition d, const DecompositionInput& input, const Design& design, const Matches& m,
                          Matrix errors) {
  const bool two = d.estimates.values.size() == kTwoWayParts;
  if (two)
    errors.col(kCovariance) *= 2;
  else
    errors = errors.leftCols(1).eval();
  if (two &&
      errors.col(kCovariance).norm() < kRounding * errors.norm()) {  // every first unit meets every second one alike
    errors.col(kCovariance).setZero();
    d.estimates.values(kCovariance) = 0;
  }
  d.estimates.kind = UncertaintyKind::model;
  d.estimates.influence = Matrix::Zero(design.n(), 1);
  d.estimates.jacobian = Matrix::Zero(d.estimates.values.size(), 1);
  d.estimates.noise = errors.transpose() * errors;
  d.additive = false;
  d.frame = (two ? "levels, matches and the drivers' slopes as they are, errors of a match (of a row, where " +
                       d.choices["first"] + " never moves)"
                 : std::string("levels and the drivers' slopes as they are, errors of a row")) +
            " independent of those of others; standard errors on the safe side, by the jackknife over them";
  Inference inference = inference_of(input.spec, atoms_of(design));
  inference.df = std::numeric_limits<double>::infinity();
  finish(d, inference, atoms_of(design), Vector(), 1);
  const Vector largest = largest_shares(m, errors);
  Names lopsided;
  for (Index i = 0; i < largest.size(); ++i)
    if (largest(i) > kLopsided)  // NaN where a variance is zero
      lopsided.push_back(d.estimates.names[static_cast<std::size_t>(i)] + " " + significant(100 * largest(i), 2) +
                         " %");
  if (!lopsided.empty())
    d.notes.push_back(
        {"leave_out.lopsided", "one level of " + d.choices["first"] + " holds much of the variance of an estimate (" +
                                   joined(lopsided, ", ") + "), so intervals that take it as normal are rough"});
  return d;
}

}  // namespace

const MethodCard& leave_out_card() {
  static const MethodCard card{
      .name = "leave_out",
      .kind = "decomposition",
      .question =
          "How much of the variance do one or two sets of effects really hold, once the noise of their estimates is "
          "taken out?",
      .avoid = "Not where hardly any first unit is seen with two second ones: the set that can be corrected is small.",
      .reference = "Kline, Saggio and Soelvsten (2020); equals LeaveOutTwoWay exact",
      .supports = {"unbalanced", "no_time"},
      .options = {{"first", "column", "unit key", "the levels that move, such as workers or trusts"},
                  {"second", "column", "", "the levels they move between, such as firms or places; by default none"}},
      .positions = {"first", "second"}};
  return card;
}

Decompositions run_leave_out(const DecompositionInput& input) {
  const Design& design = *input.fit->design;
  const std::string first = input.call.get("first", input.panel.keys().unit), second = input.call.get("second");
  if (first.empty())
    throw Error(ErrorKind::usage, "decomposition.option",
                "leave_out needs first, a column of levels, such as leave_out(first = worker) or leave_out(first = "
                "worker, second = firm)",
                {.key = "first"});
  const std::string both = first + (second.empty() ? "" : " and " + second);
  const Pruned sample = pruned(input, design, first, second);
  const Matches pairs = matches(sample.y, sample.first, sample.second);
  TwoWay effects = two_way(pairs);

  Decomposition plug_in = assembled(input, design, sample, first, second, effects.plug_in);
  plug_in.question =
      "How much of the variance net of the drivers do the estimated effects of " + both + " hold, noise included?";
  plug_in.choices["correction"] = "none";
  const auto n = static_cast<double>(sample.rows.size());
  plug_in.estimates.names.emplace_back("residual");
  plug_in.estimates.values.conservativeResize(static_cast<Index>(plug_in.estimates.names.size()));
  plug_in.estimates.values.tail(1)(0) =
      (pairs.deviation.squaredNorm() + pairs.count.dot(effects.residual.cwiseAbs2())) / (n - 1);
  plug_in.total = (sample.y.array() - sample.y.mean()).square().sum() / (n - 1);
  plug_in.total_name = "variance of " + design.outcome_name + " net of the drivers";

  Decomposition corrected = assembled(input, design, sample, first, second, effects.corrected);
  corrected.question = "How much of that variance is left to the effects of " + both + " once noise is taken out?";
  corrected.choices["correction"] = "leave-out";
  if (effects.corrected.head(second.empty() ? 1 : 2).minCoeff() < 0)
    corrected.notes.push_back({"leave_out.negative",
                               "a corrected variance is negative: the estimated effects vary less than their noise "
                               "alone would make them, so the true variance is as good as zero"});
  return {without_errors(std::move(plug_in), input, design),
          with_errors(std::move(corrected), input, design, pairs, std::move(effects.errors))};
}

}  // namespace headwater
