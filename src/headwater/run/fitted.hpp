// What a fit says of every row, and its absorbed effects, level by level. Both take the fit once more: a result holds
// neither.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"
#include "headwater/panel/panel.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

// Axis "row" of the rows used with row_unit, row_period, outcome and prediction, and attribute "transformed": 1 where
// both are of the transformed outcome (differences, means of units) and not of the outcome itself. Child "effects"
// where the estimator absorbs effects: one child for each, with axis "level" and an array for each of its columns.
Tree fitted(const RunConfig& config, const Panel& panel, const std::string& fit);

// Axis "row" with row_unit, row_period, source_row (1-based, as the data came) and prediction for every row of `other`,
// NaN where a regressor is missing or the fit does not know the level of an effect. Lags are those of `other`.
// Throws Error{usage, "predict.transformed" | "predict.columns"}.
Tree predicted(const RunConfig& config, const Panel& panel, const std::string& fit, const Panel& other);

}  // namespace headwater
