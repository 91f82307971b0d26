#include "headwater/decompositions/entities.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "headwater/core/text.hpp"
#include "headwater/design/design.hpp"

namespace headwater {
namespace {

// The units joined by links, each named by its smallest code; also through series without rows in the design.
std::vector<std::int32_t> joined_units(const Grouping& units,
                                       const std::vector<std::pair<std::string, std::string>>& links) {
  std::map<std::string, std::string> parent;
  const auto root = [&](std::string name) {
    for (auto at = parent.find(name); at != parent.end() && at->second != name; at = parent.find(name))
      name = at->second;
    return name;
  };
  for (const auto& [from, to] : links) {
    const std::string a = root(from), b = root(to);
    parent[a] = b;
  }
  std::map<std::string, std::int32_t> first;
  std::vector<std::int32_t> entity;
  for (std::int32_t u = 0; u < units.count; ++u)
    entity.push_back(first.emplace(root(units.labels[static_cast<std::size_t>(u)]), u).first->second);
  return entity;
}

std::string series_text(const Names& before, const Names& after) {
  return joined(before, " + ") + " -> " + joined(after, " + ");
}

}  // namespace

Matrix Entities::means(const Design& design, const Vector& column) const {
  Matrix sums = Matrix::Zero(count, 2);
  for (Index i = 0; i < column.size(); ++i) {
    const Index e = of_row[static_cast<std::size_t>(i)];
    if (e < 0) continue;
    const int period = design.time.code[static_cast<std::size_t>(i)] == from ? 0 : 1;
    sums(e, period) += row_mass(i) * column(i);
  }
  for (Index e = 0; e < count; ++e)
    for (int period = 0; period < 2; ++period)
      if (mass(e, period) > 0) sums(e, period) /= mass(e, period);
  return sums;
}

Vector Entities::carried(const Vector& rows) const {
  Vector result = Vector::Zero(rows.size());
  for (Index i = 0; i < rows.size(); ++i)
    if (of_row[static_cast<std::size_t>(i)] >= 0)
      result(carrier[static_cast<std::size_t>(of_row[static_cast<std::size_t>(i)])]) += rows(i);
  return result;
}

Entities entities_of(const Design& design, std::int32_t from, std::int32_t to, const Vector& row_mass,
                     const Vector& row_times, const std::vector<std::pair<std::string, std::string>>& links) {
  Entities result;
  result.from = from;
  result.to = to;
  result.row_mass = row_mass;
  result.of_row.assign(static_cast<std::size_t>(design.n()), -1);
  const std::vector<std::int32_t> joined_code = joined_units(design.unit, links);
  std::vector<Index> entity_of(static_cast<std::size_t>(design.unit.count), -1);
  std::vector<Names> before, after;
  std::vector<std::vector<double>> heads;
  for (Index i = 0; i < design.n(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (design.time.code[at] != from && design.time.code[at] != to) continue;
    const auto unit = static_cast<std::size_t>(design.unit.code[at]);
    Index& entity = entity_of[static_cast<std::size_t>(joined_code[unit])];
    if (entity < 0) {
      entity = result.count++;
      result.carrier.push_back(i);
      before.emplace_back();
      after.emplace_back();
    }
    result.of_row[at] = entity;
    (design.time.code[at] == from ? before : after)[static_cast<std::size_t>(entity)].push_back(
        design.unit.labels[unit]);
  }
  result.mass = Matrix::Zero(result.count, 2);
  result.times = Vector::Zero(result.count);
  for (Index i = 0; i < design.n(); ++i) {
    const Index e = result.of_row[static_cast<std::size_t>(i)];
    if (e < 0) continue;
    const int period = design.time.code[static_cast<std::size_t>(i)] == from ? 0 : 1;
    result.mass(e, period) += row_mass(i);
    result.times(e) += row_times(i);
  }
  for (Index e = 0; e < result.count; ++e) {
    const auto at = static_cast<std::size_t>(e);
    result.times(e) /= static_cast<double>(before[at].size() + after[at].size());
    if (before[at].size() > 1 || after[at].size() > 1 ||
        (!before[at].empty() && !after[at].empty() && before[at] != after[at]))
      result.merged.push_back(series_text(before[at], after[at]));
  }
  return result;
}

}  // namespace headwater
