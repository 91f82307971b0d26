#include "headwater/run/methods.hpp"

#include "headwater/covariances/covariance.hpp"
#include "headwater/decompositions/bootstrap.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

std::vector<MethodSection> all_methods() {
  std::vector<MethodSection> all = {{"Estimators", {}},  {"Covariances", {}},    {"Small-sample profiles", {}},
                                    {"Diagnostics", {}}, {"Decompositions", {}}, {"Bootstraps of decompositions", {}}};
  for (const EstimatorRow& row : estimators()) all[0].cards.push_back(&row.card);
  for (const CovarianceRow& row : covariances()) all[1].cards.push_back(&row.card);
  for (const MethodCard& card : profiles()) all[2].cards.push_back(&card);
  for (const MethodCard& card : diagnostics()) all[3].cards.push_back(&card);
  for (const DecompositionRow& row : decompositions()) all[4].cards.push_back(&row.card);
  for (const MethodCard& card : bootstraps()) all[5].cards.push_back(&card);
  return all;
}

}  // namespace headwater
