// Question: how uncertain are the coefficients when the errors' variance differs from row to row, rows being
// independent? Meat Σ_i ψ_iψ_i'. White (1980), eq. 1; HC1 with the profile's factor, HC0 without. Equals sandwich
// vcovHC to 1e-12.
#include "headwater/covariances/rules.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {

Meat robust_meat(const MethodCall&, const Contributions& psi, const Atoms&) {
  return {{{.sign = 1, .groups = static_cast<double>(psi.atoms()), .sum = psi.squares()}}};
}

}  // namespace headwater
