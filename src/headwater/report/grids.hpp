// Result tree -> grids. Every format of a table is a writer of these.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/report/decomposition_extras.hpp"
#include "headwater/report/grid.hpp"

namespace headwater {

// What stands with an estimate: std_error, t, p, interval, mde.
const std::vector<std::string>& statistic_names();

struct GridStyle {
  bool stars = false;
  std::vector<std::string> statistics = {};  // by default all of one model, the standard errors of several
};

// Fits.
bool failed(const Tree& fit);
// Its role in a triplet, with its model where `beside` holds other models; else its name.
std::string model_heading(const Tree& fit, const std::vector<const Tree*>& beside);
// "region = A/B" of a fit of a split, or ""; the fit's name holds the value only as far as a name can.
std::string split_text(const Tree& fit);
Grid model_grid(const Tree& fit, const GridStyle& style);
Grid summary_grid(const Tree& fit);  // rows, units, clusters, effects, R2
Grid models_grid(const std::vector<const Tree*>& fits, const GridStyle& style);
Grid tests_grid(const Tree& fit);                           // without rows when there are no tests
std::vector<std::string> short_fit_notes(const Tree& fit);  // outcome; estimator, errors and clusters
std::vector<std::string> fit_notes(
    const Tree& fit);  // the same with the arithmetic, and how the effects were taken out
std::vector<std::string> unidentified_notes(const Tree& fit);

// Decompositions.
bool additive(const Tree& decomposition);
// Zero by construction, up to rounding: such a part has neither error nor interval.
bool zero_part(const Tree& decomposition, std::size_t component);
// How many decompositions from `from` on answer one call with by = COLUMN; 0 when that one has no such column.
std::size_t groups_at(const std::vector<Tree>& nodes, std::size_t from);
// The three sets of decompositions of a triplet, when `fit` is the activity of one; else none.
std::vector<const Tree*> triplet_at(const Tree& result, const Tree& all, std::size_t fit);
Grid parts_grid(const Tree& node);
Grid group_grid(const std::vector<Tree>& nodes, std::size_t from, std::size_t count);
Grid triplet_grid(const std::vector<const Tree*>& nodes);  // activity, resource and ratio side by side
Grid bootstrap_grid(const Tree& node);                     // without rows when there was no bootstrap
Grid quantities_grid(const Tree& node);                    // without rows when there are none
Grid method_grid(const MethodTable& table, std::size_t most_rows);
std::string explained_note(const Tree& node);  // "" where it does not apply
std::string no_shares_note(const Tree& node);  // "" where there are shares
std::string frame_note(const Tree& node);
std::vector<std::string> decomposition_notes(const Tree& node);

}  // namespace headwater
