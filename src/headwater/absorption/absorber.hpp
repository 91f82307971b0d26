// The projection of columns off the absorbed effects under given weights. The engine behind this interface can be
// replaced; whatever it is, the normal equations of every column are checked afterwards.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

struct Absorbed {
  Matrix columns;          // n × p, projected
  double certificate = 0;  // max over columns of ‖D'W x̃‖∞ / (‖D'W‖ scale · ‖x‖), see absorption.cpp
  bool converged = true;   // the certificate meets 1e-10
  int iterations = 0;      // 0 for a direct solve
};

// Exact rank of the dummies (and slopes) of all effects together.
struct EffectsRank {
  std::int64_t rank = 0;
  struct PerEffect {
    std::string name;
    std::int64_t levels = 0;     // columns: levels × (intercept + slopes)
    std::int64_t redundant = 0;  // columns linearly dependent on the effects before it
    bool intercept = true;
    std::int64_t slopes = 0;       // of a level
    std::int64_t flat_slopes = 0;  // columns of slopes that are constant in their level, or that the others give
  };
  std::vector<PerEffect> effects;
};

class Absorber {
 public:
  // `effects` may be empty: then project() returns the columns unchanged and the rank is 0.
  Absorber(const std::vector<Effect>& effects, const Vector& weights, Index rows);
  ~Absorber();
  Absorber(Absorber&&) noexcept;
  Absorber& operator=(Absorber&&) noexcept;

  Absorbed project(Matrix columns) const;
  const EffectsRank& rank() const;
  // How the projection is solved, and how large that is, in words.
  std::string solver() const;

  // Effect coefficients that reproduce `target - project(target)`: for each effect a vector of levels × (intercept +
  // slopes). The first effect carries the level; each later intercept effect has its weighted mean at zero.
  std::vector<Matrix> coefficients(const Vector& target) const;
  // The adjoint: row weights a with a'target = Σ_q ⟨functional_q, coefficients(target)_q⟩ for every target.
  // `functional` has the shapes of coefficients().
  Vector row_weights(std::vector<Matrix> functional) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headwater
