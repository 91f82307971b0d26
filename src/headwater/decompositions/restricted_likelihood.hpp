// Question: how likely are a persistence of noise and a share of lasting levels, whatever the fixed effects are?
// Model: y_it = f_it'γ + a_i + e_it, a_i normal with variance φσ², e_it AR(1) within the unit with variance σ² and
// autocorrelation ρ, independent between units. Estimator: the restricted likelihood of (ρ, φ), that is with flat
// priors on γ and on log σ both integrated out,
//   −½ [log|Σ| + log|F'Σ⁻¹F|] − ½ν log Q,  Q = (y − Fγ̂)'Σ⁻¹(y − Fγ̂),  ν = n − rank F,  σ² = Q/ν.
// (Patterson and Thompson 1971; Harville 1974.) A unit's block of Σ is inverted in closed form: AR(1) rows are whitened
// by their innovations, and the level adds a rank of one. Equals the same formula with dense matrices to 1e-11 (tests).
#pragma once

#include <utility>
#include <vector>

#include "headwater/decompositions/unit_noise.hpp"

namespace headwater {

using SparseRow = std::vector<std::pair<Index, double>>;  // column, value

struct LevelData {
  UnitTimes times;
  Vector values;                 // n
  std::vector<SparseRow> fixed;  // n rows of F, which may be rank deficient
  Index columns = 0;             // of F
  Matrix level_noise;  // units × gaps: what else moves a unit's level, as weights of the autocorrelations; or empty
};

class RestrictedLikelihood {
 public:
  explicit RestrictedLikelihood(LevelData data);

  struct Value {
    double log_likelihood;  // up to a constant
    double noise;           // σ²
  };
  // Everything that depends on ρ alone.
  class Slice {
   public:
    Value at(double ratio) const;  // φ ≥ 0

   private:
    friend class RestrictedLikelihood;
    // Units alike in what their rows say of a level.
    struct Alike {
      double information;             // 1'Γ⁻¹1
      double excess;                  // further level variance over σ²
      std::vector<SparseRow> levels;  // [F y]'Γ⁻¹1 of each
      Matrix squares;                 // their sum of squares where they are many; lower triangle
    };
    Matrix gram_;  // of [F y], whitened; lower triangle
    std::vector<Alike> alike_;
    double log_determinant_ = 0;  // Σ log|Γ|
    double df_ = 0;
  };
  Slice at(double autocorrelation) const;

  double df() const { return df_; }
  const LevelData& data() const { return data_; }

 private:
  SparseRow whitened(Slice& slice, const UnitRows& unit, double autocorrelation, double& information) const;

  LevelData data_;  // its fixed rows without redundant columns, and with the value last
  Index kept_ = 0;
  double df_ = 0;
};

}  // namespace headwater
