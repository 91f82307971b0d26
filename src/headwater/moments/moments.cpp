#include "headwater/moments/moments.hpp"

#include <map>

namespace headwater {

Matrix sums_by(const Matrix& rows, const Grouping& groups) {
  Matrix sums = Matrix::Zero(groups.count, rows.cols());
  for (Index j = 0; j < rows.cols(); ++j)
    for (Index i = 0; i < rows.rows(); ++i) sums(groups.code[static_cast<std::size_t>(i)], j) += rows(i, j);
  return sums;
}

Grouping intersection(const std::vector<const Grouping*>& groupings) {
  if (groupings.size() == 1) return *groupings.front();
  Grouping result;
  std::map<std::vector<std::int32_t>, std::int32_t> known;
  const std::size_t n = groupings.front()->code.size();
  std::vector<std::int32_t> key(groupings.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 0; d < groupings.size(); ++d) key[d] = groupings[d]->code[i];
    const auto [entry, fresh] = known.emplace(key, result.count);
    if (fresh) {
      std::string label;
      for (std::size_t d = 0; d < groupings.size(); ++d)
        label += (d > 0 ? "^" : "") + groupings[d]->labels[static_cast<std::size_t>(key[d])];
      result.labels.push_back(std::move(label));
      ++result.count;
    }
    result.code.push_back(entry->second);
  }
  for (std::size_t d = 0; d < groupings.size(); ++d) result.name += (d > 0 ? "^" : "") + groupings[d]->name;
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
