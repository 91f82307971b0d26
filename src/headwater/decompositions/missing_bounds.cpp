// Question: if the missing cells of a driver could hold anything within limits, what could its contribution be? Model:
// the fit's coefficient β of the driver, taken on the rows that have it; the change of its mean between two periods
// over all rows that only lack this driver. Bounds: missing cells at the limit that makes the part smallest or largest
// (Horowitz and Manski 1995), period by period; the other drivers' parts are points, the rest has the mirrored bounds.
// The interval covers the part itself, not the set, with c from Φ(c + width/max s) − Φ(−c) = level (Imbens and Manski
// 2004, eq. 6–7). Influence of the ends through β and the means; the rows' being missing is drawn along with them.
#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/decompositions/set_interval.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

// The rows of the model without the driver, and where the fit's rows stand among them.
struct Wider {
  Design design;
  std::vector<Index> own;  // row of the fit, -1 where the driver is missing
  std::int64_t missing = 0;
};

Wider wider_sample(const DecompositionInput& input, Index coefficient) {
  const Design& narrow = *input.fit->design;
  const auto term = static_cast<std::ptrdiff_t>(*term_of(*input.fit, coefficient));
  Spec spec = narrow.spec;
  spec.formula.terms.erase(spec.formula.terms.begin() + term);
  spec.drivers.clear();
  spec.formula.intercept = true;
  Wider wider{make_design(input.panel, spec), {}, 0};
  std::map<std::int64_t, Index> where;
  for (Index i = 0; i < narrow.n(); ++i) where.emplace(narrow.rows[static_cast<std::size_t>(i)], i);
  std::size_t found = 0;
  for (const std::int64_t row : wider.design.rows) {
    const auto at = where.find(row);
    wider.own.push_back(at == where.end() ? -1 : at->second);
    found += at == where.end() ? 0 : 1;
    wider.missing += at == where.end() ? 1 : 0;
  }
  if (found != where.size())
    throw Error(ErrorKind::data, "missing_bounds.rows",
                "some rows of the fit are not among those without " + input.call.get("term") +
                    ", so the two samples cannot be set against each other; use singletons = keep");
  return wider;
}

struct Limits {
  double low, high;
};

Limits limits_of(const DecompositionInput& input, const Vector& x) {
  Limits limits{x.minCoeff(), x.maxCoeff()};
  limits.low = input.call.number("low", limits.low);
  limits.high = input.call.number("high", limits.high);
  if (limits.low <= limits.high) return limits;
  throw Error(ErrorKind::usage, "decomposition.option",
              "low = " + shortest(limits.low) + " is above high = " + shortest(limits.high) + "; exchange them",
              {.key = "low"});
}

struct End {
  double value;
  Vector influence;  // on the wider rows
};

// β times the contrast of the driver with its missing cells at the limit that pushes the part in one direction.
End end_of(const Fit& fit, Index coefficient, const Wider& wider, const Contrast& contrast, const Limits& limits,
           bool upper) {
  const double beta = fit.coefficients(coefficient);
  const Vector x = fit.design->X.col(*fit.origins[static_cast<std::size_t>(coefficient)].column);
  Vector filled(wider.design.n());
  for (Index i = 0; i < filled.size(); ++i) {
    const Index own = wider.own[static_cast<std::size_t>(i)];
    const bool high = (beta * contrast.row_weights()(i) > 0) == upper;
    filled(i) = own >= 0 ? x(own) : high ? limits.high : limits.low;
  }
  const Vector psi = coefficient_influence(fit).col(coefficient);
  const double moved = contrast.values(filled)(0);
  End end{beta * moved, beta * contrast.sampling_influence(filled)};
  for (Index i = 0; i < filled.size(); ++i)
    if (const Index own = wider.own[static_cast<std::size_t>(i)]; own >= 0) end.influence(i) += moved * psi(own);
  return end;
}

}  // namespace

const MethodCard& missing_bounds_card() {
  static const MethodCard card{
      .name = "missing_bounds",
      .kind = "decomposition",
      .question = "If the missing cells of a driver could hold anything within limits, what could its contribution be?",
      .avoid = "Not for the coefficient itself, which stays that of the rows without missing cells.",
      .reference = "Horowitz and Manski (1995); Imbens and Manski (2004)",
      .supports = {"weights", "effects", "slopes", "unbalanced"},
      .options = {{"term", "text", "", "the regressor with missing cells (required)"},
                  {"low", "number", "", "least possible value; by default the least seen"},
                  {"high", "number", "", "largest possible value; by default the largest seen"},
                  {"from", "period", "", "the earlier period; by default the first"},
                  {"to", "period", "", "the later period; by default the last"}},
      .positions = {"term", "low", "high"}};
  return card;
}

Decompositions run_missing_bounds(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  if (!input.call.has("term"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "missing_bounds needs term, the regressor with missing cells, such as missing_bounds(term = " +
                    fit.names.back() + ")",
                {.key = "term"});
  const std::string term = input.call.get("term");
  if (!is_plain_least_squares(fit))
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                "missing_bounds takes the estimators pooled and within, not " + input.spec.estimator.method);
  const std::optional<Index> found = coefficient_index(fit, term);
  if (!found || !term_of(fit, *found))
    throw Error(ErrorKind::usage, "decomposition.no_term",
                "term = " + term + " is no identified regressor; there are " + joined(fit.names, ", "),
                {.key = "term"});
  const Index j = *found;
  const Wider wider = wider_sample(input, j);
  const Design& design = wider.design;
  if (!design.has_time || design.time.count < 2)
    throw Error(ErrorKind::usage, "decomposition.no_time",
                "missing_bounds looks at the change between two periods; the rows used have " +
                    std::string(design.has_time ? "one period" : "no time key"));
  const std::int32_t from = input.call.has("from") ? period_code(design, "from", input.call.get("from")) : 0,
                     to =
                         input.call.has("to") ? period_code(design, "to", input.call.get("to")) : design.time.count - 1;
  Contrast contrast(design.n());
  contrast.add(1, within_group(weights_or_ones(design.weights, design.n()), design.time, to));
  contrast.add(-1, within_group(weights_or_ones(design.weights, design.n()), design.time, from));
  const Limits limits = limits_of(input, fit.design->X.col(*fit.origins[static_cast<std::size_t>(j)].column));
  const End low = end_of(fit, j, wider, contrast, limits, false), high = end_of(fit, j, wider, contrast, limits, true);
  Decomposition d;
  d.method = "missing_bounds";
  d.call = input.call.text;
  d.additive = false;
  d.estimates.names = {term + ": smallest", term + ": largest"};
  d.estimates.values = Eigen::Vector2d(low.value, high.value);
  d.estimates.influence.resize(design.n(), 2);
  d.estimates.influence << low.influence, high.influence;
  d.estimates.jacobian = Matrix::Identity(2, 2);
  d.question = "If the " + std::to_string(wider.missing) + " missing cells of " + term + " lay anywhere from " +
               shortest(limits.low) + " to " + shortest(limits.high) + ", what could its part of the change of " +
               design.outcome_name + " be?";
  d.choices = {{"term", term},
               {"low", shortest(limits.low)},
               {"high", shortest(limits.high)},
               {"from", design.time.labels[static_cast<std::size_t>(from)]},
               {"to", design.time.labels[static_cast<std::size_t>(to)]}};
  d.unit = outcome_unit(design.spec);
  d.frame = "the ends of the set: coefficient, means and which cells are missing, units as drawn";
  d.sample_hash = design.sample_hash;
  finish(d, inference_of(fit, *input.covariance), atoms_of(design), Vector(), 1);
  const Vector error = d.covariance.diagonal().cwiseMax(0).cwiseSqrt();
  const double c = interval_reach(high.value - low.value, error.maxCoeff(), d.inference.level);
  ExtraTable table("bound", "The part lies in the set; the interval covers it with the level's probability",
                   {"set", "interval"});
  table.numbers("low", {low.value, low.value - c * error(0)}, "lower end", d.unit)
      .numbers("high", {high.value, high.value + c * error(1)}, "upper end", d.unit);
  table.add_to(d);
  add_extra(d, "missing_rows", static_cast<double>(wider.missing), "rows that lack this driver alone", "rows");
  const double slope_error = input.covariance->std_error(j);
  if (std::abs(fit.coefficients(j)) < 2 * slope_error)
    d.notes.push_back(
        {"missing_bounds.sign",
         "the coefficient of " + term +
             " is less than twice its standard error, so which limit gives which end is itself uncertain"});
  if (wider.missing == 0)
    d.notes.push_back({"missing_bounds.none", "no row lacks " + term + " alone, so both ends are the part itself"});
  return {std::move(d)};
}

}  // namespace headwater
