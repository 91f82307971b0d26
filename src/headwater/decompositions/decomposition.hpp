// Components with joint uncertainty, an independently computed total and the closure error. Components sum to the
// total, or construction fails.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/covariances/covariance.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

struct Decomposition {
  std::string method;          // "change"
  std::string call;            // as used, with every option resolved
  std::string question;        // in words, with the names of this run
  Names components;            // m, e.g. capital, workforce, other, effects: trust, residual
  Estimates estimates;         // of the components
  Matrix covariance;           // m × m joint covariance
  double total = 0;            // computed independently of the components
  double total_std_error = 0;  // directly, not from the components' covariance
  bool total_estimable = true;
  double closure_error = 0;  // |Σ components − total|
  double tolerance = 0;      // closure_error was at most this
  double df = 0;             // of the intervals
  double level = 0.95;
  std::string unit;   // "log points"
  std::string frame;  // what the uncertainty is about, in words
  bool shares_suppressed = false;
  std::string shares_reason;                   // |total| / SE below 2
  bool percent = false;                        // log outcome: components also in per cent by the logarithmic mean
  std::map<std::string, std::string> choices;  // reference, base, weights, ...
  std::vector<NotIdentified> not_identified;
  std::map<std::string, LabelledArray> extras;  // unit-period cells, factored; explained variance; paths
  std::vector<Axis> extra_axes;
  Notes notes;
};

// Fills covariance, total checks, shares and closure. Throws Error{numerical, "decomposition.closure"} naming the
// method when the components do not sum to the total within 64·eps·scale·√n.
void finish(Decomposition& decomposition, const MethodCall& rule, const Atoms& atoms, double scale, Index n);

// What a decomposition may look at: the panel, the fitted specs it asked for (the first is the spec that carries it).
struct DecompositionInput {
  const Panel& panel;
  const Spec& spec;
  const MethodCall& call;
  std::vector<const Fit*> fits;                // empty for methods without a fit
  std::vector<const Covariance*> covariances;  // one for each of fits
};

struct DecompositionRow {
  MethodCard card;
  bool needs_fit;
  // Further specs to fit on the very same rows, e.g. gelbach's short model. nullptr: none.
  std::vector<Spec> (*companions)(const Spec& spec, const MethodCall& call);
  Decomposition (*run)(const DecompositionInput& input);
};
const std::vector<DecompositionRow>& decompositions();
const DecompositionRow& decomposition(std::string_view name);  // throws Error{usage, "decomposition.unknown"}

Tree describe(const Decomposition& decomposition);

}  // namespace headwater
