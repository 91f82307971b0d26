#include <limits>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/test.hpp"

namespace headwater {

Test chi_squared_test(const char* name, std::string hypothesis, double statistic, double df) {
  Test test;
  test.name = name;
  test.hypothesis = std::move(hypothesis);
  test.statistic = statistic;
  test.df1 = df;
  test.df2 = std::numeric_limits<double>::infinity();
  test.distribution = "chi2(" + shortest(df) + ")";
  test.p_value = chi_squared_upper(statistic, df);
  return test;
}

}  // namespace headwater
