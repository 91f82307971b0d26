// Diagnostics that run when they are asked for, as tests: `test = NAME(options)`, or `test = diagnostics` for all that
// the fit can have. Each says its hypothesis in words and, as a note, what its answer means for the errors reported.
#pragma once

#include <string>
#include <vector>

#include "headwater/diagnostics/test.hpp"

namespace headwater {

struct DiagnosticInput {
  const Fit& fit;
  const Covariance& covariance;
  const MethodCall& call;
};
std::vector<Test> serial_correlation_tests(const DiagnosticInput& input);
std::vector<Test> common_shock_tests(const DiagnosticInput& input);
std::vector<Test> group_variance_tests(const DiagnosticInput& input);
std::vector<Test> effects_tests(const DiagnosticInput& input);
std::vector<Test> same_slopes_tests(const DiagnosticInput& input);
std::vector<Test> reset_tests(const DiagnosticInput& input);
std::vector<Test> chow_tests(const DiagnosticInput& input);
std::vector<Test> unit_root_tests(const DiagnosticInput& input);

struct DiagnosticRow {
  MethodCard card;
  std::vector<Test> (*run)(const DiagnosticInput& input);
  bool by_itself = true;  // with `diagnostics`: it needs no option
};
const std::vector<DiagnosticRow>& requested_diagnostics();
// Null where the text names none.
const DiagnosticRow* requested_diagnostic(const std::string& text);
// `diagnostics`: what a fit cannot have is named with the reason in the notes of the first.
std::vector<Test> all_diagnostics(const Fit& fit, const Covariance& covariance);
std::vector<Test> requested_tests(const Fit& fit, const Covariance& covariance, const DiagnosticRow& row,
                                  const std::string& text);

// ---- what they share --------------------------------------------------------------------------------------------

// Least squares on the design's rows, without instruments: throws Error{usage, "diagnostic.no_rows"} naming the test.
void need_rows(const DiagnosticInput& input);
// With unit and time keys too: Error{usage, "diagnostic.no_keys"}.
void need_panel(const DiagnosticInput& input);

// Row of the same unit one period earlier, or the row before with `bridge`; -1 where there is none.
std::vector<Index> rows_before(const Design& design, bool bridge);

// The design's regressors, with `added` columns behind them, and its outcome on `effects` that are absorbed; a constant
// first where no effect takes it.
Fit refitted(const Fit& fit, std::vector<Effect> effects, const Matrix& added = {}, const Names& added_names = {});
// Whether two groupings are the same partition of the rows.
bool same_groups(const Grouping& a, const Grouping& b);
bool absorbs(const Fit& fit, const Grouping& levels);

Test f_test(const char* name, std::string hypothesis, double statistic, double df1, double df2);
Test normal_test(const char* name, std::string hypothesis, double z);  // two-sided
// Adds what the answer means: `rejected` or `kept` at the level of the spec's intervals.
Test with_meaning(Test test, const Fit& fit, const std::string& rejected, const std::string& kept);

}  // namespace headwater
