// Dense numbers. Only linalg/ may include more of Eigen than Eigen/Core.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace headwater {

using Matrix = Eigen::MatrixXd;  // column-major
using Vector = Eigen::VectorXd;
using Index = Eigen::Index;
using Names = std::vector<std::string>;

}  // namespace headwater
