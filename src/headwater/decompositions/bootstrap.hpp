// Bootstraps of decompositions: a check on the analytic errors, and the better interval where clusters are few or
// lopsided or a share is near zero.
//   multiplier: θ* = θ + √c Σ_g w_g ψ_g, one product of weights and stored influence; first-order like the errors.
//   cluster:    draws clusters with replacement and refits everything under the drawn weights; no row is copied.
// Every replicate satisfies its own identity. Random numbers are keyed (seed, replicate, cluster), so that the same
// numbers come out of any number of threads.
#pragma once

#include <vector>

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

// B × m replicates of the components and their own standard errors; rows of NaN failed.
struct BootstrapDraws {
  Matrix values;
  Matrix std_errors;
  Vector totals;   // B, of additive decompositions computed apart
  Names failures;  // B, why a replicate could not be computed, "" where it was; or empty: all were
  std::vector<char> from_sums =
      {};  // B, 1 where sums by cluster gave it in place of a refit; or empty: not drawn that way
};

struct BootstrapRow {
  MethodCard card;
  bool refits;  // draws clusters and repeats everything; false: multiplies stored influence
};
const std::vector<BootstrapRow>& bootstraps();
// Throws Error{usage, "bootstrap.unknown" | "bootstrap.draws" | "bootstrap.weights"}.
MethodCall parse_bootstrap(const std::string& text);

// Throws Error{usage, "bootstrap.rule"} when the rule is neither cluster(one way) nor robust, Error{numerical,
// "bootstrap.identity"} when a replicate does not add up.
BootstrapDraws multiplier_draws(const Decomposition& decomposition, const MethodCall& bootstrap);

// The decompositions of one model, by the call they answer: results[c] are those of spec.decompositions[c]. One
// BootstrapDraws for each of them.
using ByCall = std::vector<std::vector<Decomposition>>;
std::vector<std::vector<BootstrapDraws>> cluster_draws(const Panel& panel, const Spec& spec, const Fit* fit,
                                                       const ByCall& results, const MethodCall& bootstrap);

// Adds boot_std_error, percentile and studentised intervals, the digest of the replicates and, with keep = yes, the
// replicates; notes where bootstrap and analytic errors part, and which interval to read.
void add_bootstrap(Decomposition& decomposition, const BootstrapDraws& draws, const MethodCall& bootstrap);

// All of the above by spec.bootstrap, on every decomposition of a model.
void bootstrap_all(const Panel& panel, const Spec& spec, const Fit* fit, ByCall& results);

}  // namespace headwater
