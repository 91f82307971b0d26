#include "headwater/decompositions/bootstrap.hpp"

namespace headwater {

std::vector<Decomposition> decompose(const Panel& panel, const Spec& spec, const Fit* fit,
                                     const Covariance* covariance) {
  ByCall results;
  for (const MethodCall& call : spec.decompositions) {
    const DecompositionRow& method = decomposition(call.method);
    check_weights(call, spec.weights);
    results.emplace_back();
    if (fit || !method.needs_fit) results.back() = method.run({panel, spec, call, fit, covariance});
  }
  bootstrap_all(panel, spec, fit, results);
  std::vector<Decomposition> all;
  for (std::vector<Decomposition>& group : results)
    for (Decomposition& d : group) all.push_back(std::move(d));
  return all;
}

}  // namespace headwater
