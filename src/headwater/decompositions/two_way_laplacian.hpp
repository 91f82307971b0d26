// The normal equations of two sets of effects on matches, solved through the Laplacian of the second units.
#pragma once

#include "headwater/core/matrix.hpp"
#include "headwater/decompositions/two_way.hpp"

namespace headwater {

// L = diag(s) − W' diag(1/n) W with the last second unit grounded, and what hangs on its inverse Λ; W holds the rows of
// each pair, n and s its sums.
struct Laplacian {
  Matrix inverse;              // Λ, J × J, zero in the grounded row and column
  Matrix by_size, by_overlap;  // ΛSΛ, ΛKΛ with S = diag(s), K = W' diag(1/n) W
  Vector through;              // Λs
  Vector n, s;                 // rows of first and second units
};
Laplacian laplacian(const Matches& matches);

// One number for each first and each second unit.
struct ByUnit {
  Vector first, second;
};
// Sums of a column over the matches of each unit, and the other way, each match's number of its unit.
ByUnit sums_by_unit(const Matches& matches, const Vector& values);
Vector at_matches(const Vector& by_unit, const Grouping& units);
// Effects z with (D' diag(w) D) z = right, D the dummies of both units; the last second unit's is zero.
ByUnit solved(const Laplacian& laplacian, const Matches& matches, const ByUnit& right);

// TwoWay::errors of effects that are estimated already.
Matrix two_way_errors(const Laplacian& laplacian, const Matches& matches, const TwoWay& effects);

}  // namespace headwater
