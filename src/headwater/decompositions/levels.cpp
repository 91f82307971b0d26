#include "headwater/decompositions/levels.hpp"

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {

Design outcome_design(const Panel& panel, Spec spec, const Names& needed) {
  spec.formula.terms.clear();
  spec.formula.offset = nullptr;
  spec.formula.effects.clear();
  spec.formula.instruments.clear();
  spec.formula.intercept = true;
  spec.weights.clear();
  spec.drivers.clear();
  for (const std::string& column : needed) spec.also_required.push_back(column_expression(unquoted(column)));
  return make_design(panel, spec);
}

void tell_rows(Decomposition& d, const DecompositionInput& input, const Design& own, Index used) {
  d.choices["rows"] = std::to_string(used);
  if (!input.fit || input.fit->design->rows == own.rows) return;
  d.notes.push_back({"decomposition.own_rows", d.method + " reads rows of its own, the " + std::to_string(own.n()) +
                                                   " that have every column it needs; the model has " +
                                                   std::to_string(input.fit->design->n())});
}

Spec without_clusters(Spec spec) {
  spec.covariance = parse_method_call("robust");
  return spec;
}

Vector times_drawn(const Design& design) { return design.draws.size() > 0 ? design.draws : Vector::Ones(design.n()); }

void refuse_indices(const Design& design) {
  if (!design.has_time || design.unit.count < 2) return;
  for (std::int32_t t = 0; t < design.time.count; ++t) {
    double low = INFINITY, high = -INFINITY;
    int rows = 0;
    for (Index i = 0; i < design.n(); ++i) {
      if (design.time.code[static_cast<std::size_t>(i)] != t) continue;
      low = std::min(low, design.y(i));
      high = std::max(high, design.y(i));
      ++rows;
    }
    if (rows < 2 || high - low > 1e-12 * std::max(1.0, std::abs(high))) continue;
    throw Error(ErrorKind::data, "decomposition.index",
                "every unit has " + design.outcome_name + " = " + significant(high, 6) + " in " +
                    design.time.labels[static_cast<std::size_t>(t)] +
                    ": this is an index with a base period, whose levels cannot be compared between units, so size and "
                    "productivity cannot be set against each other; use levels");
  }
}

}  // namespace headwater
