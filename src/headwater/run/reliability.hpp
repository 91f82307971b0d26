// How far may one unit's figure be believed?
#pragma once

#include "headwater/core/labelled.hpp"
#include "headwater/run/figures.hpp"

namespace headwater {

// Attributes value, seen ("vintages", "periods" or "once, with standard errors"), national (NaN: the mean); one child
// for each group below "groups": attributes period, units, mean, first and last (of what was seen); the arrays of
// provider or indicator (SCHEMA.md) and unit_figure, the figure that was shrunken; notes. Groups that cannot be told
// apart into signal and noise are notes of the root. Throws what read_figures() throws, and Error{usage |
// identification, "reliability.*"}.
Tree reliability(const FigureQuestion& question);

}  // namespace headwater
