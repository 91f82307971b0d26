// Components with joint uncertainty, an independently computed total and the closure error. Components sum to the
// total, or construction fails.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/labelled.hpp"
#include "headwater/covariances/covariance.hpp"
#include "headwater/decompositions/intervals.hpp"
#include "headwater/decompositions/replicates.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

// How influence becomes uncertainty in one decomposition: one rule and one scalar factor for everything in it.
struct Inference {
  MethodCall rule;    // as used, with every option resolved
  double factor = 1;  // the fit's profile where one fit is behind it, G/(G−1) where there are several or none
  double df = 0;      // of the intervals; infinity for the normal distribution
  double level = 0.95;
  std::uint64_t seed = 0;
};
// One fit is behind the numbers.
Inference inference_of(const Fit& fit, const Covariance& covariance);
// Several fits on one sample, or none: G/(G−1) of the fewest clusters for cluster rules, else 1.
Inference inference_of(const Spec& spec, const Atoms& atoms);

constexpr const char* kShareOfVariance = "share of variance";  // the unit of such parts

struct Decomposition {
  std::string method;                // "change"
  std::string call;                  // as used, with every option resolved
  std::string question;              // in words, with the names of this run
  Estimates estimates;               // m components, e.g. capital, workforce, other, effects: trust, residual
  std::vector<ProductSum> products;  // m, or empty: components that are sums of products of estimates
  Atoms atoms;                       // of the influence: the finest cells the rule needs
  Inference inference;               // rule, factor, degrees of freedom
  Matrix covariance;                 // m × m joint covariance
  std::string total_name;            // in words: "change of log(y)"
  double total = 0;                  // computed independently of the components
  double total_std_error = 0;        // directly, not from the components' covariance
  Vector total_influence;            // of the same atoms on the total, computed apart from the components'
  double total_noise = 0;            // variance of the total beyond its influence: noise, a coefficient block
  bool total_estimable = true;
  double closure_error = 0;   // |Σ components − total|
  double tolerance = 0;       // closure_error was at most this
  std::string unit;           // "log points"
  std::string frame;          // what the uncertainty is about, in words
  std::string shares_reason;  // why shares are not shown, or ""
  bool percent = false;       // log outcome: components also in per cent by the logarithmic mean
  bool additive = true;       // components sum to the total; false for items that answer side by side (no closure)
  std::string sample_hash;    // of the rows and weights behind every number
  std::map<std::string, std::string> choices;  // reference, base, weights, ...
  std::vector<NotIdentified> not_identified;
  std::vector<Axis> extra_axes;
  std::vector<std::string> tables;  // shown as tables: extra axes with their arrays (extra_table.hpp), arrays over two
  std::vector<LabelledArray> extras;  // unit-period cells, explained variance, paths
  Notes notes;
};

// Reduces the influence (rows are those of `atoms`) to the cells that the rule needs and fills covariance,
// total_std_error, closure and shares_reason. `total_influence` is the influence of the independently computed total,
// `scale` the size of the numbers that were summed. Throws Error{numerical, "decomposition.closure" |
// "decomposition.lost_covariance"} naming the method when the components do not sum to the total within
// 64·eps·scale·√n, or their joint covariance not to the total's.
void finish(Decomposition& decomposition, const Inference& inference, const Atoms& atoms, const Vector& total_influence,
            double scale);

// Interval of a component `reach` standard errors wide where it is linear in what was estimated, and as far as the same
// reach in its factors takes it where it is a sum of products.
Interval interval(const Decomposition& decomposition, Index component, double reach);
// What the standard error of a component leaves out where it is a sum of products: the product of the factors' own
// variances; 0 for other components.
double second_order_variance(const Decomposition& decomposition, Index component);

// Adds a scalar or an array with its axes to what the method reports beside its components.
void add_extra(Decomposition& decomposition, const std::string& name, double value, const std::string& description,
               const std::string& unit = "1");

// Half-width multipliers of simultaneous intervals: the level quantile of max |t| over the estimable components.
double simultaneous_critical_value(const Matrix& covariance, const std::vector<bool>& estimable, double df,
                                   double level, std::uint64_t seed);

// What a decomposition may look at: the panel, the spec that asks for it, and its fit where the method needs one.
struct DecompositionInput {
  const Panel& panel;
  const Spec& spec;
  const MethodCall& call;
  const Fit* fit = nullptr;
  const Covariance* covariance = nullptr;
};

// What a method starts from: the panel alone, a fit, a fit whose rows say how the outcome falls into levels times
// coefficients, effects and a residual, or one whose mean has a link.
enum class Needs { panel, fit, linear_rows, linked_mean };

// One file a method. A method may answer several related questions, such as one for each coefficient or each cell.
struct DecompositionRow {
  MethodCard card;
  Needs needs;
  std::vector<Decomposition> (*run)(const DecompositionInput& input);
  std::string_view no_bootstrap = {};  // why a bootstrap passes it by, in words that follow "because"; "": it does not
  // Of bootstraps that draw `clusters`: the answers of a call from sums by cluster; null where all are refitted, as is
  // what it returns null for.
  std::unique_ptr<Replicates> (*replicates)(const DecompositionInput& input, const Grouping& clusters) = nullptr;
};
const std::vector<DecompositionRow>& decompositions();
const DecompositionRow& decomposition(std::string_view name);  // throws Error{usage, "decomposition.unknown"}
// Throws Error{usage, "decomposition.weights_unused"} when a method has no use for the model's `weights` (a column, or
// ""), they are not its own share, and the call does not leave them out by weights = none.
void check_weights(const MethodCall& call, const std::string& weights);
// The option `weights` of such a method.
OptionCard no_weights_option();

// Runs one method. Throws Error{usage, "decomposition.unsupported"} naming the estimator where the fit lacks what the
// method needs, and what the method throws.
std::vector<Decomposition> run_method(const DecompositionRow& method, const DecompositionInput& input);

struct FailedDecomposition {
  MethodCall call;
  Error error;
};
struct Decomposed {
  std::vector<Decomposition> answers;
  std::vector<FailedDecomposition> failures;
};
// Every decomposition that the spec asks for, with its bootstrap; without a fit, those that need none. One that fails
// is a value and leaves the others.
Decomposed decompose(const Panel& panel, const Spec& spec, const Fit* fit, const Covariance* covariance);

Tree describe(const Decomposition& decomposition);

}  // namespace headwater
