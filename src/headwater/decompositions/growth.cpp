// Question: published productivity growth is (1 + a)/(1 + r) − 1: how much is activity and how much resource?
// Model: ln(1 + p) = ln(1 + a) − ln(1 + r), exactly; per cent by the logarithmic mean, so that parts add up to p for
// one unit. Over units: the (weighted) mean of the logarithms. a − r instead of p is wrong by a·r-sized terms: its
// error is shown. When the published column is named, the largest departure from the identity is shown too. Influence
// of the units drawn; one unit's growth has no error of its own here. No regression.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/levels.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

constexpr double kRounded = 5e-4;  // published growth rates carry at least three decimals

Vector rates(const Panel& panel, const Design& design, const std::string& column) {
  const Column& source = panel.column(unquoted(column));
  if (source.type != Column::Type::number)
    throw Error(ErrorKind::data, "growth.rate", "'" + column + "' is text, so it cannot be a growth rate",
                {.column = column});
  Vector values(design.n());
  for (Index i = 0; i < design.n(); ++i) {
    const std::int64_t row = design.rows[static_cast<std::size_t>(i)];
    values(i) = source.numbers(row);
    if (values(i) <= -1)
      throw Error(ErrorKind::data, "growth.rate",
                  "'" + column + "' is " + shortest(values(i)) +
                      ", but growth is a fraction above -1 (0.028 for 2.8 per cent); divide per cent by 100",
                  {.row = panel.source_row(row), .column = column});
  }
  return values;
}

}  // namespace

const MethodCard& growth_card() {
  static const MethodCard card{
      .name = "growth",
      .kind = "decomposition",
      .question = "Productivity growth is (1 + activity growth)/(1 + resource growth) - 1: how much is each?",
      .avoid = "Not to rank units: growth rates of single trusts are mostly noise from one year to the next.",
      .reference = "NHS England productivity growth estimates: the published identity",
      .supports = {"weights", "unbalanced", "no_unit", "no_time"},
      .options = {{"activity", "text", "", "column of activity growth, as a fraction (required)"},
                  {"resource", "text", "", "column of resource growth, as a fraction (required)"},
                  {"productivity", "text", "", "published growth to be checked against the identity"},
                  {"weights", "text", "", "column that weighs units; by default the model's weights, else equal"},
                  {"period", "period", "", "one period; by default all rows"},
                  {"unit", "text", "", "one unit instead of the mean"}},
      .positions = {"activity", "resource"}};
  return card;
}

Decompositions run_growth(const DecompositionInput& input) {
  const MethodCall& call = input.call;
  for (const char* option : {"activity", "resource"})
    if (!call.has(option))
      throw Error(ErrorKind::usage, "decomposition.option",
                  "growth needs activity and resource, the columns of their growth, such as growth(activity = a, "
                  "resource = r)",
                  {.key = option});
  const bool alone = call.has("unit");
  Spec spec = alone ? without_clusters(input.spec) : input.spec;
  spec.also_required.clear();
  spec.formula.outcome = column_expression(unquoted(call.get("activity")));
  const std::string weighing = call.get("weights", input.spec.weights);
  Names needed = {call.get("resource")};
  for (const std::string& column : {call.get("productivity"), weighing})
    if (!column.empty()) needed.push_back(column);
  const Design design = outcome_design(input.panel, spec, needed);
  const Vector a = rates(input.panel, design, call.get("activity")),
               r = rates(input.panel, design, call.get("resource"));
  Vector weights =
      weighing.empty() ? weights_or_ones(design.weights, design.n()) : row_values(input.panel, design, weighing);
  if (call.has("period"))
    weights = within_group(weights, design.time, period_code(design, "period", call.get("period")));
  if (alone) weights = within_group(weights, design.unit, unit_code(design, call.get("unit")));
  if (!(weights.sum() > 0))
    throw Error(ErrorKind::usage, "decomposition.no_cell", call.get("unit") + " has no row in that period",
                {.key = "unit"});
  Matrix logs(design.n(), 2);
  logs << a.array().log1p().matrix(), -r.array().log1p().matrix();
  Contrast mean(design);
  mean.add(1, weights);
  Decomposition d;
  d.method = "growth";
  d.call = call.text;
  d.estimates.names = {"activity", "resource"};
  d.estimates.values = mean.values(logs);
  d.estimates.influence = mean.sampling_influence(logs);
  d.estimates.jacobian = Matrix::Identity(2, 2);
  d.estimates.estimable = {!alone, !alone};
  d.total_estimable = !alone;
  const Vector p = ((1 + a.array()) / (1 + r.array()) - 1).matrix(), total = p.array().log1p().matrix();
  d.total = mean.values(total)(0);
  d.total_name = alone ? "log productivity growth of " + call.get("unit") : "mean log productivity growth";
  d.question = "Is productivity growth activity that grew, or resource that fell?";
  d.unit = "log points";
  d.percent = true;
  d.frame = alone ? "one unit's growth as published; it has no standard error of its own" : "mean over units as drawn";
  d.choices = {{"weights", weighing.empty() ? "equal" : weighing},
               {"units", std::to_string((weights.array() > 0).count())}};
  d.sample_hash = design.sample_hash;
  tell_rows(d, input, design, (weights.array() > 0).count());
  const auto counted = (weights.array() > 0).cast<double>();
  add_extra(d, "naive_error", (counted * (a - r - p).array().abs()).maxCoeff(),
            "largest error of activity growth less resource growth as productivity growth");
  if (call.has("productivity")) {
    const Vector published = rates(input.panel, design, call.get("productivity"));
    const double error = (counted * (published - p).array().abs()).maxCoeff();
    add_extra(d, "identity_error", error, "largest departure of the published growth from (1 + a)/(1 + r) - 1");
    if (error > kRounded)
      d.notes.push_back({"growth.identity", "'" + call.get("productivity") + "' departs from (1 + activity)/(1 + " +
                                                "resource) - 1 by up to " + significant(error, 3) +
                                                ": another vintage, or per cent instead of fractions"});
  }
  finish(d, inference_of(design.spec, atoms_of(design)), atoms_of(design), mean.sampling_influence(total),
         std::max(1.0, logs.cwiseAbs().maxCoeff()));
  return {std::move(d)};
}

}  // namespace headwater
