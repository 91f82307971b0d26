// Which rows a model uses and what is said of the others; warnings that come from the rows.
#include <gtest/gtest.h>

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/design/design.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

Panel panel_of(const std::string& csv, const std::string& unit = "unit", const std::string& time = "time") {
  RawTable table = parse_csv(csv, "panel.csv", ',', {.unit = unit, .time = time});
  return Panel(std::move(table.columns), {.unit = unit, .time = time}, std::move(table.source_rows),
               std::move(table.ledger));
}

Spec spec_of(const std::string& formula, const std::string& subset = "", const std::string& covariance = "iid") {
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  spec.estimator = parse_method_call("pooled");
  spec.covariance = parse_method_call(covariance);
  spec.singletons = Singletons::keep;
  if (!subset.empty()) spec.subset = parse_expression(subset);
  return spec;
}

using Dropped = std::vector<std::pair<std::string, std::int64_t>>;

Dropped dropped(const Panel& panel, const Spec& spec) { return make_design(panel, spec).ledger.dropped; }

std::string message_of(const Panel& panel, const Spec& spec) {
  try {
    make_design(panel, spec);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

std::string note_of(const Panel& panel, const Spec& spec, const std::string& code) {
  for (const auto& note : make_design(panel, spec).notes)
    if (note.code == code) return note.message;
  return "";
}

const char* const kTypes =
    "unit,time,y,x,type,size\n"
    "a,1,1,1,acute,1\na,2,2,3,,2\na,3,3,2,mental,1\n"
    "b,1,2,2,,1\nb,2,1,4,mental,2\nb,3,4,5,acute,1\n";

TEST(Rows, WhoseSubsetIsUnknownSayWhy) {
  EXPECT_EQ(dropped(panel_of(kTypes), spec_of("y ~ x", "type != 'acute'")),
            (Dropped{{"outside the subset type != \"acute\"", 2}, {"subset unknown: type missing (empty)", 2}}));
  EXPECT_EQ(
      dropped(panel_of(kTypes), spec_of("y ~ x", "type == 'acute' | size == 2")),
      (Dropped{{"outside the subset type == \"acute\" | size == 2", 1}, {"subset unknown: type missing (empty)", 1}}))
      << "missing or true is true";
  EXPECT_EQ(dropped(panel_of(kTypes), spec_of("y ~ x", "l(size, 1) == 2")),
            (Dropped{{"outside the subset l(size, 1) == 2", 2},
                     {"subset unknown: l(size, 1) has no value (a period is missing or lies before the first; a step "
                      "is 1)",
                      2}}));
}

TEST(Rows, WithoutAValueOfTheSplitSayWhy) {
  Spec spec = spec_of("y ~ x");
  spec.formula.split_column = "type";
  spec.formula.split_value = "mental";
  EXPECT_EQ(dropped(panel_of(kTypes), spec),
            (Dropped{{"split column type missing", 2}, {"outside the split type = mental", 2}}));
}

TEST(Rows, OfASplitByPeriodAreFoundInAnySpelling) {
  Spec spec = spec_of("y ~ x");
  spec.formula.split_column = "time";
  spec.formula.split_value =
      groups_of_rows(panel_of("unit,time,y,x\na,2019/20,1,2\nb,2019/20,1,3\n"), "time").labels[0];
  EXPECT_EQ(make_design(panel_of("unit,time,y,x\na,2019/20,1,2\nb,2019/20,1,3\n"), spec).n(), 2);
}

TEST(Rows, LostToAMissingCellOfAnotherPeriodNameTheCell) {
  const Panel panel = panel_of("unit,time,y,x\na,2019,1,\na,2020,2,3\na,2021,3,4\n");
  EXPECT_EQ(dropped(panel, spec_of("y ~ l(x, 1)")),
            (Dropped{{"l(x, 1) has no value (a period is missing or lies before the first; a step is 1 year)", 1},
                     {"l(x, 1): x missing (empty) in that period", 1}}));
  EXPECT_EQ(dropped(panel, spec_of("y ~ I(l(x, 1) + x)")).size(), 2u);
}

TEST(NoRow, NamesTheColumnsWhoseMissingCellsTookThem) {
  EXPECT_EQ(message_of(panel_of("unit,time,y,x,z\na,1,1,,1\na,2,2,,2\nb,1,1,,\nb,2,3,4,\nc,1,3,4,5\n"),
                       [] {
                         Spec spec = spec_of("y ~ x + z | unit");
                         spec.singletons = Singletons::drop;
                         return spec;
                       }()),
            "no row of panel.csv is left to fit (3 rows: x missing (empty); 1 row: z missing (empty); 1 row: singleton "
            "level of unit); missing cells took most of them; fill or leave out 'x' (3 rows), 'z' (1 row)");
  EXPECT_EQ(message_of(panel_of(kTypes), spec_of("y ~ x", "size > 9")),
            "no row of panel.csv is left to fit (6 rows: outside the subset size > 9); check the choice of rows named");
}

TEST(Steps, AreNamedWhereOneOddPeriodSetsThem) {
  const Panel odd = panel_of("unit,time,y,x\na,2010,1,1\na,2012,2,3\na,2014,3,4\na,2016,3,5\na,2017,5,6\n");
  EXPECT_EQ(note_of(odd, spec_of("y ~ l(x, 1)"), "design.uneven_steps"),
            "lags step by 1 year, the common divisor of all gaps in 'time', although most periods are 2 apart: 2016 "
            "and 2017 are not, so most rows have no period one step away; leave the odd period out, or lag by more "
            "steps");
  EXPECT_EQ(note_of(odd, spec_of("y ~ x"), "design.uneven_steps"), "");
  const Panel even = panel_of("unit,time,y,x\na,2010,1,1\na,2012,2,3\na,2014,3,4\n");
  EXPECT_EQ(note_of(even, spec_of("y ~ l(x, 1)"), "design.uneven_steps"), "");
  const Panel holes = panel_of("unit,time,y,x\na,2010,1,1\na,2011,2,3\na,2012,3,4\na,2015,3,4\n");
  EXPECT_EQ(note_of(holes, spec_of("y ~ l(x, 1)"), "design.uneven_steps"), "");
}

const char* const kEvents =
    "unit,time,y,x\n"
    "a,2018,1,5\na,2019,1,2\na,2020,2,3\na,2021,4,1\n"
    "b,2018,2,6\nb,2019,3,1\nb,2020,1,2\nb,2021,2,4\n";

TEST(Reference, ThatHasNoRowLeftIsNamedAndReplaced) {
  const Design design = make_design(panel_of(kEvents), spec_of("y ~ l(x, 1) + i(time, ref = 2018)"));
  EXPECT_EQ(design.names, (Names{"(Intercept)", "l(x, 1)", "time::2019", "time::2020"}));
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ l(x, 1) + i(time, ref = 2018)"), "design.reference_lost"),
            "no row used has time = 2018, the reference asked for: 2021 takes its place, and coefficients are "
            "differences from it; keep rows of the reference, or choose another with ref =");
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ i(time, ref = 2018)", "time > 2018"), "design.reference_lost"),
            "no row used has time = 2018, the reference asked for: 2021 takes its place, and coefficients are "
            "differences from it; keep rows of the reference, or choose another with ref =");
  EXPECT_EQ(
      note_of(panel_of(kEvents), spec_of("y ~ i(time, ref = c(2018, 2020))", "time > 2018"), "design.reference_lost"),
      "no row used has time = 2018, the reference asked for: 2020 alone is left out; keep rows of the reference, "
      "or choose another with ref =");
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ i(time, x, ref = 2018)", "time > 2018"), "design.reference_lost"),
            "no row used has time = 2018, the reference asked for: every level keeps a column of its own; keep rows of "
            "the reference, or choose another with ref =");
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ i(time, ref = 2018)"), "design.reference_lost"), "");
}

std::string many_units() {
  std::string csv = "unit,time,y,x,code\n";
  for (int u = 0; u < 1100; ++u)
    for (int t = 0; t < 2; ++t)
      csv += "u" + std::to_string(u) + "," + std::to_string(t) + "," + std::to_string(u % 7 + t) + "," +
             std::to_string(u % 5 * t) + "," + std::to_string(u) + "\n";
  return csv;
}

TEST(Factors, OfThousandsOfLevelsAreToBeAbsorbed) {
  const Panel panel = panel_of(many_units());
  const auto advice = [&](const std::string& term, const std::string& count, const std::string& effect) {
    return term + " stands for " + count + " columns, one for each level in the rows used, and a term has at most " +
           "1,000; absorb it: | " + effect;
  };
  EXPECT_EQ(message_of(panel, spec_of("y ~ x + unit")), advice("unit", "1,100", "unit"));
  EXPECT_EQ(message_of(panel, spec_of("y ~ factor(code)")), advice("factor(code)", "1,100", "factor(code)"));
  EXPECT_EQ(message_of(panel, spec_of("y ~ i(code, x)")), advice("i(code, x)", "1,100", "code[[x]]"));
  EXPECT_EQ(message_of(panel, spec_of("y ~ unit:x")), advice("unit:x", "1,100", "unit[[x]]"));
  EXPECT_EQ(message_of(panel, spec_of("y ~ unit:factor(time)")),
            advice("unit:factor(time)", "2,200", "unit^factor(time)"));
  EXPECT_EQ(message_of(panel, spec_of("y ~ x | unit^code^time")), "no error") << "absorbed, whatever the product";
}

TEST(LaggedOutcome, BesideUnitEffectsIsBiased) {
  const char* const said =
      "l(y, 1) is the outcome's own lag beside effects of the units: its coefficient is too small by about (1 + "
      "itself)/(periods - 1), with 3 rows a unit 0.5 where the truth is 0 and 0.95 where it is 0.9 (Nickell 1981), and "
      "other coefficients move with it; more periods a unit make it small";
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ l(y, 1) + x | unit"), "design.lagged_outcome"), said);
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ l(y, 1) + x | time + unit"), "design.lagged_outcome"), said);
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ l(y, 1) + x | time"), "design.lagged_outcome"), "");
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("y ~ l(x, 1) | unit"), "design.lagged_outcome"), "");
  EXPECT_EQ(note_of(panel_of(kEvents), spec_of("log(y) ~ l(log(y), 1) | unit"), "design.lagged_outcome").substr(0, 12),
            "l(log(y), 1)");
}

TEST(Values, ThatNoCellHoldsAreNamed) {
  EXPECT_EQ(note_of(panel_of(kTypes), spec_of("y ~ x", "type != 'acut'"), "formula.unmatched_value"),
            "no cell of 'type' is \"acut\", which type != \"acut\" asks for; did you mean \"acute\"?");
  EXPECT_EQ(note_of(panel_of(kTypes), spec_of("y ~ I(type == 'zzz')"), "formula.unmatched_value"),
            "no cell of 'type' is \"zzz\", which type == \"zzz\" asks for");
  EXPECT_EQ(note_of(panel_of(kTypes), spec_of("y ~ x", "type != 'acute'"), "formula.unmatched_value"), "");
}

TEST(Clusters, ComeFromTheColumnOfThatName) {
  const std::string csv =
      "code-site,time,code,site,y,Org Code,a^b,f(x)\n"
      "A,1,1,1,1,p,u,s\nA,2,2,1,2,p,v,s\nB,1,3,2,3,q,u,s\nB,2,4,4,5,q,v,t\n";
  const Panel panel = panel_of(csv, "code-site", "time");
  const auto clusters = [&](const std::string& rule) {
    return make_design(panel, spec_of("y ~ 1", "", rule)).clusters.at(0).count;
  };
  EXPECT_EQ(clusters("cluster(code-site)"), 2) << "the column, not the difference of two";
  EXPECT_EQ(clusters("cluster(`code-site`)"), 2);
  EXPECT_EQ(clusters("cluster(Org Code)"), 2);
  EXPECT_EQ(clusters("cluster(\"Org Code\")"), 2);
  EXPECT_EQ(clusters("cluster(`Org Code`^time)"), 4);
  EXPECT_EQ(clusters("cluster(Org Code^time)"), 4);
  EXPECT_EQ(clusters("cluster(a^b)"), 2);
  EXPECT_EQ(clusters("cluster(f(x))"), 2);
  EXPECT_EQ(groups_of_rows(panel, "code-site").count, 2);
  EXPECT_EQ(groups_of_rows(panel, "I(y > 2)^time").count, 4);
}

TEST(Crosses, OfManyLevelsKeepTheirOrder) {
  const Panel panel = panel_of("unit,time,y,b\nz,1,1,k\nz,2,1,j\na,1,1,j\na,2,1,k\na,3,1,\n");
  const Grouping crossed = groups_of_rows(panel, "unit^b");
  EXPECT_EQ(crossed.labels, (Names{"a^j", "a^k", "z^j", "z^k"}));
  EXPECT_EQ(crossed.code, (std::vector<std::int32_t>{0, 1, -1, 3, 2}));
}

}  // namespace
}  // namespace headwater
