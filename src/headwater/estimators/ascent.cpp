#include "headwater/estimators/ascent.hpp"

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr int kMostAscents = 300;
constexpr double kRested = 1e-22;      // g'H⁻¹g an atom
constexpr double kRounded = 1e-14;     // below which a step that is no smaller than the one before is rounding
constexpr double kNear = 1e-8;         // below which Newton's steps need no check: what is left is the value's rounding
constexpr double kShortest = 1e-10;    // share of a step
constexpr double kHighestRaise = 1e9;  // of the diagonal

// H⁻¹g with the diagonal of H raised as far as it takes; `raised` tells whether it was.
Vector uphill(const Matrix& information, const Vector& gradient, bool& raised) {
  const Vector diagonal =
      information.diagonal().cwiseAbs().array() + 1e-12 * information.diagonal().cwiseAbs().maxCoeff();
  for (double raise = 0; raise < kHighestRaise; raise = raise == 0 ? 1e-3 : raise * 10) {
    raised = raise > 0;
    const Matrix lifted = information + Matrix((raise * diagonal).asDiagonal());
    try {
      return solve_definite(lifted, gradient);
    } catch (const Error& error) {
      if (error.code() != "linalg.not_definite") throw;
    }
  }
  return gradient.cwiseQuotient(diagonal);
}

// The longest of 1, 1/2, 1/4, ... steps that does not lower the value, or the whole of it; false: none.
bool climb_along(const std::function<Height(const Vector&)>& height, const Vector& step, bool whole, Ascent& ascent) {
  for (double length = 1; length > kShortest; length /= 2) {
    const Vector next = ascent.parameters + length * step;
    Height there = height(next);
    const bool higher = there.value >= ascent.at.value - 1e-13 * std::abs(ascent.at.value);
    if (!higher && !(whole && std::isfinite(there.value))) continue;
    ascent.parameters = next;
    ascent.at = std::move(there);
    return true;
  }
  return false;
}

}  // namespace

Ascent ascend(const std::function<Height(const Vector&)>& height, Vector start) {
  Ascent ascent{std::move(start), {}};
  ascent.at = height(ascent.parameters);
  double before = INFINITY;
  while (ascent.steps++ < kMostAscents) {
    const Vector gradient = ascent.at.scores.colwise().sum().transpose();
    bool raised = false;
    const Vector step = uphill(ascent.at.information, gradient, raised);
    const double left = gradient.dot(step) / static_cast<double>(ascent.at.scores.rows());
    const bool near = !raised && left <= kNear;
    ascent.settled = near && (left <= kRested || (left <= kRounded && left >= before / 4));
    if (ascent.settled || !climb_along(height, step, near, ascent)) return ascent;
    before = near ? left : INFINITY;
  }
  return ascent;
}

}  // namespace headwater
