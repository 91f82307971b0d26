// Which panel rows a model uses, and why the others are not there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater {

// The step of l(x, 1) as text, "1 year", "2 quarters"; a bare number where periods are only counted.
std::string step_text(const Panel& panel);

// Why a row is not used; an empty reason where it is.
struct Loss {
  enum class Cause { choice, missing_cell, no_period, undefined, singleton };
  std::string reason = {};
  Cause cause = Cause::choice;
  std::string column = {};  // missing_cell: where the cell is
};

class Sample {
 public:
  explicit Sample(const Panel& panel);

  // Drops the rows for which `lost(row)` gives a reason; reasons are counted in the order they first occur.
  template <class Lost>
  void drop(const Lost& lost) {
    std::vector<std::int64_t> kept;
    kept.reserve(rows_.size());
    for (const std::int64_t row : rows_) {
      const Loss loss = lost(row);
      if (loss.reason.empty())
        kept.push_back(row);
      else
        count(loss);
    }
    rows_ = std::move(kept);
  }

  // Rows where `values` is missing, with the reason read off the columns of the expression, after `before`.
  void require(const Expression& expression, const Vector& values, const std::string& before = {});
  // Rows without a group; the groups are made from `columns`.
  void require(const Grouping& groups, const std::string& what, const Names& columns);
  // Levels with one row, again and again until none is left.
  void drop_singletons(const std::vector<const Grouping*>& effects);

  const std::vector<std::int64_t>& rows() const { return rows_; }
  const SampleLedger& ledger();
  // Throws Error{data, "design.no_rows"} that shows the ledger and names what took most rows when nothing is left.
  void refuse_empty();

 private:
  void count(const Loss& loss);
  std::string advice() const;

  const Panel& panel_;
  std::vector<std::int64_t> rows_;
  SampleLedger ledger_;
  std::map<Loss::Cause, std::int64_t> by_cause_;
  std::map<std::string, std::int64_t> by_column_;  // of missing cells
};

}  // namespace headwater
