#include "headwater/report/term_text.hpp"

#include <gtest/gtest.h>

namespace headwater {
namespace {

TEST(TermText, LeadsAreToldFromLags) {
  for (const char* term : {"f(x, 1)", "f(x)", "log(f(x, 2))", "f(x, 1):z", "l(x, -1)", "z:l(log(x), -2)"})
    EXPECT_TRUE(is_lead(term)) << term;
  for (const char* term : {"l(x, 1)", "x", "I(x/f)", "rif(x)", "d(x)", "l(log(x), 2)", "factor(f)a"})
    EXPECT_FALSE(is_lead(term)) << term;
}

TEST(TermText, TheVariableStandsBehindItsShifts) {
  EXPECT_EQ(variable_of("l(log(x), 2)"), "log(x)");
  EXPECT_EQ(variable_of("f(x)"), "x");
  EXPECT_EQ(variable_of("d(l(x, 1))"), "x");
  EXPECT_EQ(variable_of("log(x)"), "log(x)");
  EXPECT_EQ(variable_of("l(ratio(a, b), 1)"), "ratio(a, b)");
}

TEST(TermText, EventTermsHaveFactorLevelAndReference) {
  const auto event = event_term("year::2015:treated");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->factor, "year");
  EXPECT_EQ(event->level, "2015");
  EXPECT_EQ(event->by, "treated");
  EXPECT_FALSE(event_term("x:z").has_value());
  EXPECT_EQ(reference_of("y ~ i(year, treated, ref = 2016) | unit", "year"), "2016");
  EXPECT_EQ(reference_of("y ~ i(quarter, ref = \"2016 Q1\") | unit", "quarter"), "2016 Q1");
  EXPECT_EQ(reference_of("y ~ i(year) | unit", "year"), "");
}

TEST(Words, SayTermsAsAReaderWould) {
  const Words words("fte = staff in post; I(backlog == 0) = no backlog; log(y) = output; org_code = trust");
  EXPECT_EQ(words.term("(Intercept)"), "constant");
  EXPECT_EQ(words.term("l(log(fte), 1)", "quarter"), "staff in post (log), 1 quarter earlier");
  EXPECT_EQ(words.term("l(log(fte), 2)", "year"), "staff in post (log), 2 years earlier");
  EXPECT_EQ(words.term("f(fte)", "year"), "staff in post, 1 year later");
  EXPECT_EQ(words.term("d(capital_stock)"), "change in capital stock");
  EXPECT_EQ(words.term("ifelse(is.na(fte), 0, fte)"), "staff in post (missing as 0)");
  EXPECT_EQ(words.term("log(ifelse(beds == 0, 1, beds))"), "beds (0 as 1, log)");
  EXPECT_EQ(words.term("I(fte/beds)"), "staff in post / beds");
  EXPECT_EQ(words.term("I(backlog == 0)"), "no backlog");
  EXPECT_EQ(words.term("year::2015:fte"), "staff in post, year 2015");
  EXPECT_EQ(words.term("log(y)"), "output");
  EXPECT_EQ(words.with_names("effects: org_code^fy_start"), "effects: trust^fy_start");
  EXPECT_EQ(words.with_names("Outcome: log(y). my_org_code, fte."), "Outcome: output. my_org_code, staff in post.");
}

TEST(Words, CallOneUnitAndOnePeriod) {
  const Words words("org_code = trust");
  EXPECT_EQ(words.key("org_code", "unit"), "trust");
  EXPECT_EQ(words.key("quarter", "period"), "quarter");
  EXPECT_EQ(words.key("fy_start", "period"), "period");
  EXPECT_EQ(words.key("", "period"), "period");
}

}  // namespace
}  // namespace headwater
