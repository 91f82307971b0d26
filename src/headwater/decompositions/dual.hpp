// A number with its derivatives in a few quantities it is computed from: values and influences from one formula.
#pragma once

#include <cmath>

#include "headwater/core/matrix.hpp"

namespace headwater {

struct Dual {
  double value = 0;
  Vector slope;
};

inline Dual operator+(const Dual& a, const Dual& b) { return {a.value + b.value, a.slope + b.slope}; }
inline Dual operator-(const Dual& a, const Dual& b) { return {a.value - b.value, a.slope - b.slope}; }
inline Dual operator*(const Dual& a, const Dual& b) {
  return {a.value * b.value, a.slope * b.value + b.slope * a.value};
}
inline Dual operator/(const Dual& a, const Dual& b) {
  const double ratio = a.value / b.value;
  return {ratio, (a.slope - ratio * b.slope) / b.value};
}
inline Dual operator*(double c, const Dual& a) { return {c * a.value, c * a.slope}; }
inline Dual log(const Dual& a) { return {std::log(a.value), a.slope / a.value}; }
inline Dual sqrt(const Dual& a) {
  const double root = std::sqrt(a.value);
  return {root, a.slope / (2 * root)};
}

}  // namespace headwater
