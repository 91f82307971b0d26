#include "headwater/decompositions/all_levels.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/design/encoding.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kInvariant = 1e-12;  // spread within units below this share of the column's size

using LevelCodes = std::map<std::string, std::int32_t>;  // factor -> level

struct Item {
  std::string name, slot;
  std::optional<std::size_t> term;
  Names factors, numbers;  // labels of the term's parts
  LevelCodes levels;
  bool between = false;
  Vector values;  // over the whole design
};

Vector at_rows(const Vector& values, const Design& design) {
  Vector result(design.n());
  for (Index i = 0; i < result.size(); ++i) result(i) = values(design.rows[static_cast<std::size_t>(i)]);
  return result;
}

Vector indicator(const Grouping& groups, std::int32_t level) {
  Vector result(static_cast<Index>(groups.code.size()));
  for (std::size_t i = 0; i < groups.code.size(); ++i) result(static_cast<Index>(i)) = groups.code[i] == level;
  return result;
}

// One item of a term times each level (or the number) of the next part.
std::vector<Item> crossed(const std::vector<Item>& so_far, const FactorPart& part, const Design& design) {
  std::vector<Item> result;
  const auto add = [&](const std::string& name, const Vector& column, std::int32_t level) {
    for (Item item : so_far) {
      item.name += (item.name.empty() ? "" : ":") + name;
      item.values = item.values.size() > 0 ? Vector(item.values.cwiseProduct(column)) : column;
      if (level >= 0) item.levels[part.label] = level;
      result.push_back(std::move(item));
    }
  };
  if (part.kind != FactorPart::Kind::factor) {
    add(part.label, at_rows(part.numbers, design), -1);
    return result;
  }
  const Grouping groups = restricted(part.groups, design.rows);
  for (std::int32_t level = 0; level < groups.count; ++level)
    add(part.label + (part.fixest ? "::" : "") + groups.labels[static_cast<std::size_t>(level)],
        indicator(groups, level), level);
  return result;
}

std::vector<Item> items_of(const TermParts& parts, const Design& design) {
  Item start;
  start.term = parts.term;
  bool factor = false, polynomial = false;
  for (const FactorPart& part : parts.parts) {
    factor |= part.kind == FactorPart::Kind::factor;
    polynomial |= part.kind == FactorPart::Kind::polynomial;
    (part.kind == FactorPart::Kind::factor ? start.factors : start.numbers).push_back(part.label);
  }
  std::vector<Item> items;
  if (factor && !polynomial) {
    items = {start};
    for (const FactorPart& part : parts.parts) items = crossed(items, part, design);
    return items;
  }
  for (Index j = 0; j < design.k(); ++j) {
    if (design.origins[static_cast<std::size_t>(j)].term != parts.term) continue;
    items.push_back(start);
    items.back().name = design.names[static_cast<std::size_t>(j)];
    items.back().values = design.X.col(j);
  }
  return items;
}

std::vector<Item> between(const std::vector<Item>& items, const Design& design) {
  const Vector weights = weights_or_ones(design.weights, design.n()), mass = sums_by(weights, design.unit);
  std::vector<Item> result;
  bool varies = false;
  for (Item item : items) {
    const Vector sums = sums_by(Matrix(weights.cwiseProduct(item.values)), design.unit);
    Vector means(design.n());
    for (Index i = 0; i < means.size(); ++i) {
      const std::int32_t unit = design.unit.code[static_cast<std::size_t>(i)];
      means(i) = sums(unit) / mass(unit);
    }
    varies |= (item.values - means).norm() > kInvariant * item.values.norm();
    item.name = "mean(" + item.name + ")";
    item.slot += " (between)";
    item.between = true;
    item.values = means;
    result.push_back(std::move(item));
  }
  if (!varies) result.clear();
  return result;
}

std::string key(Names factors, Names numbers, const LevelCodes& levels, bool is_between) {
  std::sort(factors.begin(), factors.end());
  std::sort(numbers.begin(), numbers.end());
  std::string text = joined(factors, "\x1f") + "\x1e" + joined(numbers, "\x1f") + "\x1e";
  for (const auto& [factor, level] : levels) text += factor + "=" + std::to_string(level) + "\x1f";
  const bool constant = factors.empty() && numbers.empty();
  return text + (is_between && !constant ? "between" : "");
}

// Takes the mean over the levels of `factor` out of the items of one term and gives it to the term without it.
class Sweep {
 public:
  Sweep(const std::vector<Item>& items, Matrix& normalise) : items_(items), normalise_(normalise) {
    for (std::size_t i = 0; i < items.size(); ++i)
      at_.emplace(key(items[i].factors, items[i].numbers, items[i].levels, items[i].between), i);
  }

  bool run(const std::vector<std::size_t>& members, const std::string& factor) {
    std::map<std::size_t, std::vector<std::size_t>> cells;  // parent -> its levels
    for (const std::size_t member : members) {
      Item rest = items_[member];
      rest.factors.erase(std::find(rest.factors.begin(), rest.factors.end(), factor));
      rest.levels.erase(factor);
      const auto parent = at_.find(key(rest.factors, rest.numbers, rest.levels, rest.between));
      if (parent == at_.end()) return false;
      cells[parent->second].push_back(member);
    }
    for (const auto& [parent, levels] : cells) {
      Vector mean = Vector::Zero(normalise_.cols());
      for (const std::size_t level : levels) mean += normalise_.row(static_cast<Index>(level)).transpose();
      mean /= static_cast<double>(levels.size());
      for (const std::size_t level : levels) normalise_.row(static_cast<Index>(level)) -= mean.transpose();
      normalise_.row(static_cast<Index>(parent)) += mean.transpose();
    }
    return true;
  }

 private:
  const std::vector<Item>& items_;
  Matrix& normalise_;
  std::map<std::string, std::size_t> at_;
};

std::vector<Item> all_items(const Panel& panel, const Design& design, const std::vector<Index>& rows, bool unit_means) {
  const DriverPartition partition = partition_drivers(design);
  std::vector<Item> all(1);
  all.front().name = "(Intercept)";
  all.front().values = Vector::Ones(design.n());
  for (std::size_t t = 0; t < design.spec.formula.terms.size(); ++t) {
    const auto column = std::find_if(design.origins.begin(), design.origins.end(),
                                     [&](const ColumnOrigin& origin) { return origin.term == t; });
    if (column == design.origins.end()) continue;  // a factor with one level
    const std::size_t slot = *partition.slot[static_cast<std::size_t>(column - design.origins.begin())];
    std::vector<Item> items = items_of(term_parts(panel, design.spec.formula.terms[t], t), design);
    for (Item& item : items) item.slot = partition.slots[slot];
    const std::vector<Item> means = unit_means ? between(items, design) : std::vector<Item>{};
    for (const std::vector<Item>& some : {items, means})
      for (const Item& item : some)
        if (item.factors.empty() || (item.values(rows).array() != 0).any()) all.push_back(item);
  }
  return all;
}

std::vector<Index> by_order(const std::vector<Item>& items) {
  std::vector<Index> order(items.size() - 1);
  std::iota(order.begin(), order.end(), Index{1});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    const auto parts = [&](Index i) {
      return items[static_cast<std::size_t>(i)].factors.size() + items[static_cast<std::size_t>(i)].numbers.size();
    };
    return parts(a) < parts(b);
  });
  return order;
}

void normalise(AllLevels& result, const std::vector<Item>& items, const Design& design) {
  const auto K = static_cast<Index>(items.size());
  result.normalise = Matrix::Identity(K, K);
  Sweep sweep(items, result.normalise);
  std::vector<std::pair<std::optional<std::size_t>, bool>> blocks;  // term and whether unit means, higher order first
  for (auto at = result.general.rbegin(); at != result.general.rend(); ++at) {
    const Item& item = items[static_cast<std::size_t>(*at)];
    const std::pair<std::optional<std::size_t>, bool> block{item.term, item.between};
    if (std::find(blocks.begin(), blocks.end(), block) == blocks.end()) blocks.push_back(block);
  }
  for (const auto& [term, is_between] : blocks) {
    std::vector<std::size_t> members;
    for (std::size_t i = 1; i < items.size(); ++i)
      if (items[i].term == term && items[i].between == is_between) members.push_back(i);
    for (const std::string& factor : items[members.front()].factors)
      if (items[members.front()].levels.empty() || !sweep.run(members, factor))
        result.not_normalised.push_back(design.spec.formula.terms[*term].text);
  }
}

}  // namespace

AllLevels all_levels(const Panel& panel, const Design& design, const std::vector<Index>& rows, bool unit_means) {
  const std::vector<Item> items = all_items(panel, design, rows, unit_means);
  AllLevels result;
  result.values.resize(static_cast<Index>(rows.size()), static_cast<Index>(items.size()));
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    result.names.push_back(item.name);
    result.slots.push_back(item.slot);
    result.terms.push_back(item.term);
    result.level.push_back(!item.factors.empty());
    result.main.push_back(item.factors.size() + item.numbers.size() == 1);
    result.values.col(static_cast<Index>(i)) = item.values(rows);
    const std::string plain = item.between ? item.name.substr(5, item.name.size() - 6) : item.name;
    if (i > 0 && std::find(design.names.begin(), design.names.end(), plain) != design.names.end())
      result.fitted.push_back(static_cast<Index>(i));
  }
  result.general = by_order(items);
  normalise(result, items, design);
  return result;
}

}  // namespace headwater
