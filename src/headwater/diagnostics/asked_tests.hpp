// Tests that a user asks for: HYPOTHESIS, or HYPOTHESIS by METHOD(options). The hypothesis is linear in the
// coefficients (x - z = 0.1), `all` for every slope being zero, or `drivers` for every driver's joint test. A text that
// names a diagnostic (requested.hpp) and no coefficient asks for that.
#pragma once

#include <string>
#include <vector>

#include "headwater/diagnostics/test.hpp"

namespace headwater {

// weights'β = value.
struct LinearNull {
  Vector weights;
  double value = 0;
  std::string text;
};
// "agency_l1 + 2*agency_l2 = 0": names are coefficient names, back-quoted or as printed. Throws Error{usage}.
LinearNull linear_null(const Fit& fit, const std::string& text);
Test linear_test(const Fit& fit, const Covariance& covariance, const LinearNull& null);

// Throws Error{usage, "test.method"} for a method that is not there.
std::vector<Test> asked_tests(const Fit& fit, const Covariance& covariance, const std::string& text);

// What stands after `by`. Each gets the nulls asked for; `drivers` gives none.
struct Asked {
  const Fit& fit;
  const Covariance& covariance;
  const std::vector<LinearNull>& nulls;
  bool drivers = false;
};
std::vector<Test> wild_tests(const Asked& asked, const MethodCall& call);
std::vector<Test> equivalence_tests(const Asked& asked, const MethodCall& call);
std::vector<Test> rank_tests(const Asked& asked, const MethodCall& call);
std::vector<Test> simultaneous_tests(const Asked& asked, const MethodCall& call);
std::vector<Test> holm_tests(const Asked& asked, const MethodCall& call);
std::vector<Test> benjamini_hochberg_tests(const Asked& asked, const MethodCall& call);
std::vector<Test> romano_wolf_tests(const Asked& asked, const MethodCall& call);

struct TestMethodRow {
  MethodCard card;
  std::vector<Test> (*run)(const Asked& asked, const MethodCall& call);
};
const std::vector<TestMethodRow>& test_methods();

}  // namespace headwater
