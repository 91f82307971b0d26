#include "headwater/design/design.hpp"

namespace headwater {

Tree describe(const Design& design) {
  Tree tree;
  tree.attribute("outcome", design.outcome_name);
  tree.attribute("formula", design.spec.formula.text);
  tree.attribute("unit", design.has_unit ? design.unit.name : std::string());
  tree.attribute("time", design.has_time ? design.time.name : std::string());
  tree.attribute("sample_hash", design.sample_hash);
  tree.attribute("rows_read", design.ledger.rows_read);
  tree.attribute("rows_used", design.ledger.rows_used);
  tree.attribute("units", std::int64_t{design.has_unit ? design.unit.count : 0});
  tree.attribute("periods", std::int64_t{design.has_time ? design.time.count : 0});
  std::vector<std::string> reasons;
  std::vector<std::int64_t> rows;
  for (const auto& [reason, count] : design.ledger.dropped) {
    reasons.push_back(reason);
    rows.push_back(count);
  }
  tree.axis("sample_reason", reasons, "why rows of the panel are not in the sample");
  tree.integers("sample_rows", "sample_reason", rows, "rows dropped, in the order the reasons apply", "rows");
  return tree;
}

}  // namespace headwater
