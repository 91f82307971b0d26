// Weighted means over the rows of a design and their differences: what a decomposition explains, and how sampling of
// rows moves it.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

// Σ_k c_k mean_{u_k}(z), linear in z. When the c_k sum to zero it is blind to constants.
class Contrast {
 public:
  explicit Contrast(Index rows) : row_weights_(Vector::Zero(rows)) {}
  // Units are drawn, not rows: what drawing a unit does is counted at one of its rows.
  explicit Contrast(const Design& design);

  // Adds c · (Σ u_i z_i / Σ u_i); u ≥ 0 with a positive sum.
  void add(double c, Vector u);

  const Vector& row_weights() const { return row_weights_; }  // v with v'z the value
  Vector values(const Matrix& z) const { return z.transpose() * row_weights_; }
  // Influence on the values when rows, or units, are drawn: Σ_k c_k u_i (z_i − mean_k)/Σu_k, n × columns of z.
  Matrix sampling_influence(const Matrix& z) const;

  struct Mean {
    double c;
    Vector share;  // u / Σu
  };
  const std::vector<Mean>& means() const { return means_; }

 private:
  std::vector<Index> carrier_;  // row at which a row's unit is counted; empty: itself
  std::vector<Mean> means_;
  Vector row_weights_;
};

// `weights` where the group code of the row is `code`, else zero.
Vector within_group(const Vector& weights, const Grouping& groups, std::int32_t code);
// Code of a period given as text among the periods of the design. Throws Error{usage, "decomposition.no_period"}.
std::int32_t period_code(const Design& design, const std::string& option, const std::string& text);
// Code of a unit. Throws Error{usage, "decomposition.no_unit"} naming the nearest.
std::int32_t unit_code(const Design& design, const std::string& text);
// Columns of the design that belong to the terms in `text`: a driver's name, or terms as in a formula. Throws
// Error{usage, "decomposition.unknown_term"} naming the option.
std::vector<Index> columns_of_terms(const Design& design, const std::string& option, const std::string& text);
// A text or number column of the panel as groups over the design's rows. Throws Error{formula | data} for an unknown
// column or a missing cell.
Grouping row_groups(const Panel& panel, const Design& design, const std::string& column);
// A positive column of the panel over the design's rows, for weights and shares, times how often a row was drawn.
// Throws Error{data, "decomposition.weights"}.
Vector row_values(const Panel& panel, const Design& design, const std::string& column);

}  // namespace headwater
