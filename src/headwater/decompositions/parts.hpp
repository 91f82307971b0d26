// A fit as a sum: outcome = constant + driver slots + effects + residual, row by row, and what each estimated number
// adds to the uncertainty of any linear functional of the parts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "headwater/covariances/covariance.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/effect_trades.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

enum class PartKind { driver, effect, residual };

inline constexpr const char* kApart = "set apart";

struct Decomposition;

class OutcomeParts {
 public:
  // The fit has linear rows. Coefficients marked in `apart` (k, or empty: none) form a part of their own, kApart,
  // instead of their driver's. Every effect is a part: as it is read, identified() says which of them the data tell
  // apart.
  explicit OutcomeParts(const Fit& fit, std::vector<bool> apart = {});

  // The same, with one part for effects that can trade in what is read of them: the reading of each alone would depend
  // on how the effects are normalised, that of their sum does not.
  OutcomeParts identified(const Reading& reading) const;

  Index size() const { return values_.cols(); }
  const Names& names() const { return names_; }
  const std::vector<PartKind>& kinds() const { return kinds_; }
  // n × m: rows sum to the outcome less its constant.
  const Matrix& values() const { return values_; }
  double constant() const { return constant_; }
  const Fit& fit() const { return *fit_; }
  // n × k: what each coefficient multiplies, in levels (unit means for mundlak's between slopes), and its part.
  const Matrix& levels() const { return levels_; }
  std::vector<Index> coefficients_of(Index part) const;  // positions among the fit's coefficients
  // Of a part that is effects: which of the fit's, absorbed or random.
  const std::vector<std::size_t>& effects_of(Index part) const { return effects_of_[static_cast<std::size_t>(part)]; }

  const Matrix& coefficient_influence() const { return psi_; }  // n × k, of design rows

  // Influence, through everything estimated, of v'(part) on the design's rows, n × m; rows of v that sum to zero are
  // blind to the constant. Columns sum to zero over the parts: what one part gains by estimation another loses.
  Matrix estimation_influence(const Vector& v) const;
  // The covariance of the same when errors are independent with one variance, m × m.
  Matrix iid_covariance(const Vector& v, const Covariance& covariance) const;
  // Row weights a of the parts that carry a row's own noise (effects, residual): part = a'outcome + ..., n × m.
  Matrix noise_weights(const Vector& v) const;
  // Row weights of the sum of some effects (indices into the fit's effects, absorbed or random) in v'(effect parts).
  Vector effect_weights(const std::vector<std::size_t>& effects, const Vector& v) const;

  // What every decomposition into these parts says of them: what is not identified, notes, explained variance.
  void tell(Decomposition& decomposition) const;

 private:
  void add_drivers();
  void add_effects();
  void add_random_effects();
  void add_residual();
  void add_part(std::string name, PartKind kind, std::vector<std::size_t> effects, const Vector& values);
  Matrix estimation(const Vector& v, const Matrix& coefficient_influence, const Vector& errors) const;
  Matrix coefficients_alone(const Vector& v, const Matrix& covariance) const;
  Matrix with_random_effects(const Vector& v, double own_variance) const;

  const Fit* fit_;
  std::vector<bool> apart_;
  Names names_;
  std::vector<PartKind> kinds_;
  std::vector<std::vector<std::size_t>> effects_of_;  // m: indices of the effects in a part
  Matrix values_;
  Matrix effect_values_;  // n × effects, each by itself
  Matrix levels_;
  std::vector<std::optional<Index>> part_of_;  // of each coefficient; none for constants and parameters
  double constant_ = 0;
  Matrix psi_;  // n × k influence of design rows on the coefficients
  std::shared_ptr<const Absorber> absorber_;
  std::shared_ptr<const EffectTrades> trades_;
  std::vector<NotIdentified> not_identified_;
  Notes notes_;
};

// Influence of each design row on the coefficients, n × k: atoms that are not rows (unit means, differences) are
// counted at the design row they belong to.
Matrix coefficient_influence(const Fit& fit);

// "effects: trust (random)": the part of predicted effects.
std::string random_part_name(const Grouping& levels);

// Whether the outcome is in logarithms, so that differences are log points.
bool log_outcome(const Spec& spec);
// "log points" or "outcome".
std::string outcome_unit(const Spec& spec);

// Shares of the variance within the effects, where there are some, and of the total variance that the drivers
// explain, as extras.
void add_explained_variance(Decomposition& decomposition, const Fit& fit);

}  // namespace headwater
