#include <cmath>

#include "headwater/diagnostics/test.hpp"

namespace headwater {

Tree describe(const std::vector<Test>& tests) {
  Tree tree;
  const auto n = static_cast<Index>(tests.size());
  std::vector<std::string> names, kinds, hypotheses, distributions;
  Vector statistic(n), df1(n), df2(n), p(n), estimate(n), std_error(n), mde(n), units(n);
  std::vector<std::int64_t> owner;
  std::vector<double> low, high;
  for (Index i = 0; i < n; ++i) {
    const Test& test = tests[static_cast<std::size_t>(i)];
    names.push_back(std::to_string(i + 1));
    kinds.push_back(test.name);
    hypotheses.push_back(test.hypothesis);
    distributions.push_back(test.distribution);
    statistic(i) = test.statistic;
    df1(i) = test.df1;
    df2(i) = test.df2;
    p(i) = test.p_value;
    estimate(i) = test.has_estimate ? test.estimate : std::nan("");
    std_error(i) = test.has_estimate ? test.std_error : std::nan("");
    mde(i) = test.has_estimate ? test.mde : std::nan("");
    units(i) = test.carriers.effective;
    for (const auto& [from, to] : test.set) {
      owner.push_back(i);
      low.push_back(from);
      high.push_back(to);
    }
  }
  tree.axis("test", names, "hypotheses, in the order planned");
  tree.text("test_name", "test", kinds, "what test it is");
  tree.text("hypothesis", "test", hypotheses, "the hypothesis in words");
  tree.text("distribution", "test", distributions, "reference distribution of the statistic");
  tree.vector("statistic", "test", statistic, "F, t, chi-squared or normal");
  tree.vector("df1", "test", df1, "numerator degrees of freedom");
  tree.vector("df2", "test", df2, "denominator degrees of freedom (infinite: normal)");
  tree.vector("p_value", "test", p, "p-value");
  tree.vector("effective_units", "test", units, "units that carry the combination which decides the test, in effect");
  tree.vector("estimate", "test", estimate, "estimate of a linear combination");
  tree.vector("std_error", "test", std_error, "its standard error");
  tree.vector("mde", "test", mde, "its minimum detectable effect");
  std::vector<std::string> intervals;
  for (std::size_t i = 1; i <= low.size(); ++i) intervals.push_back(std::to_string(i));
  tree.axis("interval", intervals, "intervals of the confidence sets");
  tree.integers("interval_test", "interval", owner, "0-based test that the interval belongs to", "test");
  tree.vector("interval_low", "interval", Eigen::Map<const Vector>(low.data(), static_cast<Index>(low.size())),
              "lower end");
  tree.vector("interval_high", "interval", Eigen::Map<const Vector>(high.data(), static_cast<Index>(high.size())),
              "upper end");
  return tree;
}

}  // namespace headwater
