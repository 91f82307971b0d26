// The unit means that separate what changes within units from what lasts between them.
#pragma once

#include "headwater/estimators/least_squares.hpp"

namespace headwater {

// The design's rows with, after its own columns, the (weighted) unit means over the estimation sample of every
// regressor that varies within units. `estimator` names itself where the design has no units.
Transformed with_unit_means(const Design& design, const std::string& estimator);

}  // namespace headwater
