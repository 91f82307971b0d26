#include "headwater/decompositions/restricted_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/linalg/bordered.hpp"
#include "headwater/linalg/gram.hpp"

namespace headwater {
namespace {

constexpr Index kMany = 8;            // units alike, whose squares are worth summing once
constexpr Index kMostColumns = 1000;  // beyond, one value of the likelihood costs a second

void add_square(Matrix& lower, const SparseRow& row, double scale) {
  for (const auto& [a, x] : row)
    for (const auto& [b, z] : row)
      if (b <= a) lower(a, b) += scale * x * z;
}

// The same for a row in the order of its columns.
void add_ordered_square(Matrix& lower, const SparseRow& row, double scale) {
  for (std::size_t a = 0; a < row.size(); ++a) {
    const double x = scale * row[a].second;
    for (std::size_t b = 0; b <= a; ++b) lower(row[a].first, row[b].first) += x * row[b].second;
  }
}

// Columns of F that do not depend on those before them.
std::vector<bool> redundant_columns(const LevelData& data) {
  Matrix gram = Matrix::Zero(data.columns, data.columns);
  for (const SparseRow& row : data.fixed) add_square(gram, row, 1);
  const Vector norms = gram.diagonal();
  return GramFactor(std::move(gram), norms).redundant();
}

struct Whitening {
  double own, previous;  // weights of a row and of the one before it
  double log_variance;   // of the innovation
};

Whitening whitening(const UnitRows& unit, std::size_t t, double rho) {
  if (t == 0 || rho == 0) return {1, 0, 0};
  const double carried = std::pow(rho, static_cast<double>(unit.when[t] - unit.when[t - 1]));
  const double variance = 1 - carried * carried, own = 1 / std::sqrt(variance);
  return {own, -carried * own, std::log(variance)};
}

// Entries of one column added up, in the order of the columns.
SparseRow gathered_row(SparseRow row) {
  std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  SparseRow result;
  for (const auto& [column, value] : row) {
    if (result.empty() || result.back().first != column) result.emplace_back(column, 0.0);
    result.back().second += value;
  }
  return result;
}

}  // namespace

RestrictedLikelihood::RestrictedLikelihood(LevelData data) : data_(std::move(data)) {
  if (data_.columns > kMostColumns)
    throw Error(ErrorKind::usage, "signal_noise.columns",
                "the effects beside the unit have " + std::to_string(data_.columns) +
                    " levels, too many to tell noise from levels beside them (at most " + std::to_string(kMostColumns) +
                    "); declare reliability and autocorrelation, both as numbers");
  const std::vector<bool> redundant = redundant_columns(data_);
  std::vector<Index> position(redundant.size(), -1);
  for (std::size_t j = 0; j < redundant.size(); ++j)
    if (!redundant[j]) position[j] = kept_++;
  for (std::size_t i = 0; i < data_.fixed.size(); ++i) {
    SparseRow row;
    for (const auto& [column, value] : data_.fixed[i])
      if (position[static_cast<std::size_t>(column)] >= 0)
        row.emplace_back(position[static_cast<std::size_t>(column)], value);
    row.emplace_back(kept_, data_.values(static_cast<Index>(i)));
    data_.fixed[i] = std::move(row);
  }
  df_ = static_cast<double>(data_.values.size() - kept_);
}

RestrictedLikelihood::Slice RestrictedLikelihood::at(double rho) const {
  Slice slice;
  slice.df_ = df_;
  slice.gram_ = Matrix::Zero(kept_ + 1, kept_ + 1);
  const bool excess = data_.level_noise.size() > 0;
  const Vector powers = data_.times.powers(rho);
  std::map<std::pair<double, double>, std::size_t> alike;
  for (std::size_t u = 0; u < data_.times.units.size(); ++u) {
    double information = 0;
    SparseRow level = whitened(slice, data_.times.units[u], rho, information);
    const double own = excess ? data_.level_noise.row(static_cast<Index>(u)).dot(powers) : 0;
    const std::size_t at = alike.emplace(std::pair{information, own}, alike.size()).first->second;
    if (at == slice.alike_.size()) slice.alike_.push_back({information, own, {}, {}});
    slice.alike_[at].levels.push_back(std::move(level));
  }
  for (Slice::Alike& group : slice.alike_) {
    if (static_cast<Index>(group.levels.size()) < kMany) continue;
    group.squares = Matrix::Zero(kept_ + 1, kept_ + 1);
    for (const SparseRow& level : group.levels) add_ordered_square(group.squares, level, 1);
  }
  return slice;
}

// Adds a unit's rows to the slice; returns [F y]'Γ⁻¹1.
SparseRow RestrictedLikelihood::whitened(Slice& slice, const UnitRows& unit, double rho, double& information) const {
  SparseRow level;
  for (std::size_t t = 0; t < unit.at.size(); ++t) {
    const Whitening w = whitening(unit, t, rho);
    SparseRow row;
    for (const auto& [column, value] : data_.fixed[static_cast<std::size_t>(unit.at[t])])
      row.emplace_back(column, w.own * value);
    if (w.previous != 0)
      for (const auto& [column, value] : data_.fixed[static_cast<std::size_t>(unit.at[t - 1])])
        row.emplace_back(column, w.previous * value);
    add_square(slice.gram_, row, 1);
    const double one = w.own + w.previous;
    for (const auto& [column, value] : row) level.emplace_back(column, one * value);
    information += one * one;
    slice.log_determinant_ += w.log_variance;
  }
  return gathered_row(std::move(level));
}

RestrictedLikelihood::Value RestrictedLikelihood::Slice::at(double ratio) const {
  Matrix form = gram_;
  double log_determinant = log_determinant_;
  for (const Alike& group : alike_) {
    const double own = ratio + group.excess;
    if (own <= 0) continue;
    const double weight = own / (1 + own * group.information);
    if (group.squares.size() > 0)
      form -= weight * group.squares;
    else
      for (const SparseRow& level : group.levels) add_ordered_square(form, level, -weight);
    log_determinant += static_cast<double>(group.levels.size()) * std::log1p(own * group.information);
  }
  const BorderedForm left = bordered_form(form);
  return {-0.5 * (log_determinant + left.log_determinant) - 0.5 * df_ * std::log(left.remainder), left.remainder / df_};
}

}  // namespace headwater
