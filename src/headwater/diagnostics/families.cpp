// Question: how many hypotheses were asked, and which of the answers survive that?
//   holm: p of the j-th smallest of m times m − j + 1, never below one before it: the chance of any false rejection is
//     held, whatever goes with what (Holm 1979).
//   benjamini_hochberg: p of the j-th smallest times m/j, never above one after it: the expected share of false
//     rejections is held under independence or positive dependence (Benjamini and Hochberg 1995).
//   romano_wolf: the chance of any false rejection, using how the statistics go together: the j-th largest |t| is held
//     against the maximum of |t*| over itself and the smaller ones, in the wild bootstrap's draws (Romano and Wolf
//     2005, 2016 eq. 2.8: p = (1 + number)/(B + 1)).
// Each hypothesis keeps its own statistic; its p is the adjusted one. Holm and Benjamini-Hochberg equal R's p.adjust.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/diagnostics/wild_bootstrap.hpp"

namespace headwater {
namespace {

std::vector<Test> asked_one_by_one(const Asked& asked) {
  if (asked.drivers) return driver_tests(asked.fit, asked.covariance);
  std::vector<Test> tests;
  for (const LinearNull& null : asked.nulls) tests.push_back(linear_test(asked.fit, asked.covariance, null));
  return tests;
}

// Positions of the tests that have a p value, smallest first.
std::vector<std::size_t> by_p(const std::vector<Test>& tests) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (!std::isnan(tests[i].p_value)) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return tests[a].p_value < tests[b].p_value; });
  return order;
}

void adjusted(Test& test, double p, const std::string& method, std::size_t asked) {
  test.name = method;
  test.p_value = std::min(1.0, p);
  test.distribution += "; " + method + " over " + std::to_string(asked);
  test.set.clear();
}

}  // namespace

std::vector<Test> holm_tests(const Asked& asked, const MethodCall&) {
  std::vector<Test> tests = asked_one_by_one(asked);
  const std::vector<std::size_t> order = by_p(tests);
  double least = 0;
  for (std::size_t j = 0; j < order.size(); ++j) {
    least = std::max(least, static_cast<double>(order.size() - j) * tests[order[j]].p_value);
    adjusted(tests[order[j]], least, "holm", order.size());
  }
  return tests;
}

std::vector<Test> benjamini_hochberg_tests(const Asked& asked, const MethodCall&) {
  std::vector<Test> tests = asked_one_by_one(asked);
  const std::vector<std::size_t> order = by_p(tests);
  double most = 1;
  for (std::size_t j = order.size(); j-- > 0;) {
    const double share = static_cast<double>(order.size()) / static_cast<double>(j + 1);
    most = std::min(most, share * tests[order[j]].p_value);
    adjusted(tests[order[j]], most, "benjamini_hochberg", order.size());
  }
  return tests;
}

std::vector<Test> romano_wolf_tests(const Asked& asked, const MethodCall& call) {
  if (asked.drivers)
    throw Error(ErrorKind::usage, "test.romano_wolf",
                "romano_wolf steps down over t statistics and takes all or one hypothesis, not drivers, whose tests "
                "are joint; use holm for these");
  std::vector<Test> tests = asked_one_by_one(asked);
  const WildBootstrap bootstrap(asked.fit, asked.covariance, call);
  std::vector<std::size_t> order;
  std::vector<double> size(tests.size());
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (std::isnan(tests[i].std_error)) continue;
    size[i] = std::abs(bootstrap.statistic(asked.nulls[i]));
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return size[a] < size[b]; });
  Vector largest = Vector::Zero(static_cast<Index>(bootstrap.draws()));
  std::vector<double> p(tests.size());
  const double more = bootstrap.enumerated() ? 0 : 1;
  for (const std::size_t i : order) {  // the smallest first: the maximum over itself and those below it
    largest = largest.cwiseMax(bootstrap.statistics(asked.nulls[i]).cwiseAbs());
    const auto beyond = static_cast<double>((largest.array() >= size[i] * (1 - 1e-9)).count());
    p[i] = (beyond + more) / (static_cast<double>(largest.size()) + more);
  }
  double least = 0;
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    least = std::max(least, p[*i]);
    tests[*i].distribution = bootstrap.words();
    adjusted(tests[*i], least, "romano_wolf", order.size());
  }
  return tests;
}

}  // namespace headwater
