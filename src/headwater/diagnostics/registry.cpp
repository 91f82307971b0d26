#include "headwater/diagnostics/test.hpp"

namespace headwater {

const std::vector<MethodCard>& diagnostics() {
  static const std::vector<MethodCard> cards = {
      {.name = "wald",
       .kind = "diagnostic",
       .question = "Are all coefficients of a driver zero together?",
       .avoid = "Not as evidence of absence: read the minimum detectable effects beside it.",
       .reference = "F with the covariance's degrees of freedom; equals fixest wald()"},
      {.name = "linear_combination",
       .kind = "diagnostic",
       .question = "Is a combination of coefficients what a hypothesis says (test = a + b = 0)?",
       .avoid = "Not for ratios or products of coefficients.",
       .reference = "delta method, exact for linear forms"},
      {.name = "long_run",
       .kind = "diagnostic",
       .question = "What is the sum of the effects over all lags of a driver?",
       .avoid = "Not when lags beyond those in the formula matter.",
       .reference = "linear combination of the lags"},
      {.name = "mde",
       .kind = "diagnostic",
       .question = "How small an effect could this design have found with the stated power?",
       .avoid = "Not to be read as the effect there is.",
       .reference = "Bloom (1995) eq. 1"},
      {.name = "movers",
       .kind = "diagnostic",
       .question = "Which trusts move each coefficient most?",
       .avoid = "Not a reason to drop a trust: look at its data first.",
       .reference = "Belsley, Kuh and Welsch (1980), by unit, without a refit"},
      {.name = "other_covariances",
       .kind = "diagnostic",
       .question = "How much do the standard errors lean on the covariance rule and small-sample profile chosen?",
       .avoid = "Not to choose the smallest: the rule follows from how the data were drawn and treated.",
       .reference = "the same fit under the other rules of this program"},
      {.name = "variation",
       .kind = "diagnostic",
       .question = "Between and within trusts, how much does each driver vary at all?",
       .avoid = "Nothing: it comes before any estimate.",
       .reference = "standard deviations by layer"},
  };
  return cards;
}

}  // namespace headwater
