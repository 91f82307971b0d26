#include "headwater/decompositions/bootstrap.hpp"

namespace headwater {
namespace {

// A bootstrap that cannot be drawn leaves the decompositions without one.
void add_bootstraps(const Panel& panel, const Spec& spec, const Fit* fit, ByCall& results,
                    std::vector<FailedDecomposition>& failures) {
  try {
    bootstrap_all(panel, spec, fit, results);
  } catch (const Error& error) {
    failures.push_back({spec.bootstrap, error});
  }
}

}  // namespace

std::vector<Decomposition> run_method(const DecompositionRow& method, const DecompositionInput& input) {
  if (method.needs == Needs::linear_rows && !input.fit->linear)
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                input.call.method + " splits rows into levels times coefficients, effects and a residual; " +
                    input.fit->estimator + " has no such rows, so ask for another decomposition");
  return method.run(input);
}

Decomposed decompose(const Panel& panel, const Spec& spec, const Fit* fit, const Covariance* covariance) {
  Decomposed all;
  ByCall results;
  for (const MethodCall& call : spec.decompositions) {
    const DecompositionRow& method = decomposition(call.method);
    results.emplace_back();
    try {
      check_weights(call, spec.weights);
      if (fit || method.needs == Needs::panel)
        results.back() = run_method(method, {panel, spec, call, fit, covariance});
    } catch (const Error& error) {
      all.failures.push_back({call, error});
    }
  }
  add_bootstraps(panel, spec, fit, results, all.failures);
  for (std::vector<Decomposition>& group : results)
    for (Decomposition& d : group) all.answers.push_back(std::move(d));
  return all;
}

}  // namespace headwater
