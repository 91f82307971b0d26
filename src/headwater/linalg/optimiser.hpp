// Smooth unconstrained minimisation by Ceres, loaded when first needed.
#pragma once

#include <functional>
#include <string>

#include "headwater/core/matrix.hpp"

namespace headwater {

// The value at x, with its gradient; NaN where the function is undefined.
using Objective = std::function<double(const Vector& x, Vector& gradient)>;

struct MinimiseOptions {
  int most_iterations = 500;
  double gradient_tolerance = 1e-9;  // largest absolute element
  double value_tolerance = 1e-15;    // relative
};

struct Minimum {
  Vector parameters;
  double value = 0;
  int iterations = 0;
  bool converged = false;
  std::string message;  // the optimiser's own words
};

// BFGS with a Wolfe line search. Throws Error{io, "module.absent"} naming `need` when the module is not installed, and
// whatever `objective` throws.
Minimum minimise(const Objective& objective, const Vector& start, const std::string& need,
                 const MinimiseOptions& options = {});

}  // namespace headwater
