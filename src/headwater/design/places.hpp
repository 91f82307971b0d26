// Where rows lie on the Earth, for covariances that go by distance.
#pragma once

#include <vector>

#include "headwater/core/method.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

struct Coordinate {
  ExpressionPtr column;
  Vector degrees;  // a panel row, NaN where missing
};
// Latitude and longitude as the covariance names them in its options of these names, or none. Throws
// Error{data, "design.coordinate"} for a number that is no latitude (beyond 90) or longitude (beyond 360).
std::vector<Coordinate> coordinates(const Panel& panel, const MethodCall& covariance);

}  // namespace headwater
