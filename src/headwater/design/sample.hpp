// Which panel rows a model uses, and why the others are not there.
#pragma once

#include <string>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater {

class Sample {
 public:
  explicit Sample(const Panel& panel);

  // Drops the rows for which `lost(row)` gives a reason; reasons are counted in the order they first occur.
  template <class Lost>
  void drop(const Lost& lost) {
    std::vector<std::int64_t> kept;
    kept.reserve(rows_.size());
    for (const std::int64_t row : rows_) {
      const std::string reason = lost(row);
      if (reason.empty())
        kept.push_back(row);
      else
        count(reason);
    }
    rows_ = std::move(kept);
  }

  // Rows where `values` is missing, with the reason read off the columns of the expression.
  void require(const Expression& expression, const Vector& values);
  void require(const Grouping& groups, const std::string& what);
  // Levels with one row, again and again until none is left.
  void drop_singletons(const std::vector<const Grouping*>& effects);

  const std::vector<std::int64_t>& rows() const { return rows_; }
  const SampleLedger& ledger();
  // Throws Error{data, "design.no_rows"} that shows the ledger when nothing is left.
  void refuse_empty();

 private:
  void count(const std::string& reason);

  const Panel& panel_;
  std::vector<std::int64_t> rows_;
  SampleLedger ledger_;
};

}  // namespace headwater
