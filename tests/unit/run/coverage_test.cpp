// Who is in the data: counts of text levels and of thirds of numbers, by hand.
#include "headwater/run/coverage.hpp"

#include <gtest/gtest.h>

#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

using Counts = std::vector<std::int64_t>;

TEST(Coverage, CountsUnitsRowsAndRowsUsedByGroup) {
  // x of u3 has no value in 2011, so one row is not used; its share has none either.
  RawTable table = parse_csv(
      "id,year,y,x,type,share\n"
      "u1,2010,1,1,acute,0.1\nu1,2011,2,3,acute,0.2\nu2,2010,2,2,acute,0.5\nu2,2011,4,5,acute,0.5\n"
      "u3,2010,1,2,mental,0.8\nu3,2011,3,,mental,\n",
      "panel.csv", ',', {.unit = "id", .time = "year"});
  const Panel panel(std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows),
                    std::move(table.ledger));
  Spec spec;
  spec.formula = expand(parse_formula("y ~ x")).at(0);
  spec.estimator = parse_method_call("pooled");
  const Coverage found = coverage(panel, make_design(panel, spec), {"type", "share"});
  EXPECT_EQ(found.column, (std::vector<std::string>{"type", "type", "share", "share", "share", "share"}));
  EXPECT_EQ(found.level, (std::vector<std::string>{"acute", "mental", "0.1 to 0.2", "above 0.2 to 0.5",
                                                   "above 0.5 to 0.8", "no value"}));
  EXPECT_EQ(found.units, (Counts{2, 1, 1, 1, 1, 1}));
  EXPECT_EQ(found.rows, (Counts{4, 2, 2, 2, 1, 1}));
  EXPECT_EQ(found.used, (Counts{4, 1, 2, 2, 1, 0}));
}

}  // namespace
}  // namespace headwater
