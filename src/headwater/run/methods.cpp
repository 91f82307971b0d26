#include "headwater/run/methods.hpp"

#include "headwater/covariances/profiles.hpp"
#include "headwater/decompositions/bootstrap.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/estimators/fit.hpp"
#include "headwater/formula/operators.hpp"

namespace headwater {

std::vector<MethodSection> all_methods() {
  std::vector<MethodSection> all = {{"Formulas", {}},
                                    {"Estimators", {}},
                                    {"Covariances", {}},
                                    {"Small-sample profiles", {}},
                                    {"Diagnostics", {}},
                                    {"Diagnostics on request (test = ...)", {}},
                                    {"Ways to test (HYPOTHESIS by ...)", {}},
                                    {"Decompositions", {}},
                                    {"Bootstraps of decompositions", {}}};
  for (const MethodCard& card : formula_operators()) all[0].cards.push_back(&card);
  for (const EstimatorRow& row : estimators()) all[1].cards.push_back(&row.card);
  for (const CovarianceRow& row : covariances()) all[2].cards.push_back(&row.card);
  for (const ProfileRow& row : profile_rows()) all[3].cards.push_back(&row.card);
  for (const MethodCard& card : diagnostics()) all[4].cards.push_back(&card);
  for (const DiagnosticRow& row : requested_diagnostics()) all[5].cards.push_back(&row.card);
  for (const TestMethodRow& row : test_methods()) all[6].cards.push_back(&row.card);
  for (const DecompositionRow& row : decompositions()) all[7].cards.push_back(&row.card);
  for (const BootstrapRow& row : bootstraps()) all[8].cards.push_back(&row.card);
  return all;
}

}  // namespace headwater
