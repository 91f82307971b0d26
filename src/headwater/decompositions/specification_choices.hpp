// The specifications of a curve: the declared one, and each with a single choice changed.
#pragma once

#include <string>
#include <vector>

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

struct SpecificationChoice {
  std::string kind;   // "declared", "driver", "term", "split", "outcome"
  std::string label;  // "without workforce"
  Spec spec;
};

// By the options drivers, split and outcome of the call; what holds the target is never left out.
std::vector<SpecificationChoice> specification_choices(const DecompositionInput& input, const Spec& declared,
                                                       const std::string& target);

}  // namespace headwater
