// The maximum of a smooth likelihood by Newton's steps, kept from falling.
#pragma once

#include <functional>

#include "headwater/core/matrix.hpp"

namespace headwater {

struct Height {
  double value = 0;    // -inf where the parameters are not possible
  Matrix scores;       // atoms × p: the gradient by atom
  Matrix information;  // p × p: minus the second derivatives
};

struct Ascent {
  Vector parameters;
  Height at;
  bool settled = false;
  int steps = 0;
};

// Where minus the second derivatives are not positive definite, their diagonal is raised until they are.
Ascent ascend(const std::function<Height(const Vector&)>& height, Vector start);

}  // namespace headwater
