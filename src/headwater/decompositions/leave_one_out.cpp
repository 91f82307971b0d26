// Question: which units move each component, and would the answer stand without any one of them? Model and estimator:
// those of the decomposition named by `of`, refitted without each unit in turn by weights (no row is copied, no
// one-step approximation). The items are those of the decomposition itself, with its own uncertainty; beside them stand
// every component without each unit, the largest movers, and the jackknife error √((G−1)/G Σ(θ₋ᵤ − mean)²)
// (Efron and Tibshirani 1993, 11.5). Removing a unit is a diagnosis, not a licence to leave it out.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/progress.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/methods.hpp"

namespace headwater {
namespace {

constexpr const char* kCoefficients = "coefficients";
constexpr std::size_t kMovers = 3;

Decompositions answers(const DecompositionInput& input, const std::string& of) {
  if (of == kCoefficients) return {coefficient_items(input, asked_coefficients(input))};
  MethodCall call = parse_method_call(of);
  if (call.method == "leave_one_out")
    throw Error(ErrorKind::usage, "decomposition.option",
                "leave_one_out cannot leave units out of itself; name another "
                "decomposition in of",
                {.key = "of"});
  const DecompositionRow& method = decomposition(call.method);
  call = named(std::move(call), method.card);
  return run_method(method, {input.panel, input.spec, call, input.fit, input.covariance});
}

Decompositions without_unit(const DecompositionInput& input, const std::string& of, std::int32_t unit) {
  const Design& design = *input.fit->design;
  Vector drawn = design.spec.drawn ? *design.spec.drawn : Vector::Ones(input.panel.rows());
  for (Index i = 0; i < design.n(); ++i)
    if (design.unit.code[static_cast<std::size_t>(i)] == unit) drawn(design.rows[static_cast<std::size_t>(i)]) = 0;
  Spec spec = input.spec;
  spec.drawn = std::make_shared<const Vector>(std::move(drawn));
  Design rest = redrawn(design, *spec.drawn);
  rest.spec.drawn = spec.drawn;
  const Fit fit = estimate(input.panel, std::make_shared<const Design>(std::move(rest)));
  const Covariance rule = covariance(fit);
  return answers({input.panel, spec, input.call, &fit, &rule}, of);
}

// units × components of decomposition `which`; NaN where it could not be computed.
Matrix component_values(const std::vector<Decompositions>& all, std::size_t which, const Names& names) {
  Matrix values = Matrix::Constant(static_cast<Index>(all.size()), static_cast<Index>(names.size()), std::nan(""));
  for (std::size_t u = 0; u < all.size(); ++u) {
    if (which >= all[u].size()) continue;
    const Estimates& own = all[u][which].estimates;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto found = std::find(own.names.begin(), own.names.end(), names[i]);
      values(static_cast<Index>(u), static_cast<Index>(i)) =
          found == own.names.end() ? 0 : own.values(found - own.names.begin());
    }
  }
  return values;
}

double jackknife_error(const Vector& values) {
  double sum = 0, squares = 0, count = 0;
  for (const double v : values)
    if (std::isfinite(v)) {
      sum += v;
      ++count;
    }
  for (const double v : values)
    if (std::isfinite(v)) squares += (v - sum / count) * (v - sum / count);
  return std::sqrt((count - 1) / count * squares);
}

// Units by the size of their change, largest first; ties by their order.
std::vector<std::size_t> by_change(const Vector& values, double whole) {
  std::vector<std::size_t> order;
  for (std::size_t u = 0; u < static_cast<std::size_t>(values.size()); ++u)
    if (std::isfinite(values(static_cast<Index>(u)))) order.push_back(u);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(values(static_cast<Index>(a)) - whole) > std::abs(values(static_cast<Index>(b)) - whole);
  });
  return order;
}

// Zero by construction whichever unit is left out.
bool always_zero(const Decomposition& d, const Matrix& values, Index i) {
  if (!d.additive || std::abs(d.estimates.values(i)) > d.tolerance) return false;
  return std::all_of(values.col(i).begin(), values.col(i).end(),
                     [&](double v) { return !(std::abs(v) > d.tolerance); });
}

void add_movers(Decomposition& d, const Names& units, const Matrix& values) {
  Names rows, component, unit;
  std::vector<double> without, change, in_se;
  for (Index i = 0; i < values.cols(); ++i) {
    if (always_zero(d, values, i)) continue;
    const double whole = d.estimates.values(i), error = std::sqrt(std::max(0.0, d.covariance(i, i)));
    const std::vector<std::size_t> order = by_change(values.col(i), whole);
    for (std::size_t r = 0; r < std::min(kMovers, order.size()); ++r) {
      component.push_back(d.estimates.names[static_cast<std::size_t>(i)]);
      rows.push_back(component.back() + ", " + std::to_string(r + 1));
      unit.push_back(units[order[r]]);
      without.push_back(values(static_cast<Index>(order[r]), i));
      change.push_back(without.back() - whole);
      in_se.push_back(error > 0 ? change.back() / error : std::nan(""));
    }
  }
  ExtraTable table("mover", "Units without which a component changes most, by exact refits", rows);
  table.texts("component", component, "component")
      .texts("unit", unit, "unit left out")
      .numbers("without", without, "component without the unit", d.unit)
      .numbers("change", change, "its change", d.unit)
      .numbers("change_in_se", in_se, "the same in standard errors");
  table.add_to(d);
}

void add_ranges(Decomposition& d, const Matrix& values) {
  Names names;
  std::vector<double> low, high, error, sign_changes;
  for (Index i = 0; i < values.cols(); ++i) {
    if (always_zero(d, values, i)) continue;
    names.push_back(d.estimates.names[static_cast<std::size_t>(i)]);
    double least = INFINITY, most = -INFINITY, flips = 0;
    for (const double v : values.col(i)) {
      if (!std::isfinite(v)) continue;
      least = std::min(least, v);
      most = std::max(most, v);
      flips += v * d.estimates.values(i) < 0 ? 1 : 0;
    }
    low.push_back(least);
    high.push_back(most);
    sign_changes.push_back(flips);
    error.push_back(jackknife_error(values.col(i)));
  }
  ExtraTable table("range", "Each component over all samples that leave one unit out", names);
  table.numbers("lowest", low, "smallest value", d.unit)
      .numbers("highest", high, "largest value", d.unit)
      .numbers("sign_changes", sign_changes, "units whose removal changes the sign", "units")
      .numbers("jackknife_error", error, "jackknife standard error", d.unit);
  table.add_to(d);
}

void add_all(Decomposition& d, const Names& units, const Matrix& values) {
  d.extra_axes.push_back({"left_out", units, "units left out, one at a time"});
  std::vector<double> flat;
  for (Index u = 0; u < values.rows(); ++u)
    for (Index i = 0; i < values.cols(); ++i) flat.push_back(values(u, i));
  d.extras.push_back({.name = "estimate_without",
                      .dims = {"left_out", "component"},
                      .shape = {values.rows(), values.cols()},
                      .values = std::move(flat),
                      .description = "components without the unit, NaN where they cannot be computed",
                      .unit = d.unit});
}

}  // namespace

const MethodCard& leave_one_out_card() {
  static const MethodCard card{
      .name = "leave_one_out",
      .kind = "decomposition",
      .question = "Which units move each component, and does the answer stand without any one of them?",
      .avoid = "Not as a reason to drop a unit: a unit that matters is not thereby wrong.",
      .reference = "exact refits; Efron and Tibshirani (1993) 11.5 for the jackknife error",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"of", "method(options)", "coefficients", "a decomposition, or coefficients"},
                  {"term", "text", "", "of coefficients: one of them, or a driver"}},
      .positions = {"of"}};
  return card;
}

Decompositions run_leave_one_out(const DecompositionInput& input) {
  const Design& design = *input.fit->design;
  if (!design.has_unit || design.unit.count < 3)
    throw Error(ErrorKind::usage, "decomposition.no_unit",
                "leave_one_out needs a unit key and three units or more; name the column of the unit");
  const std::string of = input.call.get("of", kCoefficients);
  Decompositions whole = answers(input, of);
  std::vector<Decompositions> all(static_cast<std::size_t>(design.unit.count));
  std::vector<std::string> reasons(all.size());
  Stage stage("leaving out units", all.size());
  parallel_for(all.size(), [&](std::size_t u) {
    try {
      all[u] = without_unit(input, of, static_cast<std::int32_t>(u));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::internal) throw;
      reasons[u] = error.message();
    }
    stage.advance();
  });
  Names failed;
  for (std::size_t u = 0; u < all.size(); ++u)
    if (!reasons[u].empty()) failed.push_back("'" + design.unit.labels[u] + "' (" + reasons[u] + ")");
  for (std::size_t w = 0; w < whole.size(); ++w) {
    Decomposition& d = whole[w];
    const Matrix values = component_values(all, w, d.estimates.names);
    d.choices["of"] = of;
    d.method = "leave_one_out";
    d.call = input.call.text;
    d.question = d.question.empty() ? "Which units move the coefficients, and do they stand without any one of them?"
                                    : "Which units move the answer to: " + d.question;
    add_ranges(d, values);
    add_movers(d, design.unit.labels, values);
    add_all(d, design.unit.labels, values);
    if (!failed.empty())
      d.notes.push_back({"leave_one_out.failed", "the answer cannot be computed without " + joined(failed, "; ")});
  }
  return whole;
}

}  // namespace headwater
