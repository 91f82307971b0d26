// Degrees of freedom of sums of squares over clusters.
#pragma once

#include <memory>
#include <vector>

#include "headwater/covariances/adjustment.hpp"
#include "headwater/covariances/hat.hpp"

namespace headwater {

// `responses` (n × k) are A_g'W x̃ B: what residuals do to the coefficients after the adjustment. A block a cluster.
std::shared_ptr<const ContrastDegrees> satterthwaite(std::shared_ptr<const Hat> hat, Matrix responses,
                                                     std::vector<Hat::Block> clusters);

}  // namespace headwater
