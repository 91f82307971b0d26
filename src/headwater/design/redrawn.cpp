// A bootstrap replicate or a sample without a unit, as the same design under other weights. A cluster drawn twice
// weighs double instead of being stored twice: coefficients and effects are those of two copies with effects of their
// own.
#include "headwater/core/error.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

Design redrawn(const Design& all, const Vector& drawn) {
  std::vector<Index> rows;
  for (Index i = 0; i < all.n(); ++i)
    if (drawn(all.rows[static_cast<std::size_t>(i)]) > 0) rows.push_back(i);
  if (rows.empty())
    throw Error(ErrorKind::data, "design.no_rows", "no row used was drawn, so there is nothing to estimate with");
  Design kept = with_rows(all, rows);
  kept.sample_hash = all.sample_hash;
  kept.ledger = all.ledger;
  kept.draws.resize(kept.n());
  for (Index i = 0; i < kept.n(); ++i) kept.draws(i) = drawn(kept.rows[static_cast<std::size_t>(i)]);
  if (all.weights.size() > 0)
    kept.weights = kept.weights.cwiseProduct(kept.draws);
  else if (!(kept.draws.array() == 1).all())
    kept.weights = kept.draws;
  return kept;
}

}  // namespace headwater
