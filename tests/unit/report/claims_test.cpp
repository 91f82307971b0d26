#include "headwater/report/claims.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "small_result.hpp"

namespace headwater {
namespace {

struct LeadTest {
  double p = 0.4, mde = 0.05, units = 30;
};

void add_test(Tree& fit, const std::string& hypothesis, const LeadTest& lead, double estimate = 0.01) {
  Tree& tests = fit.child("tests");
  tests.axis("test", {"1"}, "tests");
  tests.text("hypothesis", "test", {hypothesis}, "in words");
  tests.text("distribution", "test", {"t(49)"}, "distribution");
  for (const auto& [name, value] :
       {std::pair("statistic", 0.8), std::pair("p_value", lead.p), std::pair("effective_units", lead.units),
        std::pair("estimate", estimate), std::pair("std_error", 0.02), std::pair("mde", lead.mde)})
    tests.vector(name, "test", column({value}), name);
}

// Two terms, the first of 0.25 told apart from zero (its error is 0.1), the second its lead.
Tree with_lead(const LeadTest& lead) {
  Tree result = small_result(1);
  Tree& fit = result.child("fits").children.front();
  for (Axis& axis : fit.axes)
    if (axis.name == "term") axis.labels = std::vector<std::string>{"l(dma, 1)", "f(dma, 1)"};
  fit.text("driver", "term", {"digital", "digital"}, "driver");
  add_test(fit, "f(dma, 1) = 0", lead);
  return result;
}

Captions of(const std::string& assignment, const std::string& falsification) {
  return {{"assignment", assignment}, {"falsification", falsification}};
}

const char* kLead = "digital: lead: f(dma, 1) = 0";
const char* kWhy = "digital: scores were given out by lottery";

std::string verdict(const LeadTest& lead) {
  const auto all = claims(with_lead(lead), of(kWhy, kLead));
  EXPECT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().made(), all.front().tests.front().verdict == "passed");
  return all.front().tests.front().verdict;
}

TEST(Claims, ALeadThatCouldHaveRejectedAndDidNotPasses) {
  EXPECT_EQ(verdict({}), "passed");
  EXPECT_EQ(verdict({.p = 0.01}), "rejected");
  EXPECT_EQ(verdict({.mde = 0.25}), "too weak");
  EXPECT_EQ(verdict({.mde = 0.2499}), "passed");
  EXPECT_EQ(verdict({.units = 1.2}), "few units");
}

// The lead's name holds the driver's.
TEST(Claims, ATestIsAboutTheLongestNamesInIt) {
  Tree result = with_lead({});
  Tree& fit = result.child("fits").children.front();
  for (Axis& axis : fit.axes)
    if (axis.name == "term") axis.labels = std::vector<std::string>{"dma", "f(dma, 1)"};
  EXPECT_EQ(claims(result, of(kWhy, kLead)).front().tests.front().verdict, "passed");
}

TEST(Claims, NothingIsClaimedWhereNoCoefficientIsToldApart) {
  Tree result = with_lead({});
  for (LabelledArray& array : result.child("fits").children.front().arrays)
    if (array.name == "p_value") array.values = std::vector<double>{0.3, 0.4};
  EXPECT_EQ(claims(result, of(kWhy, kLead)).front().tests.front().verdict, "nothing claimed");
}

TEST(Claims, AnArgumentAloneOrTestsAloneMakeNoClaim) {
  EXPECT_FALSE(claims(with_lead({}), of(kWhy, "")).front().made());
  EXPECT_FALSE(claims(with_lead({}), of("", kLead)).front().made());
  EXPECT_TRUE(claims(with_lead({}), {}).empty());
}

// The placebo: the same driver in a fit of another outcome, in standard deviations of each outcome.
Tree with_placebo(double mde) {
  Tree result = with_lead({});
  Tree placebo = with_lead({}).children.front().children.front();
  placebo.name = "deaths";
  placebo.attribute("outcome", std::string("deaths"));
  placebo.children.clear();
  add_test(placebo, "l(dma, 1) = 0", {.mde = mde});
  for (LabelledArray& array : placebo.arrays)
    if (array.name == "outcome_sd") array.values = std::vector<double>{10};
  result.child("fits").children.push_back(std::move(placebo));
  return result;
}

TEST(Claims, APlaceboOutcomeIsHeldAgainstTheEffectInStandardDeviations) {
  const Captions captions = of(kWhy, "digital: placebo outcome deaths: l(dma, 1) = 0");
  const FalsificationTest passed = claims(with_placebo(2.4), captions).front().tests.front();
  EXPECT_EQ(passed.verdict, "passed");
  EXPECT_DOUBLE_EQ(passed.mde, 0.24);
  EXPECT_DOUBLE_EQ(passed.claimed, 0.25);
  EXPECT_EQ(claims(with_placebo(2.6), captions).front().tests.front().verdict, "too weak");
}

std::string refusal(const Tree& result, const Captions& captions) {
  try {
    claims(result, captions);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(Claims, EveryMisreadingIsAnswered) {
  const Tree result = with_lead({});
  EXPECT_EQ(refusal(result, of("scores were given out by lottery", "")),
            "'scores were given out by lottery' under report.assignment belongs to no driver; write DRIVER: why it is "
            "as good as randomly assigned");
  EXPECT_EQ(refusal(result, of("capital: by lottery", "")),
            "'capital' under report.assignment is no driver of this result; they are digital");
  EXPECT_EQ(refusal(result, of("", "every coefficient of digital is zero (1 term)")),
            "'every coefficient of digital is zero (1 term)' under report.falsification is no falsification test; "
            "write DRIVER: lead: HYPOTHESIS, DRIVER: pre-trend: HYPOTHESIS or DRIVER: placebo outcome FIT: HYPOTHESIS");
  EXPECT_EQ(refusal(result, of("", "digital: lead: the leads are zero")),
            "the falsification test 'the leads are zero' is not among the tests of this result; name one by its "
            "hypothesis, as headwater show prints it, or add it to the model with 'test ='");
}

TEST(Claims, ADriversOwnTestIsNoFalsification) {
  Tree result = with_lead({});
  Tree& fit = result.child("fits").children.front();
  fit.children.clear();
  add_test(fit, "l(dma, 1) = 0", {});
  EXPECT_EQ(refusal(result, of("", "digital: lead: l(dma, 1) = 0")),
            "the falsification test 'l(dma, 1) = 0' of digital is no lead: all its terms must be f() of a variable of "
            "the driver; the driver's own test is no falsification");
  EXPECT_EQ(refusal(result, of("", "digital: pre-trend: l(dma, 1) = 0")),
            "the falsification test 'l(dma, 1) = 0' of digital is no pre-trend: all its terms must be periods before "
            "the ref = of i(); the driver's own test is no falsification");
  EXPECT_EQ(refusal(result, of("", "digital: placebo outcome staff: l(dma, 1) = 0")), "");
  Tree twin = with_placebo(1);
  twin.child("fits").children.back().attribute("outcome", std::string("y"));
  EXPECT_EQ(refusal(twin, of("", "digital: placebo outcome deaths: l(dma, 1) = 0")),
            "the falsification test 'l(dma, 1) = 0' of digital has no placebo outcome: y is an outcome of the claim "
            "itself");
}

TEST(Claims, APreTrendIsBeforeTheReference) {
  Tree result = with_lead({});
  Tree& fit = result.child("fits").children.front();
  fit.attribute("formula", std::string("y ~ i(year, treated, ref = 2016) | unit"));
  for (Axis& axis : fit.axes)
    if (axis.name == "term") axis.labels = std::vector<std::string>{"year::2017:treated", "year::2015:treated"};
  fit.children.clear();
  add_test(fit, "year::2015:treated = 0", {});
  EXPECT_EQ(claims(result, of(kWhy, "digital: pre-trend: year::2015:treated = 0")).front().tests.front().verdict,
            "passed");
}

}  // namespace
}  // namespace headwater
