// What a comparison of two groups is made of: mean regressors and coefficients, each with the influence of the atoms,
// which are rows where the regressions were fitted and clusters where they come from sums by cluster.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "headwater/core/matrix.hpp"

namespace headwater {

// Mean regressors, the constant's 1 first; atoms × K: zero where means are taken as given.
struct GroupMeans {
  Vector value;
  Matrix psi;
};

// Coefficients in deviation from the mean over levels, the constant first, and their influence (atoms × K).
struct GroupCoefficients {
  Vector beta;
  Matrix psi;
};

enum class CoefficientsOf { a, b, reference };

struct GroupNumbers {
  std::array<std::shared_ptr<const GroupMeans>, 2> means;                // of a, of b
  std::array<std::shared_ptr<const GroupCoefficients>, 3> coefficients;  // by CoefficientsOf

  const GroupMeans& mean(bool of_a) const { return *means[of_a ? 0 : 1]; }
  const GroupCoefficients& of(CoefficientsOf which) const { return *coefficients[static_cast<std::size_t>(which)]; }
};

// s·β_a + (1 − s)·β_b; `share_psi` is the influence of the atoms on s, or empty where s is given.
GroupCoefficients mixed(const GroupCoefficients& a, const GroupCoefficients& b, double s, const Vector& share_psi);

}  // namespace headwater
