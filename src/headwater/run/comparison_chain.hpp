// The fits that lead from one run to another, one change at a time.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "headwater/covariances/covariance.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

struct ComparedModel {
  std::string name;  // of the run, in messages
  const Panel* panel;
  Spec spec;
};

// An estimate of one fit with what each cluster adds to it.
struct ComparedItem {
  std::string group;  // "" for a coefficient, the decomposition's call for a component
  std::string name;
  double value = 0;
  bool estimable = true;
  Vector influence;  // of the clusters of the fit, times the root of its small-sample factor
  double df = 0;
  bool additive = false;  // a part of a total: where it is not named it is zero
};

struct ComparedFit {
  Names clusters;
  std::vector<ComparedItem> items;
  std::int64_t rows = 0;

  const ComparedItem* find(const std::string& group, const std::string& name) const;
};

// First's model on first's data and rows; on the rows of both; on second's data; on second's rows; second's model on
// those; on all of second's own rows.
constexpr std::size_t kComparedFits = 6;
constexpr std::array<const char*, kComparedFits> kComparedFitWords = {
    "first model, first data, first rows",    "first model, first data, rows of both",
    "first model, second data, rows of both", "first model, second data, second rows",
    "second model, second data, same rows",   "second model, second data, second rows"};

struct ComparisonChain {
  std::array<ComparedFit, kComparedFits> fits;
  std::string rule;                              // how influence was added up
  std::int64_t left = 0, entered = 0, both = 0;  // rows of the first run alone, of the second alone, of both
  std::int64_t revised_outcome = 0;              // rows of both on which the first model's outcome differs
  std::int64_t revised_regressors = 0;           // and on which a regressor does
  Notes notes;
};

// Throws Error{usage, "compare.keys" | "compare.no_common_rows" | "compare.cannot_fit"}.
ComparisonChain comparison_chain(const ComparedModel& first, const ComparedModel& second);

}  // namespace headwater
