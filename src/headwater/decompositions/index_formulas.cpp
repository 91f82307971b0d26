#include "headwater/decompositions/index_formulas.hpp"

#include <cmath>

namespace headwater {
namespace {

// √(ab) sinh(u/2)/(u/2), u = ln(a/b): the logarithmic mean without cancellation where a is near b.
Dual logarithmic_mean(const Dual& a, const Dual& b) {
  const Dual u = log(a / b);
  const double h = 0.5 * u.value;
  const bool near = std::abs(h) < 1e-2;
  const double g = near ? 1 + h * h / 6 * (1 + h * h / 20 * (1 + h * h / 42)) : std::sinh(h) / h;
  const double slope = near ? h / 3 * (1 + h * h / 10 * (1 + h * h / 28)) : (h * std::cosh(h) - std::sinh(h)) / (h * h);
  return sqrt(a * b) * Dual{g, 0.5 * slope * u.slope};
}

// Weights of a mean of relatives: the value of the base basket at period 1.
Dual basket(const std::string& formula, const ItemPair& item) {
  if (formula == "laspeyres") return item.x1 * item.z1;
  if (formula == "paasche") return item.x1 * item.z2;
  return item.x1 * sqrt(item.z1 * item.z2);  // walsh
}

std::vector<Dual> of_mean(const std::string& formula, const std::vector<ItemPair>& items) {
  Dual top = basket(formula, items.front()) * (items.front().x2 / items.front().x1),
       bottom = basket(formula, items.front());
  for (std::size_t j = 1; j < items.size(); ++j) {
    const Dual a = basket(formula, items[j]);
    top = top + a * (items[j].x2 / items[j].x1);
    bottom = bottom + a;
  }
  const Dual index = top / bottom;
  std::vector<Dual> weights, result;
  for (const ItemPair& item : items)
    weights.push_back(basket(formula, item) * logarithmic_mean(item.x2 / item.x1, index));
  Dual sum = weights.front();
  for (std::size_t j = 1; j < weights.size(); ++j) sum = sum + weights[j];
  for (std::size_t j = 0; j < items.size(); ++j) result.push_back(weights[j] / sum * log(items[j].x2 / items[j].x1));
  return result;
}

std::vector<Dual> value_shares(const std::vector<ItemPair>& items, bool later) {
  std::vector<Dual> shares;
  for (const ItemPair& item : items) shares.push_back(later ? item.x2 * item.z2 : item.x1 * item.z1);
  Dual sum = shares.front();
  for (std::size_t j = 1; j < shares.size(); ++j) sum = sum + shares[j];
  for (Dual& share : shares) share = share / sum;
  return shares;
}

double value(const std::vector<ItemPair>& items, bool x_later, bool z_later) {
  double sum = 0;
  for (const ItemPair& i : items) sum += (x_later ? i.x2 : i.x1).value * (z_later ? i.z2 : i.z1).value;
  return sum;
}

double logarithmic_mean(double a, double b) {
  return std::abs(a - b) < 1e-9 * b ? 0.5 * (a + b) : (a - b) / std::log(a / b);
}

double geometric(const std::string& formula, const std::vector<ItemPair>& items) {
  const double v1 = value(items, false, false), v2 = value(items, true, true);
  double product = 1, sum = 0;
  const auto weight = [&](const ItemPair& i) {
    const double s1 = i.x1.value * i.z1.value / v1, s2 = i.x2.value * i.z2.value / v2;
    return formula == "tornqvist" ? 0.5 * (s1 + s2) : logarithmic_mean(s1, s2);
  };
  for (const ItemPair& item : items) sum += weight(item);
  for (const ItemPair& item : items) product *= std::pow(item.x2.value / item.x1.value, weight(item) / sum);
  return product;
}

}  // namespace

std::vector<Dual> log_contributions(const std::string& formula, const std::vector<ItemPair>& items) {
  if (formula == "fisher") {
    std::vector<Dual> result = of_mean("laspeyres", items);
    const std::vector<Dual> paasche = of_mean("paasche", items);
    for (std::size_t j = 0; j < items.size(); ++j) result[j] = 0.5 * (result[j] + paasche[j]);
    return result;
  }
  if (formula != "tornqvist" && formula != "sato_vartia") return of_mean(formula, items);
  const std::vector<Dual> before = value_shares(items, false), after = value_shares(items, true);
  std::vector<Dual> weights;
  for (std::size_t j = 0; j < items.size(); ++j)
    weights.push_back(formula == "tornqvist" ? 0.5 * (before[j] + after[j]) : logarithmic_mean(before[j], after[j]));
  if (formula == "sato_vartia") {
    Dual sum = weights.front();
    for (std::size_t j = 1; j < weights.size(); ++j) sum = sum + weights[j];
    for (Dual& weight : weights) weight = weight / sum;
  }
  for (std::size_t j = 0; j < items.size(); ++j) weights[j] = weights[j] * log(items[j].x2 / items[j].x1);
  return weights;
}

std::vector<double> point_contributions(const std::string& formula, const std::vector<ItemPair>& items) {
  const double index = index_number(formula, items);
  std::vector<double> points(items.size());
  if (formula == "tornqvist" || formula == "sato_vartia") {
    const std::vector<Dual> logs = log_contributions(formula, items);
    const double slope = index == 1 ? 1 : (index - 1) / std::log(index);
    for (std::size_t j = 0; j < items.size(); ++j) points[j] = slope * logs[j].value;
    return points;
  }
  const auto with_basket = [&](const std::string& of) {
    double total = 0;
    for (const ItemPair& item : items) total += basket(of, item).value;
    std::vector<double> weights;
    for (const ItemPair& item : items) weights.push_back(basket(of, item).value / total);
    return weights;
  };
  std::vector<double> weights = with_basket(formula == "fisher" ? "laspeyres" : formula);
  if (formula == "fisher") {
    const std::vector<double> later = with_basket("paasche");
    const double laspeyres = index_number("laspeyres", items), both = index + laspeyres;
    for (std::size_t j = 0; j < items.size(); ++j) weights[j] = index / both * weights[j] + laspeyres / both * later[j];
  }
  for (std::size_t j = 0; j < items.size(); ++j) points[j] = weights[j] * (items[j].x2.value / items[j].x1.value - 1);
  return points;
}

double index_number(const std::string& formula, const std::vector<ItemPair>& items) {
  if (formula == "tornqvist" || formula == "sato_vartia") return geometric(formula, items);
  const double laspeyres = value(items, true, false) / value(items, false, false),
               paasche = value(items, true, true) / value(items, false, true);
  if (formula == "laspeyres") return laspeyres;
  if (formula == "paasche") return paasche;
  if (formula == "fisher") return std::sqrt(laspeyres * paasche);
  double top = 0, bottom = 0;
  for (const ItemPair& i : items) {
    const double z = std::sqrt(i.z1.value * i.z2.value);
    top += i.x2.value * z;
    bottom += i.x1.value * z;
  }
  return top / bottom;
}

}  // namespace headwater
