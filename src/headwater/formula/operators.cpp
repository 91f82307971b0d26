#include "headwater/formula/operators.hpp"

namespace headwater {

const std::vector<MethodCard>& formula_operators() {
  static const std::vector<MethodCard> cards = {
      {.name = "l",
       .kind = "formula",
       .question = "What was a variable before: l(x, 1), l(x, 1:4); f(x, 1) is what it will be, d(x) the change?",
       .avoid = "Not without the unit and time keys.",
       .reference = "fixest l(), f(), d() with time.step = \"unitary\"",
       .differs =
           "a step is the largest that divides all distances between the panel's periods: two-yearly surveys step "
           "by two years, and one odd year among them makes the step one year, so that most lags are missing. "
           "fixest counts consecutive periods instead where time is text."},
      {.name = "i",
       .kind = "formula",
       .question = "Dummies of a column, i(year, ref = 2019); with a second one interacted, i(type, x)?",
       .avoid = "Not with thousands of levels: absorb them, | unit.",
       .reference = "fixest i()",
       .differs = "i(f1, f2) with two factors has a column for every pair of levels but those of ref; of collinear "
                  "ones the last is not identified, where fixest leaves out another. The fit is the same, its "
                  "coefficients are against another reference."},
      {.name = "(a + b)^2",
       .kind = "formula",
       .question = "All terms and their interactions up to an order?",
       .avoid = "Not for squares: write I(a * a) or poly(a, 2).",
       .reference = "R formulas",
       .differs = "it is R's a + b + a:b, where fixest squares the sum, I((a + b)^2)."},
      {.name = "poly",
       .kind = "formula",
       .question = "Orthogonal polynomials of a variable, poly(x, 3)?",
       .avoid = "Not across fits of different rows: the basis is that of the rows used.",
       .reference = "R poly()",
       .differs =
           "the basis is built on the rows of the fit, after missing cells and singletons have gone; R builds it "
           "on all rows of the data and then refuses missing ones."},
  };
  return cards;
}

}  // namespace headwater
