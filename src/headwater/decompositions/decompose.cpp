#include <algorithm>

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

// One part that is everything is no answer; said, because --driver may have been forgotten.
void note_no_driver(const Spec& spec, std::vector<Decomposition>& answers) {
  if (!spec.drivers.empty()) return;
  for (Decomposition& d : answers)
    if (std::find(d.estimates.names.begin(), d.estimates.names.end(), "other") != d.estimates.names.end())
      d.notes.push_back(
          {"decomposition.no_driver",
           "no driver is declared, so all regressors are one part, 'other'; write --driver NAME=TERM,TERM "
           "(or NAME = TERM + TERM under [driver]) to tell them apart"});
}

}  // namespace

std::vector<Decomposition> run_method(const DecompositionRow& method, const DecompositionInput& input) {
  if (method.needs == Needs::linear_rows && !input.fit->linear)
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                input.call.method + " splits rows into levels times coefficients, effects and a residual; " +
                    input.fit->estimator + " has no such rows, so ask for another decomposition");
  if (method.needs == Needs::linked_mean && !input.fit->linked)
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                input.call.method + " averages a mean with a link over the rows, which " + input.fit->estimator +
                    " does not estimate; use ppml, logit, probit or fractional_logit");
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
      note_no_driver(spec, results.back());
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
