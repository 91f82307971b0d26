#include "headwater/decompositions/oster_bias.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace headwater {
namespace {

// With ν = β̃ − β and b = β° − β̃, δ = numerator(ν)/denominator(ν), that is c₃ν³ + c₂ν² + c₁ν + c₀ = 0.
struct Cubic {
  double c3, c2, c1, c0;
  double at(double v) const { return ((c3 * v + c2) * v + c1) * v + c0; }
  double slope(double v) const { return (3 * c3 * v + 2 * c2) * v + c1; }
};

Cubic cubic_of(const OsterMoments& m, double delta) {
  const double b = m.brief - m.full, s = m.treatment, t = m.residual;
  return {(1 - delta) * t * (s - t), (2 - delta) * t * b * s, m.gained * t + s * t * b * b - delta * m.left * (s - t),
          -delta * m.left * b * s};
}

double polished(const Cubic& p, double v) {
  for (int step = 0; step < 8; ++step) {
    const double slope = p.slope(v);
    if (slope == 0) break;
    const double next = v - p.at(v) / slope;
    if (!(std::abs(p.at(next)) < std::abs(p.at(v)))) break;
    v = next;
  }
  return v;
}

// The larger root first without cancellation, the other by the product of roots.
std::vector<double> quadratic_roots(double a, double b, double c) {
  if (a == 0) return b == 0 ? std::vector<double>{} : std::vector<double>{-c / b};
  const double discriminant = b * b - 4 * a * c;
  if (discriminant < 0) return {};
  const double q = -0.5 * (b + std::copysign(std::sqrt(discriminant), b));
  if (q == 0) return {0};
  return {q / a, c / q};
}

std::vector<double> cubic_roots(const Cubic& p) {
  const double scale = std::max({std::abs(p.c3), std::abs(p.c2), std::abs(p.c1), std::abs(p.c0)});
  if (std::abs(p.c3) <= 1e-14 * scale) return quadratic_roots(p.c2, p.c1, p.c0);
  const double a = p.c2 / p.c3, b = p.c1 / p.c3, c = p.c0 / p.c3, shift = a / 3;
  const double Q = (a * a - 3 * b) / 9, R = (2 * a * a * a - 9 * a * b + 27 * c) / 54;
  if (R * R < Q * Q * Q) {
    const double angle = std::acos(R / std::sqrt(Q * Q * Q)), size = -2 * std::sqrt(Q), turn = 2 * std::numbers::pi;
    return {size * std::cos(angle / 3) - shift, size * std::cos((angle + turn) / 3) - shift,
            size * std::cos((angle - turn) / 3) - shift};
  }
  const double A = -std::copysign(std::cbrt(std::abs(R) + std::sqrt(R * R - Q * Q * Q)), R);
  return {A + (A == 0 ? 0 : Q / A) - shift};
}

}  // namespace

double oster_delta(const OsterMoments& m, double coefficient) {
  const double v = m.full - coefficient, b = m.brief - m.full, s = m.treatment, t = m.residual;
  const double shared = v * v * t * b * s + v * v * v * t * (s - t);
  const double numerator = v * m.gained * t + v * s * t * b * b + v * v * t * b * s + shared;
  return numerator / (m.left * b * s + v * m.left * (s - t) + shared);
}

std::vector<OsterRoot> oster_coefficients(const OsterMoments& m, double delta) {
  const Cubic p = cubic_of(m, delta);
  const double observed = (m.brief - m.full) * m.treatment;
  std::vector<OsterRoot> roots;
  for (const double start : cubic_roots(p)) {
    const double v = polished(p, start);
    const bool known = std::any_of(roots.begin(), roots.end(), [&](const OsterRoot& r) {
      return std::abs(m.full - v - r.coefficient) <= 1e-12 * (std::abs(m.full) + std::abs(v));
    });
    if (!known) roots.push_back({m.full - v, observed * (observed + v * (m.treatment - m.residual)) >= 0});
  }
  std::sort(roots.begin(), roots.end(), [&](const OsterRoot& a, const OsterRoot& b) {
    return std::abs(a.coefficient - m.full) < std::abs(b.coefficient - m.full);
  });
  return roots;
}

std::vector<double> oster_gradient(const OsterMoments& m, double delta, double coefficient) {
  const double v = m.full - coefficient, b = m.brief - m.full, s = m.treatment, t = m.residual;
  const double slope = cubic_of(m, delta).slope(v);
  const double by_b = (2 - delta) * t * s * v * v + 2 * s * t * b * v - delta * m.left * s;
  const double by_gained = t * v, by_left = -delta * ((s - t) * v + b * s);
  const double by_s =
      (1 - delta) * t * v * v * v + (2 - delta) * t * b * v * v + (t * b * b - delta * m.left) * v - delta * m.left * b;
  const double by_t =
      (1 - delta) * (s - 2 * t) * v * v * v + (2 - delta) * b * s * v * v + (m.gained + s * b * b + delta * m.left) * v;
  // β = β̃ − ν and dν = −dF/F_ν; b moves with both coefficients.
  return {by_b / slope, 1 - by_b / slope, by_gained / slope, by_left / slope, by_s / slope, by_t / slope};
}

}  // namespace headwater
