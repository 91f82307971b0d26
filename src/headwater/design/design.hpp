// The raw numbers of one Spec: nothing demeaned, no missing value, names that match. Estimators transform.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/core/matrix.hpp"
#include "headwater/core/notes.hpp"
#include "headwater/design/spec.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

// Absorbed effect with its codes over the rows of the design.
struct Effect {
  Grouping levels;
  bool intercept = true;
  Matrix slopes;      // n × s, empty without varying slopes
  Names slope_names;  // s
};

struct NotIdentified {
  std::string term;
  std::vector<std::string> because;  // the columns or effects it is collinear with
};

struct SampleLedger {
  std::int64_t rows_read = 0;
  std::int64_t rows_used = 0;
  std::vector<std::pair<std::string, std::int64_t>> dropped;  // reason -> rows, in the order applied
};

// One more row that is lost for a reason.
void count(SampleLedger& ledger, const std::string& reason);

// What a level, knot or basis was, so that the same columns can be made for other rows.
struct Encoding {
  struct Factor {
    std::string column;
    Names levels;
    Names references;  // the omitted levels
  };
  struct Polynomial {
    std::string term;
    Vector alpha;  // three-term recurrence of the orthogonal polynomials
    Vector norm2;
  };
  std::vector<Factor> factors;
  std::vector<Polynomial> polynomials;
};

// What a column is for. Instruments have no coefficient and stand in a table of their own.
enum class Role { exogenous, endogenous, instrument };

// Where a column comes from: a term of the formula (of its regressors, or of its instruments), or none where the
// program has made it: the constant, the dummy of a group.
struct ColumnOrigin {
  std::optional<std::size_t> term;
  Role role = Role::exogenous;
};

struct Design {
  Spec spec;
  std::string outcome_name;
  Vector y;                           // n
  Matrix X;                           // n × k, with the constant first when there is one and no effect absorbs it
  Names names;                        // k
  std::vector<ColumnOrigin> origins;  // k
  bool intercept = false;             // X has "(Intercept)" as its first column
  Matrix instruments;                 // n × q
  Names instrument_names;             // q
  std::vector<ColumnOrigin> instrument_origins;  // q
  Vector offset;                                 // n, or empty: of the linear predictor, with coefficient one
  Vector weights;                                // n, or empty: all one. Never zero or negative
  Vector draws;  // n, or empty: how often each row was drawn (redrawn); already in the weights
  std::vector<Effect> effects;
  Grouping unit;                // over the n rows; codes re-numbered 0..count-1 in the panel's order
  Grouping time;                // codes in time order
  std::vector<Period> periods;  // one per code of time
  bool has_unit = false, has_time = false;
  std::int64_t time_step = 1;      // of the panel: the step of l(x, 1)
  std::vector<Grouping> clusters;  // the groupings the covariance asks for, in the order written
  Matrix places;                   // n × 2, degrees of latitude and longitude where the covariance asks for them
  std::vector<std::int64_t> rows;  // panel row of each design row
  std::string sample_hash;         // of the file rows and weights used
  Encoding encoding;
  SampleLedger ledger;
  Notes notes;

  Index n() const { return y.size(); }
  Index k() const { return X.cols(); }
  std::vector<Index> endogenous() const;  // positions among the columns of X
};

// Lags are computed on the whole panel before any row is dropped. Rows are dropped for: split, a missing value (by
// column and reason), zero weight, singleton effect levels (recursively, weights ignored).
Design make_design(const Panel& panel, const Spec& spec);

// Evaluates an expression on every panel row: NaN where any input is missing or the value is undefined or infinite.
// Throws Error{formula | data} for an unknown column or function, and for text used as a number.
Vector evaluate(const Panel& panel, const Expression& expression);

// The design with its row i counted drawn[rows[i]] times: rows drawn never are left out, the others weigh as often as
// they were drawn. No row is copied. Throws Error{data, "design.no_rows"} when nothing is left.
Design redrawn(const Design& design, const Vector& drawn);

// The design without the rows that have a reason ("" for those that stay), which its ledger then counts.
Design without_rows(const Design& design, const std::vector<std::string>& reasons);
// The design with only some of its columns of X, on the very same rows.
Design with_columns(const Design& design, const std::vector<Index>& columns);
// The design with only some of its rows, all columns kept; levels of effects, units, periods and clusters that do not
// occur among them are gone.
Design with_rows(const Design& design, const std::vector<Index>& rows);

// Groups of every panel row by keys joined by ^, as an effect of a formula is written: type, type^quarter, I(beds >
// 500). -1 where a key is missing. Throws Error{formula}.
Grouping groups_of_rows(const Panel& panel, const std::string& text);

// Which driver group each column belongs to: `slot[j]` indexes `slots`. Slots are the declared groups in order, then
// slots for interactions across groups ("capital:digital"), then "other" when any column is left.
// Throws Error{usage, "drivers.unknown_term" | "drivers.overlap"}.
struct DriverPartition {
  Names slots;
  std::vector<std::optional<std::size_t>> slot;  // k, none for the constant
  Notes notes;                                   // e.g. two groups share a variable
};
DriverPartition partition_drivers(const Design& design);

Tree describe(const Design& design);

}  // namespace headwater
