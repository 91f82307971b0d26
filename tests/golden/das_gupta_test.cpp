// Worked examples of Das Gupta (1993).
#include "attribution_case.hpp"

namespace headwater::golden {
namespace {

// Example 2.4: total fertility rate of South Korea, 1960 and 1970, as a product of five factors.
TEST(V15, SouthKoreaFiveFactors) {
  const Panel panel = panel_of({{"year", {1960, 1970}},
                                {"married", {.72, .58}},
                                {"noncontraception", {.97, .76}},
                                {"abortion", {.97, .84}},
                                {"lactation", {.56, .66}},
                                {"fecundity", {16.158, 16.573}}},
                               {{"country", {"Korea", "Korea"}}}, {"country", "year"});
  const AttributionModel model{.formula = "fecundity ~ 1"};
  const Decomposition d =
      decompose_without_fit(panel, model,
                            "das_gupta(factors = married + noncontraception + abortion + lactation + fecundity, from = "
                            "1970, to = 1960)")
          .front();
  expect_values(d,
                {{"married", 1.0909785},
                 {"noncontraception", 1.2298438},
                 {"abortion", .7278399},
                 {"lactation", -.8398707},
                 {"fecundity", -.1290187}},
                5e-8);
  EXPECT_NEAR(d.total, 2.0797729, 5e-8);
  const std::vector<double> percent = {52.46, 59.13, 35.00, -40.38, -6.20};
  for (std::size_t k = 0; k < 5; ++k)
    EXPECT_NEAR(100 * d.estimates.values(static_cast<Index>(k)) / d.total, percent[k], 5e-3);
  EXPECT_FALSE(d.total_estimable);  // one cell: nothing was drawn
}

}  // namespace
}  // namespace headwater::golden
