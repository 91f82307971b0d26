// The estimators, one file each; the registry lists them.
#pragma once

#include <memory>

#include "headwater/estimators/fit.hpp"

namespace headwater {

Fit fit_pooled(std::shared_ptr<const Design> design);
Fit fit_within(std::shared_ptr<const Design> design);
Fit fit_between(std::shared_ptr<const Design> design);
Fit fit_first_difference(std::shared_ptr<const Design> design);
Fit fit_long_difference(std::shared_ptr<const Design> design);
Fit fit_mundlak(std::shared_ptr<const Design> design);
Fit fit_frontier(std::shared_ptr<const Design> design);

const MethodCard& pooled_card();
const MethodCard& within_card();
const MethodCard& between_card();
const MethodCard& first_difference_card();
const MethodCard& long_difference_card();
const MethodCard& mundlak_card();
const MethodCard& frontier_card();

}  // namespace headwater
