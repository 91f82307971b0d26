#include "headwater/covariances/covariance.hpp"

namespace headwater {

const char* name(UncertaintyKind kind) {
  switch (kind) {
    case UncertaintyKind::influence: return "influence";
    case UncertaintyKind::model: return "model";
    case UncertaintyKind::draws: return "draws";
    case UncertaintyKind::set: return "set";
    case UncertaintyKind::not_estimable: return "not estimable";
  }
  return "influence";
}

// Under iid the coefficients' own block is known exactly; what else is in the basis (means) gets its sum of squares,
// and the two are uncorrelated because errors are mean-independent of the regressors.
Matrix joint_covariance(const Estimates& estimates, const MethodCall& rule, const Atoms& atoms) {
  Matrix inner = meat(rule, estimates.influence, atoms);
  const Index b = estimates.coefficient_block.rows();
  if (gathers(rule) == Gathers::nothing && b > 0) {
    inner.topRows(b).setZero();
    inner.leftCols(b).setZero();
    inner.topLeftCorner(b, b) = estimates.coefficient_block / estimates.factor;
  }
  Matrix joint = estimates.factor * estimates.jacobian * inner * estimates.jacobian.transpose();
  if (estimates.noise.size() > 0) joint += estimates.noise;
  return 0.5 * (joint + joint.transpose());
}

}  // namespace headwater
