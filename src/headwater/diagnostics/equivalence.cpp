// Question: is an effect shown to be smaller than one that matters, and not merely not found?
// Two one-sided tests: the hypothesis is |c'β − r| ≥ margin, rejected when both c'β − r ≤ −margin and c'β − r ≥ margin
// are, so p is the larger of the two (Schuirmann 1987); the same as the 1 − 2α interval lying within the margin. t with
// the covariance's degrees of freedom for the contrast. Equals R's TOSTER.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/asked_tests.hpp"

namespace headwater {
namespace {

double upper_tail(double t, double df) {
  const double both = student_two_sided(t, df);
  return t > 0 ? both / 2 : 1 - both / 2;
}

}  // namespace

std::vector<Test> equivalence_tests(const Asked& asked, const MethodCall& call) {
  const double margin = call.number("margin", std::nan(""));
  if (!(margin > 0) || std::isinf(margin))
    throw Error(ErrorKind::usage, "test.margin",
                "equivalence asks whether an effect is smaller than a margin and needs margin = a number above zero" +
                    (call.has("margin") ? ", not " + call.get("margin") : std::string()));
  std::vector<Test> tests;
  for (const LinearNull& null : asked.nulls) {
    Test test = linear_test(asked.fit, asked.covariance, null);
    const double distance = test.estimate - null.value, df = test.df2, error = test.std_error;
    test.name = "equivalence";
    test.hypothesis = "the distance from " + null.text + " is " + shortest(margin) + " or more";
    test.statistic = (std::abs(distance) - margin) / error;
    test.p_value = std::max(upper_tail((distance + margin) / error, df), upper_tail((margin - distance) / error, df));
    test.distribution += ", two one-sided";
    const double reach = student_quantile(asked.fit.design->spec.level, df) * error;
    test.set = {{test.estimate - reach, test.estimate + reach}};
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace headwater
