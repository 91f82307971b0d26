// Question: two groups, or two periods, differ in a rate or mean: because the rates within classes differ, or because
// the classes have other weights?
// Model: R_g = Σ_j w_gj r_gj over classes j. R_A − R_B = Σ_j ½(w_A + w_B)(r_A − r_B) + Σ_j ½(r_A + r_B)(w_A − w_B),
// symmetric and without interaction (Kitagawa 1955, eq. 5). Weights are shares of `share` (or rows) in the group.
// Influence of the drawn rows on rates and weights, under the model's rule with G/(G−1). A class that only one group
// has is refused by name. No regression.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/groups.hpp"
#include "headwater/decompositions/levels.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

struct Measured {
  double value;
  Vector influence;
};

Measured measured_mean(const Vector& z, const Vector& weights) {
  Contrast contrast(z.size());
  contrast.add(1, weights);
  return {contrast.values(z)(0), contrast.sampling_influence(z)};
}

struct Classes {
  Grouping groups;
  std::vector<Measured> rate[2], weight[2];  // by group: a, b
};

Classes measured(const Design& rows, const TwoGroups& groups, const Grouping& classes, const Vector& mass) {
  Classes result{classes, {}, {}};
  for (int g = 0; g < 2; ++g) {
    Vector own = Vector::Zero(rows.n());
    for (const Index i : groups.positions(g == 0)) own(i) = mass(i);
    for (std::int32_t j = 0; j < classes.count; ++j) {
      const Vector inside = within_group(own, classes, j);
      const std::string& label = classes.labels[static_cast<std::size_t>(j)];
      if (!(inside.sum() > 0))
        throw Error(ErrorKind::identification, "decomposition.no_support",
                    "the class '" + label + "' of '" + classes.name + "' has no rows in " +
                        (g == 0 ? groups.a : groups.b) +
                        ", so it has no rate there to compare; join classes, or leave its rows out",
                    {.column = classes.name});
      result.rate[g].push_back(measured_mean(rows.y, inside));
      result.weight[g].push_back(measured_mean((inside.array() != 0).cast<double>().matrix(), own));
    }
  }
  return result;
}

Measured half_product(const Measured& sum_a, const Measured& sum_b, const Measured& a, const Measured& b) {
  const double mean = 0.5 * (sum_a.value + sum_b.value), difference = a.value - b.value;
  return {mean * difference,
          0.5 * difference * (sum_a.influence + sum_b.influence) + mean * (a.influence - b.influence)};
}

// Both sides of the difference over all classes.
void add_sums(Decomposition& d, Index classes) {
  std::vector<double> sums, errors;
  for (const Index from : {Index{0}, classes}) {
    sums.push_back(d.estimates.values.segment(from, classes).sum());
    errors.push_back(std::sqrt(std::max(0.0, d.covariance.block(from, from, classes, classes).sum())));
  }
  ExtraTable("side", "The sums over classes", {"rates", "composition"})
      .numbers("sum", sums, "sum of the parts over classes", d.unit)
      .numbers("std_error", errors, "its standard error", d.unit)
      .add_to(d);
}

}  // namespace

const MethodCard& kitagawa_card() {
  static const MethodCard card = [] {
    MethodCard c{
        .name = "kitagawa",
        .kind = "decomposition",
        .question =
            "Two groups or periods differ in a mean or rate: because rates within classes differ, or because the "
            "classes weigh otherwise?",
        .avoid = "Not when classes are so fine that one group lacks some; with several drivers use oaxaca.",
        .reference = "Kitagawa (1955) eq. 5",
        .supports = {"weights", "unbalanced", "no_unit", "no_time"},
        .options = two_groups_option_cards(),
        .positions = {"groups", "a", "b"}};
    c.options.push_back({"by", "text", "", "column of classes (required)"});
    c.options.push_back({"share", "text", "",
                         "column that weighs rows, such as the rate's denominator; by default "
                         "the model's weights, else equal"});
    return c;
  }();
  return card;
}

Decompositions run_kitagawa(const DecompositionInput& input) {
  const MethodCall& call = input.call;
  if (!call.has("by"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "kitagawa needs by, the column of classes, such as kitagawa(groups = region, a = London, b = North, by "
                "= type)",
                {.key = "by"});
  Names needed = {call.get("by")};
  for (const std::string& column : {call.get("share"), input.spec.weights, call.get("groups")})
    if (!column.empty()) needed.push_back(column);
  const Design whole = outcome_design(input.panel, input.spec, needed);
  const TwoGroups groups = two_groups(input, whole);
  const Design rows = with_rows(whole, groups.rows);
  const std::string share = call.get("share", input.spec.weights);
  const Vector mass = share.empty() ? weights_or_ones(rows.weights, rows.n()) : row_values(input.panel, rows, share);
  const Classes classes = measured(rows, groups, row_groups(input.panel, rows, call.get("by")), mass);
  const auto J = static_cast<Index>(classes.groups.count);
  Decomposition d;
  d.method = "kitagawa";
  d.call = call.text;
  d.estimates.values.resize(2 * J);
  d.estimates.influence.resize(rows.n(), 2 * J);
  d.estimates.jacobian = Matrix::Identity(2 * J, 2 * J);
  for (Index j = 0; j < 2 * J; ++j) {
    const auto at = static_cast<std::size_t>(j % J);
    const bool rates = j < J;
    const auto& [ra, rb, wa, wb] =
        std::tie(classes.rate[0][at], classes.rate[1][at], classes.weight[0][at], classes.weight[1][at]);
    const Measured part = rates ? half_product(wa, wb, ra, rb) : half_product(ra, rb, wa, wb);
    d.estimates.names.push_back((rates ? "rate: " : "composition: ") + classes.groups.labels[at]);
    d.estimates.values(j) = part.value;
    d.estimates.influence.col(j) = part.influence;
  }
  Contrast gap(rows.n());
  for (const bool of_a : {true, false}) {
    Vector own = Vector::Zero(rows.n());
    for (const Index i : groups.positions(of_a)) own(i) = mass(i);
    gap.add(of_a ? 1 : -1, own);
  }
  d.total = gap.values(rows.y)(0);
  d.total_name = "mean of " + rows.outcome_name + ": " + groups.a + " less " + groups.b;
  d.question = "Do " + groups.a + " and " + groups.b + " differ in " + rows.outcome_name + " because of rates within " +
               call.get("by") + ", or because of its composition?";
  d.unit = outcome_unit(input.spec);
  d.percent = log_outcome(input.spec);
  d.frame = "rates and weights, rows as drawn";
  d.choices = groups.choices;
  d.choices["by"] = call.get("by");
  d.choices["weights"] = share.empty() ? "equal" : share;
  d.sample_hash = rows.sample_hash;
  d.notes = groups.notes;
  tell_rows(d, input, whole, rows.n());
  finish(d, inference_of(input.spec, atoms_of(rows)), atoms_of(rows), gap.sampling_influence(rows.y),
         std::max(1.0, rows.y.cwiseAbs().maxCoeff()));
  add_sums(d, J);
  tell_groups(d, input.spec, rows, groups, kDescribe);
  return {std::move(d)};
}

}  // namespace headwater
