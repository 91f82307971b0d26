// The likelihood of the half-normal frontier, with derivatives.
#pragma once

#include "headwater/core/matrix.hpp"

namespace headwater {

// ln f(ε) of ε = v − s·u, v ~ N(0, (1−γ)σ²), u ~ |N(0, γσ²)|, with first and second derivatives in (ε, σ², γ).
struct FrontierDensity {
  double value = 0;
  Eigen::Vector3d gradient;
  Eigen::Matrix3d hessian;
};
// sign: +1 production (inefficiency lowers the outcome), −1 cost.
FrontierDensity frontier_density(double epsilon, double sigma2, double gamma, double sign);

// Battese and Coelli (1988): E[exp(−u) | ε] for production, E[exp(u) | ε] for cost.
double frontier_efficiency(double epsilon, double sigma2, double gamma, double sign);

}  // namespace headwater
