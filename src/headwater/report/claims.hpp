// When a sentence may say "effect, if": an argument why a driver is as good as randomly assigned, and falsification
// tests that had a chance to reject and did not.
//
//     assignment    = DRIVER: why; DRIVER: why
//     falsification = DRIVER: lead: HYPOTHESIS; DRIVER: pre-trend: HYPOTHESIS;
//                     DRIVER: placebo outcome FIT: HYPOTHESIS
//
// A lead tests f() terms of a variable of the driver, a pre-trend its periods before the reference of an event study, a
// placebo outcome the driver's terms in a fit of an outcome that it cannot move. The driver's own test is none of them.
// A test counts when its minimum detectable effect is below the effect claimed: the smallest estimate of a term of the
// driver that is told apart from zero; in standard deviations of the outcomes where a placebo is on another scale.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/report/captions.hpp"

namespace headwater {

struct FalsificationTest {
  std::string fit, outcome;
  std::string kind;  // "lead", "pre-trend", "placebo outcome"
  std::string hypothesis;
  double p_value;
  double mde;           // the largest of those that count, in standard deviations of the outcome for placebo outcomes
  double claimed;       // the effect it is held against; NaN when no term of the driver is told apart from zero
  std::string verdict;  // "passed", "rejected", "too weak", "few units", "nothing claimed"
};

struct Claim {
  std::string driver;
  std::string argument;  // "" when only tests are given
  std::vector<FalsificationTest> tests;

  bool made() const;  // the argument is there, and every test passed
};

// The form alone, before anything is fitted. Throws Error{usage, "report.assignment" | "report.falsification"}.
void check_claims(const Captions& captions);
// Throws the same, also when a driver, a fit or a hypothesis is not in the result or is none of the kinds above.
std::vector<Claim> claims(const Tree& result, const Captions& captions);

}  // namespace headwater
