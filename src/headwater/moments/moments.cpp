#include "headwater/moments/moments.hpp"

#include <unordered_map>

namespace headwater {

Matrix sums_by(const Matrix& rows, const Grouping& groups) {
  Matrix sums = Matrix::Zero(groups.count, rows.cols());
  for (Index j = 0; j < rows.cols(); ++j)
    for (Index i = 0; i < rows.rows(); ++i) sums(groups.code[static_cast<std::size_t>(i)], j) += rows(i, j);
  return sums;
}

std::vector<std::vector<Index>> rows_by(const Grouping& groups) {
  std::vector<std::vector<Index>> rows(static_cast<std::size_t>(groups.count));
  for (std::size_t i = 0; i < groups.code.size(); ++i)
    rows[static_cast<std::size_t>(groups.code[i])].push_back(static_cast<Index>(i));
  return rows;
}

Grouping intersection(const std::vector<const Grouping*>& groupings) {
  if (groupings.size() == 1) return *groupings.front();
  const std::size_t n = groupings.front()->code.size();
  Grouping result = *groupings.front();
  std::vector<std::size_t> first;
  for (std::size_t d = 1; d < groupings.size(); ++d) {
    const Grouping& next = *groupings[d];
    std::unordered_map<std::int64_t, std::int32_t> known;
    known.reserve(n);
    first.clear();
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t both = std::int64_t{result.code[i]} * next.count + next.code[i];
      const auto [entry, fresh] = known.emplace(both, static_cast<std::int32_t>(first.size()));
      if (fresh) first.push_back(i);
      result.code[i] = entry->second;
    }
    result.count = static_cast<std::int32_t>(first.size());
    result.name += "^" + next.name;
  }
  result.labels.clear();
  for (const std::size_t i : first) {
    std::string label;
    for (std::size_t d = 0; d < groupings.size(); ++d)
      label += (d > 0 ? "^" : "") + groupings[d]->labels[static_cast<std::size_t>(groupings[d]->code[i])];
    result.labels.push_back(std::move(label));
  }
  return result;
}

bool nested_in(const Grouping& inner, const Grouping& outer) {
  std::vector<std::int32_t> home(static_cast<std::size_t>(inner.count), -1);
  for (std::size_t i = 0; i < inner.code.size(); ++i) {
    std::int32_t& seen = home[static_cast<std::size_t>(inner.code[i])];
    if (seen < 0)
      seen = outer.code[i];
    else if (seen != outer.code[i])
      return false;
  }
  return true;
}

}  // namespace headwater
