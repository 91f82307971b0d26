// A bootstrap replicate or a sample without a unit, as the same design under other weights. A cluster drawn twice
// weighs double instead of being stored twice: coefficients and effects are those of two copies with effects of their
// own.
#include "headwater/core/error.hpp"
#include "headwater/design/design.hpp"
#include "headwater/design/encoding.hpp"

namespace headwater {
namespace {

using Rows = std::vector<std::int64_t>;

Matrix kept_rows(const Matrix& all, const Rows& rows) {
  Matrix kept(static_cast<Index>(rows.size()), all.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) kept.row(static_cast<Index>(i)) = all.row(rows[i]);
  return kept;
}

Matrix kept_or_empty(const Matrix& all, const Rows& rows) { return all.cols() > 0 ? kept_rows(all, rows) : Matrix(); }

}  // namespace

Design redrawn(const Design& all, const Vector& drawn) {
  Rows rows;
  for (Index i = 0; i < all.n(); ++i)
    if (drawn(all.rows[static_cast<std::size_t>(i)]) > 0) rows.push_back(i);
  if (rows.empty())
    throw Error(ErrorKind::data, "design.no_rows", "no row used was drawn, so there is nothing to estimate with");
  Design kept = all;
  kept.y = kept_rows(all.y, rows);
  kept.X = kept_rows(all.X, rows);
  kept.endogenous = kept_or_empty(all.endogenous, rows);
  kept.instruments = kept_or_empty(all.instruments, rows);
  kept.weights.resize(static_cast<Index>(rows.size()));
  kept.draws.resize(static_cast<Index>(rows.size()));
  kept.rows.clear();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t panel_row = all.rows[static_cast<std::size_t>(rows[i])];
    const auto at = static_cast<Index>(i);
    kept.rows.push_back(panel_row);
    kept.draws(at) = drawn(panel_row);
    kept.weights(at) = drawn(panel_row) * (all.weights.size() > 0 ? all.weights(rows[i]) : 1);
  }
  if (all.weights.size() == 0 && (kept.draws.array() == 1).all()) kept.weights.resize(0);
  for (std::size_t q = 0; q < all.effects.size(); ++q) {
    kept.effects[q].levels = restricted(all.effects[q].levels, rows);
    if (all.effects[q].slopes.cols() > 0) kept.effects[q].slopes = kept_rows(all.effects[q].slopes, rows);
  }
  for (std::size_t c = 0; c < all.clusters.size(); ++c) kept.clusters[c] = restricted(all.clusters[c], rows);
  kept.unit = restricted(all.unit, rows);
  kept.time = restricted(all.time, rows);
  kept.periods.resize(static_cast<std::size_t>(kept.time.count));
  for (std::size_t i = 0; i < rows.size(); ++i)
    kept.periods[static_cast<std::size_t>(kept.time.code[i])] =
        all.periods[static_cast<std::size_t>(all.time.code[static_cast<std::size_t>(rows[i])])];
  return kept;
}

}  // namespace headwater
