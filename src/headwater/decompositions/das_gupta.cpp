// Question: a rate is a product of factors; how much of its difference between two periods or two groups is due to
// each? R = mean over cells of Π_k f_k, or their sum when a factor is a share of its population's total (composition).
// The effect of factor k averages, over all ways of holding the others at one population or the other, the change of R
// when k switches: Das Gupta (1993, eq. 3.54) is the Shapley value of v(S) = R with the factors in S switched. Effects
// sum to the difference. Two factors of which one is a share give Kitagawa's decomposition. 2^K rates, where DasGuptR
// enumerates candidate strings. Cells are units in both periods, or the levels of `cell` in both groups.
// Influence: each rate is a smooth function of the cells' multiplicities. It is given for periods, where cells are
// units that could have been drawn otherwise; cells such as age groups could not, and have no sampling uncertainty
// here.
#include "headwater/decompositions/das_gupta.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/levels.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/subsets.hpp"

namespace headwater {
namespace {

// Rate with the factors in `switched` at the second population, and its derivative in the multiplicities.
double rate(const RateFactors& f, const Matrix sums[2], bool shares, Index switched, Vector& derivative) {
  const Index K = f.first.cols();
  derivative.setOnes();
  Vector composition = Vector::Zero(derivative.size());
  for (Index k = 0; k < K; ++k) {
    const bool second = switched >> k & 1;
    Vector own = second ? f.second.col(k) : f.first.col(k);
    if (f.share[static_cast<std::size_t>(k)]) {
      own /= sums[second](k, 0);
      composition += own;
    }
    derivative = derivative.cwiseProduct(own);
  }
  const double sum = f.multiplicity.dot(derivative), count = f.multiplicity.sum();
  if (shares) {
    derivative -= sum * composition;
    return sum;
  }
  derivative = (derivative.array() - sum / count) / count;
  return sum / count;
}

}  // namespace

RateEffects rate_effects(const RateFactors& f) {
  const Index K = f.first.cols(), cells = f.first.rows();
  const Matrix sums[2] = {f.first.transpose() * f.multiplicity, f.second.transpose() * f.multiplicity};
  const bool shares = std::find(f.share.begin(), f.share.end(), true) != f.share.end();
  const Vector weight = shapley_weights(K);
  RateEffects result{.effects = Vector::Zero(K), .influence = Matrix::Zero(cells, K), .difference = {}};
  const Index all = (Index{1} << K) - 1;
  Vector derivative(cells);
  for (Index switched = 0; switched <= all; ++switched) {
    const double value = rate(f, sums, shares, switched, derivative);
    if (switched == 0) {
      result.rate_first = value;
      result.difference = -derivative;
    }
    if (switched == all) {
      result.rate_second = value;
      result.difference += derivative;
    }
    const Index size = __builtin_popcountll(static_cast<unsigned long long>(switched));
    for (Index k = 0; k < K; ++k) {
      const double c = switched >> k & 1 ? weight(size - 1) : -weight(size);
      result.effects(k) += c * value;
      result.influence.col(k) += c * derivative;
    }
  }
  return result;
}

namespace {

Names factor_names(const MethodCall& call, const std::string& option) {
  Names names;
  if (call.has(option))
    for (const Term& term : parse_terms(call.get(option))) names.push_back(term.text);
  return names;
}

// The cells of two groups are all there are: nothing is drawn, so that clusters have no say.
bool cells_are_drawn(const MethodCall& call) { return !call.has("by"); }

Design factor_design(const DecompositionInput& input, const Names& factors) {
  Spec spec = cells_are_drawn(input.call) ? input.spec : without_clusters(input.spec);
  spec.formula.terms.clear();
  spec.formula.offset = nullptr;
  spec.formula.effects.clear();
  spec.formula.instruments.clear();
  spec.formula.intercept = true;
  spec.formula.outcome = parse_expression(factors.front());
  spec.formula.outcome_name = factors.front();
  spec.also_required.clear();
  for (const std::string& factor : factors) spec.also_required.push_back(parse_expression(factor));
  spec.weights.clear();
  return make_design(input.panel, spec);
}

// Rows of each cell in the two populations.
struct Pairing {
  Names cells;
  std::vector<Index> first, second;  // design rows
  Names alone;                       // cells of one population only
  std::string from, to;              // names of the populations
};

Pairing paired(const Design& design, const Grouping& population, std::int32_t from, std::int32_t to,
               const Grouping& cell) {
  Pairing pairing{{},
                  {},
                  {},
                  {},
                  population.labels[static_cast<std::size_t>(from)],
                  population.labels[static_cast<std::size_t>(to)]};
  std::map<std::int32_t, std::pair<Index, Index>> rows;
  for (Index i = 0; i < design.n(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (population.code[at] != from && population.code[at] != to) continue;
    auto& [a, b] = rows.emplace(cell.code[at], std::pair<Index, Index>{-1, -1}).first->second;
    Index& own = population.code[at] == from ? a : b;
    if (own >= 0)
      throw Error(ErrorKind::data, "das_gupta.two_rows",
                  "'" + cell.labels[static_cast<std::size_t>(cell.code[at])] + "' has two rows in " +
                      population.labels[static_cast<std::size_t>(population.code[at])] +
                      ", but a cell has one in each population; name the column that tells them apart as cell");
    own = i;
  }
  for (const auto& [code, pair] : rows) {
    const std::string& label = cell.labels[static_cast<std::size_t>(code)];
    if (pair.first < 0 || pair.second < 0) {
      pairing.alone.push_back(label);
      continue;
    }
    pairing.cells.push_back(label);
    pairing.first.push_back(pair.first);
    pairing.second.push_back(pair.second);
  }
  if (pairing.cells.empty())
    throw Error(ErrorKind::data, "das_gupta.no_cells",
                "no cell has a row both in " + pairing.from + " and in " + pairing.to + ", so nothing can be compared");
  return pairing;
}

std::int32_t code_of(const Grouping& groups, const std::string& option, const std::string& label) {
  const auto found = std::find(groups.labels.begin(), groups.labels.end(), label);
  if (found != groups.labels.end()) return static_cast<std::int32_t>(found - groups.labels.begin());
  throw Error(ErrorKind::usage, "decomposition.option",
              option + " = " + label + " is no value of " + groups.name + " in the rows used; there are " +
                  joined(groups.labels, ", "),
              {.key = option});
}

Pairing populations(const DecompositionInput& input, const Design& design) {
  const MethodCall& call = input.call;
  if (!call.has("from") || !call.has("to"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "das_gupta needs from and to: two periods, or two values of the column `by`", {.key = "from"});
  if (!call.has("by")) {
    if (!design.has_unit)
      throw Error(ErrorKind::usage, "decomposition.option",
                  "das_gupta compares the same units in two periods and needs the unit key; or name by and cell",
                  {.key = "by"});
    return paired(design, design.time, period_code(design, "from", call.get("from")),
                  period_code(design, "to", call.get("to")), design.unit);
  }
  if (!call.has("cell"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "das_gupta with by needs cell, the column of the cells that both groups have, such as cell = age",
                {.key = "cell"});
  const Grouping groups = row_groups(input.panel, design, call.get("by"));
  return paired(design, groups, code_of(groups, "from", call.get("from")), code_of(groups, "to", call.get("to")),
                row_groups(input.panel, design, call.get("cell")));
}

RateFactors gathered(const DecompositionInput& input, const Design& design, const Pairing& pairing,
                     const Names& factors, const Names& shares) {
  const auto cells = static_cast<Index>(pairing.cells.size()), K = static_cast<Index>(factors.size());
  RateFactors f{Matrix(cells, K), Matrix(cells, K), {}, Vector::Ones(cells)};
  for (Index k = 0; k < K; ++k) {
    const std::string& name = factors[static_cast<std::size_t>(k)];
    const Vector all = evaluate(input.panel, *parse_expression(name));
    for (Index c = 0; c < cells; ++c) {
      const auto at = static_cast<std::size_t>(c);
      f.first(c, k) = all(design.rows[static_cast<std::size_t>(pairing.first[at])]);
      f.second(c, k) = all(design.rows[static_cast<std::size_t>(pairing.second[at])]);
    }
    f.share.push_back(std::find(shares.begin(), shares.end(), name) != shares.end());
    if (f.share.back() && (f.first.col(k).minCoeff() < 0 || f.second.col(k).minCoeff() < 0 ||
                           !(f.first.col(k).sum() > 0) || !(f.second.col(k).sum() > 0)))
      throw Error(ErrorKind::data, "das_gupta.shares",
                  "'" + name + "' is to be a share of its total but is negative in a cell, or zero in all of them",
                  {.column = name});
  }
  return f;
}

Names checked_factors(const MethodCall& call, const Names& shares) {
  Names factors = factor_names(call, "factors");
  if (factors.size() < 2 || factors.size() > static_cast<std::size_t>(kMostFactors))
    throw Error(ErrorKind::usage, "decomposition.option",
                "das_gupta needs factors, 2 to " + std::to_string(kMostFactors) +
                    " columns whose product is the rate, such as factors = beds + occupancy; there are " +
                    std::to_string(factors.size()),
                {.key = "factors"});
  for (const std::string& share : shares)
    if (std::find(factors.begin(), factors.end(), share) == factors.end())
      throw Error(ErrorKind::usage, "decomposition.option",
                  "share = " + share + " is not one of the factors " + joined(factors, ", "), {.key = "share"});
  return factors;
}

}  // namespace

const MethodCard& das_gupta_card() {
  static const MethodCard card{
      .name = "das_gupta",
      .kind = "decomposition",
      .question =
          "A rate is a product of factors: how much of its difference between two periods or groups is due to "
          "each?",
      .avoid = "Not as causes: a factor's change may follow from another's; not on factors that do not multiply.",
      .reference = "Das Gupta (1993) eq. 3.54; equals DasGuptR",
      .supports = {},
      .options = {{"factors", "text", "", "columns whose product is the rate, a + b + c (required)"},
                  {"share", "text", "", "those of them that count as shares of their population's total"},
                  {"from", "period or value", "", "first population (required)"},
                  {"to", "period or value", "", "second population (required)"},
                  {"by", "column", "", "groups to compare instead of periods"},
                  {"cell", "column", "", "with by: the cells that both groups have"},
                  no_weights_option()},
      .positions = {"factors", "from", "to"}};
  return card;
}

Decompositions run_das_gupta(const DecompositionInput& input) {
  const Names shares = factor_names(input.call, "share");
  const Names factors = checked_factors(input.call, shares);
  const Design design = factor_design(input, factors);
  const Pairing pairing = populations(input, design);
  const RateEffects effects = rate_effects(gathered(input, design, pairing, factors, shares));
  const auto K = static_cast<Index>(factors.size());
  const bool drawn = cells_are_drawn(input.call) && pairing.cells.size() > 1;
  Decomposition d;
  d.method = "das_gupta";
  d.call = input.call.text;
  d.choices = {{"factors", joined(factors, " + ")}, {"from", pairing.from}, {"to", pairing.to}};
  if (!shares.empty()) d.choices["share"] = joined(shares, " + ");
  d.question = "How much of the difference of the rate between " + pairing.from + " and " + pairing.to +
               " is due to each factor?";
  d.estimates.names = factors;
  d.estimates.values = effects.effects;
  d.estimates.influence = Matrix::Zero(design.n(), K);
  Vector total = Vector::Zero(design.n());
  if (drawn)
    for (std::size_t c = 0; c < pairing.cells.size(); ++c) {
      d.estimates.influence.row(pairing.second[c]) = effects.influence.row(static_cast<Index>(c));
      total(pairing.second[c]) = effects.difference(static_cast<Index>(c));
    }
  d.estimates.jacobian = Matrix::Identity(K, K);
  d.estimates.estimable.assign(factors.size(), drawn);
  if (!drawn) d.estimates.kind = UncertaintyKind::not_estimable;
  d.total_estimable = drawn;
  d.total = effects.rate_second - effects.rate_first;
  d.total_name = "rate of " + pairing.to + " less that of " + pairing.from;
  d.unit = "rate";
  d.frame = drawn ? "factors as realised, units as drawn" : "factors as realised; the cells are all there are";
  d.sample_hash = design.sample_hash;
  add_extra(d, "rate_from", effects.rate_first, "rate of the first population", "rate");
  add_extra(d, "rate_to", effects.rate_second, "rate of the second population", "rate");
  add_extra(d, "cells", static_cast<double>(pairing.cells.size()), "cells in both populations", "cells");
  if (!pairing.alone.empty())
    d.notes.push_back(
        {"das_gupta.alone", std::to_string(pairing.alone.size()) +
                                " cells have a row in only one of the populations and are in neither rate: " +
                                joined(pairing.alone, ", ")});
  tell_rows(d, input, design, 2 * static_cast<Index>(pairing.cells.size()));
  finish(d, inference_of(design.spec, atoms_of(design)), atoms_of(design), total,
         std::max(std::abs(effects.rate_first), std::abs(effects.rate_second)) * static_cast<double>(K));
  return {std::move(d)};
}

}  // namespace headwater
