// A part of a design: some columns on the very same rows, or some rows with the very same columns.
#include "headwater/core/hash.hpp"
#include "headwater/design/design.hpp"
#include "headwater/design/encoding.hpp"

namespace headwater {
namespace {

Matrix rows_of(const Matrix& matrix, const std::vector<Index>& rows) {
  return matrix.rows() > 0 ? Matrix(matrix(rows, Eigen::all)) : matrix;
}

void take_times(Design& part, const Design& whole, const std::vector<std::int64_t>& rows) {
  part.time = restricted(whole.time, rows);
  part.periods.resize(static_cast<std::size_t>(part.time.count));
  for (std::size_t i = 0; i < rows.size(); ++i)
    part.periods[static_cast<std::size_t>(part.time.code[i])] =
        whole.periods[static_cast<std::size_t>(whole.time.code[static_cast<std::size_t>(rows[i])])];
}

std::string hash_of(const Design& part, const std::string& whole) {
  Sha256 hash;
  hash.add(whole.data(), whole.size());
  hash.add(part.rows.data(), part.rows.size() * sizeof(std::int64_t));
  return hash.hexadecimal();
}

}  // namespace

Design with_columns(const Design& design, const std::vector<Index>& columns) {
  Design result = design;
  result.X.resize(design.n(), static_cast<Index>(columns.size()));
  result.names.clear();
  result.origins.clear();
  result.intercept = false;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const auto from = static_cast<std::size_t>(columns[j]);
    result.X.col(static_cast<Index>(j)) = design.X.col(columns[j]);
    result.names.push_back(design.names[from]);
    result.origins.push_back(design.origins[from]);
    result.intercept |= design.intercept && columns[j] == 0;
  }
  return result;
}

Design with_rows(const Design& design, const std::vector<Index>& rows) {
  const std::vector<std::int64_t> wide(rows.begin(), rows.end());
  Design part = design;
  part.y = design.y(rows);
  part.X = rows_of(design.X, rows);
  part.instruments = rows_of(design.instruments, rows);
  if (design.offset.size() > 0) part.offset = design.offset(rows);
  if (design.weights.size() > 0) part.weights = design.weights(rows);
  if (design.draws.size() > 0) part.draws = design.draws(rows);
  part.places = rows_of(design.places, rows);
  for (Effect& effect : part.effects) {
    effect.levels = restricted(effect.levels, wide);
    effect.slopes = rows_of(effect.slopes, rows);
  }
  part.unit = restricted(design.unit, wide);
  take_times(part, design, wide);
  for (Grouping& cluster : part.clusters) cluster = restricted(cluster, wide);
  part.rows.clear();
  for (const Index row : rows) part.rows.push_back(design.rows[static_cast<std::size_t>(row)]);
  part.sample_hash = hash_of(part, design.sample_hash);
  part.ledger.rows_used = static_cast<std::int64_t>(rows.size());
  part.ledger.dropped.emplace_back("not among the rows compared", design.n() - static_cast<Index>(rows.size()));
  return part;
}

Design without_rows(const Design& design, const std::vector<std::string>& reasons) {
  std::vector<Index> kept;
  SampleLedger ledger = design.ledger;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (reasons[i].empty())
      kept.push_back(static_cast<Index>(i));
    else
      count(ledger, reasons[i]);
  }
  Design part = with_rows(design, kept);
  ledger.rows_used = part.ledger.rows_used;
  part.ledger = std::move(ledger);
  return part;
}

}  // namespace headwater
