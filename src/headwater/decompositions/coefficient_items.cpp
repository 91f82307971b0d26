#include "headwater/decompositions/coefficient_items.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {

Names slots_of(const Fit& fit) {
  const DriverPartition partition = partition_drivers(*fit.design);
  Names slots;
  for (Index j = 0; j < fit.k(); ++j) {
    const std::optional<Index> column = fit.origins[static_cast<std::size_t>(j)].column;
    const std::optional<std::size_t> slot = column ? partition.slot[static_cast<std::size_t>(*column)] : std::nullopt;
    slots.push_back(slot ? partition.slots[*slot] : "");
  }
  return slots;
}

std::vector<Index> asked_coefficients(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  const Names slots = slots_of(fit);
  const std::string term = input.call.get("term");
  const bool declared = !input.spec.drivers.empty();
  std::vector<Index> chosen;
  for (Index j = 0; j < fit.k(); ++j) {
    const std::string &slot = slots[static_cast<std::size_t>(j)], &name = fit.names[static_cast<std::size_t>(j)];
    const bool own = term.empty() ? !slot.empty() && !(declared && slot == "other") : name == term || slot == term;
    if (own) chosen.push_back(j);
  }
  if (!chosen.empty()) return chosen;
  Names known = fit.names;
  for (const std::string& slot : slots)
    if (!slot.empty() && std::find(known.begin(), known.end(), slot) == known.end()) known.push_back(slot);
  const std::string near = nearest(term, known);
  throw Error(ErrorKind::usage, "decomposition.no_term",
              term.empty()
                  ? input.call.method + " found no identified driver to examine; declare one or set term"
                  : "term = " + term + " is no identified coefficient and no driver" +
                        (near.empty() ? "; there are " + joined(known, ", ") : "; did you mean '" + near + "'?"),
              {.key = "term"});
}

Decomposition coefficient_items(const DecompositionInput& input, const std::vector<Index>& chosen) {
  const Fit& fit = *input.fit;
  const auto m = static_cast<Index>(chosen.size());
  const Matrix psi = coefficient_influence(fit);
  Decomposition d;
  d.method = input.call.method;
  d.call = input.call.text;
  d.additive = false;
  Estimates& e = d.estimates;
  e.values.resize(m);
  e.influence.resize(psi.rows(), m);
  e.jacobian = Matrix::Identity(m, m);
  for (Index i = 0; i < m; ++i) {
    const Index j = chosen[static_cast<std::size_t>(i)];
    e.names.push_back(fit.names[static_cast<std::size_t>(j)]);
    e.values(i) = fit.coefficients(j);
    e.influence.col(i) = psi.col(j);
  }
  if (input.covariance->gathers == Gathers::nothing) {
    e.coefficient_block.resize(m, m);
    for (Index a = 0; a < m; ++a)
      for (Index b = 0; b < m; ++b)
        e.coefficient_block(a, b) =
            input.covariance->matrix(chosen[static_cast<std::size_t>(a)], chosen[static_cast<std::size_t>(b)]);
  }
  d.unit = "outcome per regressor";
  d.frame = "coefficients, units as drawn";
  d.sample_hash = fit.design->sample_hash;
  finish(d, inference_of(fit, *input.covariance), atoms_of(*fit.design), Vector(), 1);
  return d;
}

}  // namespace headwater
