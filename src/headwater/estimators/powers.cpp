// Powers in double-double arithmetic (Dekker 1971): x^10 rounded to a double costs NIST's Filip problem half of its
// digits before anything is estimated.
#include "headwater/estimators/powers.hpp"

#include <cmath>
#include <map>

namespace headwater {
namespace {

struct Power {
  std::string base;
  int exponent = 0;  // 0: the term is no power
};

// x^3, I(x^3).
Power power_of(const Term& term) {
  if (term.factors.size() != 1) return {};
  const Expression* e = term.factors.front().get();
  if (e->kind == Expression::Kind::call && e->name == "I" && e->arguments.size() == 1) e = e->arguments[0].value.get();
  if (e->kind != Expression::Kind::binary || e->name != "^") return {};
  const Expression &base = *e->arguments[0].value, &exponent = *e->arguments[1].value;
  const bool whole = exponent.kind == Expression::Kind::number && exponent.number >= 2 && exponent.number <= 64 &&
                     exponent.number == std::floor(exponent.number);
  if (base.kind != Expression::Kind::column || !whole) return {};
  return {base.name, static_cast<int>(exponent.number)};
}

// x^exponent less `rounded`; zero where they are further apart than rounding, or not finite.
double tail_of_power(double x, int exponent, double rounded) {
  double high = x, low = 0;
  for (int i = 1; i < exponent; ++i) {
    const double product = high * x;
    low = std::fma(high, x, -product) + low * x;
    high = product + low;
    low += product - high;
  }
  const double tail = (high - rounded) + low;
  return std::abs(tail) <= 1e-14 * std::abs(rounded) ? tail : 0;
}

}  // namespace

Matrix power_tails(const Design& design) {
  std::map<std::string, Index> plain;  // columns that are a column of the panel as it is
  std::vector<Power> powers(static_cast<std::size_t>(design.k()));
  bool any = false;
  for (Index j = 0; j < design.k(); ++j) {
    const std::optional<std::size_t> at = design.origins[static_cast<std::size_t>(j)].term;
    if (!at) continue;
    const Term& term = design.spec.formula.terms[*at];
    if (term.factors.size() == 1 && term.factors.front()->kind == Expression::Kind::column)
      plain[term.factors.front()->name] = j;
    powers[static_cast<std::size_t>(j)] = power_of(term);
  }
  for (const Power& power : powers) any = any || (power.exponent > 0 && plain.count(power.base) > 0);
  if (!any) return {};
  Matrix tails = Matrix::Zero(design.n(), design.k());
  for (Index j = 0; j < design.k(); ++j) {
    const Power& power = powers[static_cast<std::size_t>(j)];
    const auto base = plain.find(power.base);
    if (power.exponent == 0 || base == plain.end()) continue;
    for (Index i = 0; i < design.n(); ++i)
      tails(i, j) = tail_of_power(design.X(i, base->second), power.exponent, design.X(i, j));
  }
  return tails;
}

}  // namespace headwater
