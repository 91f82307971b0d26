// Whether what a run asks for is there, before anything is fitted: a name that is wrong in one of many models is a
// mistake of the run, not a fit that failed.
#pragma once

#include <vector>

#include "headwater/design/spec.hpp"
#include "headwater/panel/panel.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

// Throws Error{formula, "formula.unknown_column"} for a column of an outcome, a term or an effect that the panel lacks.
void require_columns(const Panel& panel, const ModelFormula& formula);

// Throws Error{usage, "plan.split_of_numbers"} where a column of measurements is to split the sample.
void refuse_split_by_a_measure(const Panel& panel, const std::string& column, std::size_t values);

// Throws Error{usage, "report.unused_name"} where [report] names calls something that is no column of the panel, no
// driver and no part of a model.
void require_named_things(const RunConfig& config, const Panel& panel, const std::vector<Spec>& specs);

}  // namespace headwater
