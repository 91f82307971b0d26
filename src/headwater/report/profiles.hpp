// The errors of a fit under every small-sample profile, where they were asked for.
#pragma once

#include "headwater/core/labelled.hpp"
#include "headwater/report/contract.hpp"
#include "headwater/report/grid.hpp"

namespace headwater {

Grid profiles_grid(const Tree& fit);  // without rows unless every profile was asked for
void profile_list(Contract& out, const Tree& fit);

}  // namespace headwater
