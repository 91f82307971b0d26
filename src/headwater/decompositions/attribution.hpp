// From a contrast of rows to a decomposition: what contributions, change and their variants share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "headwater/decompositions/attribution_script.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/decompositions/outcome_noise.hpp"
#include "headwater/decompositions/parts.hpp"

namespace headwater {

struct AttributionOptions {
  bool coefficients_only = false;  // means and regressors taken as given
  bool single_unit = false;        // effects and residual are one unit's own: their noise is not seen by clustering
  bool realised = false;           // single unit: given its realised outcomes
  std::shared_ptr<const OutcomeNoise> noise;  // single unit: of its rows; none: not asked for
  AttributionScript* script = nullptr;        // what is done is told there
};

// Options `uncertainty`, `frame`, `reliability` and `autocorrelation` of a call. Throws Error{usage} naming the option.
AttributionOptions attribution_options(const MethodCall& call, bool single_unit, const OutcomeParts& parts);
// The choices of a decomposition that these options are.
void add_noise_choices(Decomposition& decomposition, const MethodCall& call, const AttributionOptions& options);
// The cards of those options, for registry rows.
std::vector<OptionCard> attribution_option_cards();

// Components are the parts of the fit under the contrast; parts that are constant over the rows that `contrast`
// compares
// (`hidden`) are left out. finish() is called by finish_attribution().
class Attribution {
 public:
  Attribution(const OutcomeParts& parts, const Covariance& covariance, const AttributionOptions& options);

  // One component for each part of the fit that the contrast identifies.
  void add_parts(const Contrast& contrast);
  // One component: `share` times the value of the contrast of the outcome, where share is a weighted mean (of an
  // indicator).
  void add_scaled(const std::string& name, const Contrast& share, const Vector& indicator, const Contrast& contrast);
  // One component: the contrast of the outcome itself. Both add to a component of that name when there is one.
  void add_whole(const std::string& name, const Contrast& contrast);
  // A component that is known to be zero is not shown.
  void leave_out(const std::string& name);
  // The total, computed on the outcome alone.
  Decomposition finish(Decomposition decomposition, const Contrast& total);

 private:
  void add(const std::string& name, double value, const Vector& estimation, const Vector& sampling, bool estimable);
  void tell_parts(const Contrast& contrast) const;
  // Position of the component.
  std::size_t add_sampled(const std::string& name, double value, const Vector& sampling);
  // A bootstrap's replicate is read for its numbers and their errors, not for intervals of products.
  bool replicate() const { return parts_.fit().design->spec.drawn != nullptr; }
  // A driver's part as coefficients times the contrast of what they multiply.
  ProductSum driver_products(const Contrast& contrast, Index part) const;

  OutcomeParts parts_;
  const Covariance& covariance_;
  AttributionOptions options_;
  Names names_;
  std::vector<double> values_;
  std::vector<Vector> estimation_, sampling_;
  std::vector<bool> estimable_;
  std::vector<ProductSum> products_;
  Matrix iid_;    // components × components, of the estimation part
  Matrix noise_;  // components × components, of a single unit's own noise
  double total_noise_ = 0;
};

// A warning when two periods are different seasons of the year.
void note_seasons(Notes& notes, const Design& design, std::int32_t a, std::int32_t b);

}  // namespace headwater
