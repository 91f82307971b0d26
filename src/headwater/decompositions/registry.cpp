#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/methods.hpp"

namespace headwater {

const std::vector<DecompositionRow>& decompositions() {
  static const std::vector<DecompositionRow> rows = {
      {contributions_card(), true, run_contributions},
      {change_card(), true, run_change},
      {gelbach_card(), true, run_gelbach},
      {olley_pakes_card(), false, run_olley_pakes},
      {oaxaca_card(), true, run_oaxaca},
  };
  return rows;
}

const DecompositionRow& decomposition(std::string_view wanted) {
  Names known;
  for (const DecompositionRow& row : decompositions()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  const std::string near = nearest(wanted, known);
  throw Error(ErrorKind::usage, "decomposition.unknown",
              "there is no decomposition '" + std::string(wanted) + "'" +
                  (near.empty() ? "; known are " + joined(known, ", ") : "; did you mean '" + near + "'?"));
}

}  // namespace headwater
