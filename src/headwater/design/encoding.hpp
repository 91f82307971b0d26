// Terms -> columns with R's and fixest's names. Factors take the levels that occur in the rows used.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater {

// A part of a term on every panel row, before the sample is known: numbers, or a grouping for a factor.
struct FactorPart {
  enum class Kind { number, factor, polynomial } kind = Kind::number;
  std::string label;         // "log(x)", "region", "factor(year)", "year" for i(year)
  Vector numbers;            // number and polynomial: NaN where missing
  Grouping groups;           // factor: -1 where missing
  bool fixest = false;       // made by i(): names "year::2014", and a partner column
  Names references;          // i(): the levels left out, empty when none was named
  bool every_level = false;  // leaves none out although the model has a constant
  bool bare_text = false;    // a column of text that stands in the formula without factor() or i()
  int degree = 0;            // polynomial
};

struct TermParts {
  std::size_t term = 0;  // index into the formula's list
  std::vector<FactorPart> parts;
};

TermParts term_parts(const Panel& panel, const Term& term, std::size_t index);

struct EncodedColumns {
  Matrix X;
  Names names;
  std::vector<std::size_t> term_of_column;
  Encoding encoding;
  Notes notes;
};
// `rows` are the panel rows used. `absorbs_constant`: there is a constant column or an effect with levels, so that
// factors leave their first level out.
EncodedColumns encode(const std::vector<Term>& terms, const std::vector<TermParts>& parts,
                      const std::vector<std::int64_t>& rows, bool absorbs_constant);

// Groups restricted to rows, with only the codes that occur, in their old order.
Grouping restricted(const Grouping& groups, const std::vector<std::int64_t>& rows);

}  // namespace headwater
