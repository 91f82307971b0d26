// Sums over rows by effect column, and back, for a few columns of data at a time: codes are read once for all of them,
// and a block of rows stays in the cache while every effect passes over it.
#pragma once

#include <vector>

#include "headwater/absorption/effect_columns.hpp"

namespace headwater {

constexpr Index kPanel = 4;  // columns handled together

// D'WV for each effect, as rows of sums[q]; and ‖v‖² under the weights of every column. V is n × p, p ≤ kPanel.
struct Gathered {
  std::vector<RowMatrix> sums;  // one matrix an effect: size() × p
  Vector squared_norms;         // p
};
Gathered gather(const std::vector<EffectColumns>& effects, const Eigen::Ref<const Matrix>& V, const Vector& weights);

// V −= Σ_q D_q a_q.
void subtract(const std::vector<EffectColumns>& effects, const std::vector<RowMatrix>& coefficients,
              Eigen::Ref<Matrix> V);

}  // namespace headwater
