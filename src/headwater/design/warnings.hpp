// What an economist would ask about a formula before reading its coefficients.
#pragma once

#include "headwater/design/design.hpp"

namespace headwater {

// log(x + c): depends on the unit of x. `rows` are the panel rows used.
Notes log_of_sum_warnings(const Panel& panel, const ModelFormula& formula, const std::vector<std::int64_t>& rows);
// Growth above 1, the whole of last year's again, is most likely per cent where a fraction is meant.
Notes growth_warnings(const Panel& panel, const ModelFormula& formula, const std::vector<std::int64_t>& rows);
// A column in the outcome's denominator and in a regressor.
Notes denominator_warnings(const ModelFormula& formula);
// A comparison in the subset or the formula with a text that no cell of the column holds.
Notes unmatched_value_warnings(const Panel& panel, const Spec& spec);
// Lags that step by the common divisor of the gaps between periods where most gaps are longer.
Notes uneven_step_warnings(const Panel& panel, const ModelFormula& formula);
// The outcome's own lag beside effects of the units.
Notes lagged_outcome_warnings(const Design& design);
// Most rows lost.
Notes loss_warnings(const SampleLedger& ledger);

}  // namespace headwater
