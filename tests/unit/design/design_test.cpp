// From formula and panel to columns: names and values against numbers written out by hand.
#include "headwater/design/design.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

// Two trusts over 2013-2016; B has no 2014. Times and units are told apart by code.
const char* const kPanel =
    "unit,year,y,x,z,region,zero\n"
    "A,2013,1,2,10,North,0\n"
    "A,2014,2,4,20,North,1\n"
    "A,2015,4,8,10,North,2\n"
    "A,2016,8,16,30,North,3\n"
    "B,2013,3,1,20,South,1\n"
    "B,2015,5,3,10,South,1\n"
    "B,2016,7,9,30,East,1\n";

Panel panel_from(const std::string& csv, const std::string& unit = "unit", const std::string& time = "year") {
  RawTable table = parse_csv(csv, "panel.csv", ',', {.unit = unit, .time = time});
  return Panel(std::move(table.columns), {.unit = unit, .time = time}, std::move(table.source_rows),
               std::move(table.ledger));
}

Design design_of(const std::string& formula, const Panel& panel = panel_from(kPanel), const std::string& split = "") {
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  if (!split.empty()) {
    spec.formula.split_column = "region";
    spec.formula.split_value = split;
  }
  spec.estimator = parse_method_call("pooled");
  spec.covariance = parse_method_call("iid");
  spec.singletons = Singletons::keep;
  return make_design(panel, spec);
}

std::string message_of(const std::string& formula, const Panel& panel = panel_from(kPanel)) {
  try {
    design_of(formula, panel);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

std::string code_of(const std::string& formula) {
  try {
    design_of(formula);
  } catch (const Error& error) {
    return error.code();
  }
  return "no error";
}

struct Column {
  const char* formula;
  const char* name;
  std::vector<double> values;  // of the rows left, units and times in order
};

class Columns : public testing::TestWithParam<Column> {};

TEST_P(Columns, HoldTheNumbers) {
  const Column& wanted = GetParam();
  const Design design = design_of(std::string("y ~ ") + wanted.formula);
  const auto at = std::find(design.names.begin(), design.names.end(), wanted.name);
  ASSERT_NE(at, design.names.end()) << joined(design.names, ", ");
  const auto j = static_cast<Index>(at - design.names.begin());
  ASSERT_EQ(static_cast<std::size_t>(design.n()), wanted.values.size());
  for (Index i = 0; i < design.n(); ++i)
    EXPECT_DOUBLE_EQ(design.X(i, j), wanted.values[static_cast<std::size_t>(i)]) << "row " << i;
}

INSTANTIATE_TEST_SUITE_P(
    Formula, Columns,
    testing::Values(Column{"x", "(Intercept)", {1, 1, 1, 1, 1, 1, 1}},
                    Column{"I(x + z/10)", "I(x + z/10)", {3, 6, 9, 19, 3, 4, 12}},
                    Column{"I(-x^2)", "I(-x^2)", {-4, -16, -64, -256, -1, -9, -81}},
                    Column{"log2(x)", "log2(x)", {1, 2, 3, 4, 0, std::log2(3.0), std::log2(9.0)}},
                    Column{"ifelse(x > 3, x, 0)", "ifelse(x > 3, x, 0)", {0, 4, 8, 16, 0, 0, 9}},
                    Column{"pmin(x, 4)", "pmin(x, 4)", {2, 4, 4, 4, 1, 3, 4}},
                    Column{"I(region == 'North')", "I(region == \"North\")", {1, 1, 1, 1, 0, 0, 0}},
                    // Lags go by time: B in 2015 has no value a year before, in 2016 it has.
                    Column{"l(x)", "l(x, 1)", {2, 4, 8, 3}}, Column{"lag(x, 1)", "lag(x, 1)", {2, 4, 8, 3}},
                    Column{"l(x, 2)", "l(x, 2)", {2, 4, 1}}, Column{"f(x, 1)", "f(x, 1)", {4, 8, 16, 9}},
                    Column{"lead(x)", "lead(x, 1)", {4, 8, 16, 9}}, Column{"d(x)", "d(x, 1)", {2, 4, 8, 6}},
                    Column{"diff(log2(x))", "diff(log2(x), 1)", {1, 1, 1, std::log2(9.0) - std::log2(3.0)}},
                    Column{"l(x, -1)", "l(x, -1)", {4, 8, 16, 9}}, Column{"d(x, 2)", "d(x, 2)", {6, 12, 2}},
                    Column{"l(d(x), 1)", "l(d(x, 1), 1)", {2, 4}},
                    Column{"I(l(x, 1) * 2)", "I(l(x, 1) * 2)", {4, 8, 16, 6}},
                    // Whole-number periods are numbers, as in R.
                    Column{"year", "year", {2013, 2014, 2015, 2016, 2013, 2015, 2016}},
                    Column{"I(year >= 2015)", "I(year >= 2015)", {0, 0, 1, 1, 0, 1, 1}},
                    // Factors leave out the first level in natural order where there is a constant.
                    Column{"region", "regionNorth", {1, 1, 1, 1, 0, 0, 0}},
                    Column{"region", "regionSouth", {0, 0, 0, 0, 1, 1, 0}},
                    Column{"0 + region", "regionEast", {0, 0, 0, 0, 0, 0, 1}},
                    Column{"factor(z)", "factor(z)20", {0, 1, 0, 0, 1, 0, 0}},
                    Column{"factor(year)", "factor(year)2014", {0, 1, 0, 0, 0, 0, 0}},
                    Column{"i(year, x)", "year::2014:x", {0, 4, 0, 0, 0, 0, 0}},
                    Column{"i(year, x, ref = 2013)", "year::2016:x", {0, 0, 0, 16, 0, 0, 9}},
                    Column{"i(year, ref = c(2013, 2016))", "year::2015", {0, 0, 1, 0, 0, 1, 0}},
                    Column{"i(z, bin = .(low = c(10, 20)))", "z::30", {0, 0, 0, 1, 0, 0, 1}},
                    Column{"i(z, ref = 0, bin = 'bin::20')", "z::20", {0, 1, 0, 1, 1, 0, 1}},
                    Column{"x:z", "x:z", {20, 80, 80, 480, 20, 30, 270}},
                    Column{"x * region", "x:regionSouth", {0, 0, 0, 0, 1, 3, 0}},
                    Column{"region:x", "regionEast:x", {0, 0, 0, 0, 0, 0, 9}},
                    Column{"poly(year, 1)", "poly(year, 1)1", [] {
                             const double mean = (2013 * 2 + 2014 + 2015 * 2 + 2016 * 2) / 7.0;
                             std::vector<double> years{2013, 2014, 2015, 2016, 2013, 2015, 2016};
                             double squares = 0;
                             for (const double year : years) squares += (year - mean) * (year - mean);
                             for (double& year : years) year = (year - mean) / std::sqrt(squares);
                             return years;
                           }()}));

TEST(Factors, LeaveOutOnlyNamedReferences) {
  EXPECT_EQ(design_of("y ~ i(year, ref = c(2013, 2016))").names, (Names{"(Intercept)", "year::2014", "year::2015"}));
  EXPECT_EQ(design_of("y ~ i(year, x, ref = 2014)").names,
            (Names{"(Intercept)", "year::2013:x", "year::2015:x", "year::2016:x"}));
  EXPECT_EQ(design_of("y ~ i(z, bin = .(low = c(10, 20)), ref = low)").names, (Names{"(Intercept)", "z::30"}));
  EXPECT_EQ(design_of("y ~ x * region").names,
            (Names{"(Intercept)", "x", "regionNorth", "regionSouth", "x:regionNorth", "x:regionSouth"}));
  EXPECT_EQ(design_of("y ~ i(year, region)").names.size(), 1u + 4u * 3u);
}

TEST(Effects, TakeCrossesAndSlopes) {
  const Design design = design_of("y ~ x | unit[year] + region^year + region[[z]]");
  ASSERT_EQ(design.effects.size(), 3u);
  EXPECT_FALSE(design.intercept);
  EXPECT_EQ(design.effects[0].slope_names, (Names{"year"}));
  EXPECT_DOUBLE_EQ(design.effects[0].slopes(3, 0), 2016);
  EXPECT_EQ(design.effects[1].levels.labels.front(), "East^2016");
  EXPECT_EQ(design.effects[1].levels.count, 7);
  EXPECT_FALSE(design.effects[2].intercept);
}

TEST(Rows, AreLostWithTheReason) {
  const Design lagged = design_of("y ~ l(x, 1)");
  ASSERT_EQ(lagged.ledger.dropped.size(), 1u);
  EXPECT_EQ(lagged.ledger.dropped[0].first,
            "l(x, 1) has no value (a period is missing or lies before the first; a step is 1 year)");
  EXPECT_EQ(lagged.ledger.dropped[0].second, 3);
  const Design logged = design_of("y ~ log(zero)");
  EXPECT_EQ(logged.ledger.dropped[0].first, "log(zero) of a value that is not positive");
  const Design south = design_of("y ~ x", panel_from(kPanel), "South");
  EXPECT_EQ(south.ledger.rows_used, 2);
  EXPECT_EQ(south.ledger.dropped[0].first, "outside the split region = South");
}

TEST(Rows, ASubsetKeepsWhatItSays) {
  Spec spec;
  spec.formula = expand(parse_formula("y ~ l(x, 1)")).at(0);
  spec.estimator = parse_method_call("pooled");
  spec.covariance = parse_method_call("iid");
  spec.subset = parse_expression("region != 'South' & year > 2014");
  const Design design = make_design(panel_from(kPanel), spec);
  EXPECT_EQ(design.n(), 3) << "A in 2015 and 2016, B in 2016";
  EXPECT_EQ(design.ledger.dropped.front().first, "outside the subset region != \"South\" & year > 2014");
  EXPECT_EQ(design.ledger.dropped.front().second, 4);
}

TEST(Rows, LagsAreComputedBeforeASplitDropsThem) {
  const Design east = design_of("y ~ l(x, 1)", panel_from(kPanel), "East");
  ASSERT_EQ(east.n(), 1) << "B moved to the East in 2016; its year before lies in the South";
  EXPECT_DOUBLE_EQ(east.X(0, 1), 3);
}

TEST(Steps, GoByTheCommonDivisorOfTheGaps) {
  const Panel biennial = panel_from("unit,year,y,x\nA,2011,1,1\nA,2013,2,5\nA,2017,3,7\n");
  const Design design = design_of("y ~ l(x, 1)", biennial);
  ASSERT_EQ(design.n(), 1);
  EXPECT_DOUBLE_EQ(design.X(0, 1), 1) << "one step is two years, and 2015 is missing";
}

struct Refusal {
  const char* formula;
  const char* message;
};

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, SayWhatToWrite) { EXPECT_EQ(message_of(GetParam().formula), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    Formula, Refusals,
    testing::Values(
        Refusal{"y ~ xx", "there is no column 'xx' in panel.csv; did you mean 'x'?"},
        Refusal{"y ~ I(region + 1)",
                "column 'region' of panel.csv holds text and is used as a number: row 2 holds 'North', which is not a "
                "number; correct it or mark it as missing"},
        Refusal{"y ~ I(x == 'a')",
                "x == \"a\" compares a number with a text; 'x' holds numbers, so write the value without quotes"},
        Refusal{"y ~ lgo(x)", "there is no function 'lgo' in formulas; did you mean 'log'?"},
        Refusal{"y ~ log(x, 2)", "log() takes 1 argument, log(x, 2) has 2"},
        Refusal{
            "y ~ log(sw(x, z))",
            "sw() stands for several models and must stand alone between plus signs, not inside another expression: "
            "sw(x, z)"},
        Refusal{"y ~ log(i(year))",
                "i() makes several columns and must stand as a term of its own, not inside i(year)"},
        Refusal{"l() ~ x", "l() takes a column and a step, l() has 0 arguments"},
        Refusal{"l(y, 1.5) ~ x", "the step of a lag must be a whole number, not 1.5"},
        Refusal{"y ~ i(year, ref = 2020)", "'2020' is not a level of 'year'; its levels are 2013, 2014, 2015, 2016"},
        Refusal{"y ~ i(z, bin = .(a = 11))", "'11' is not a level of 'z'; its levels are 10, 20, 30"},
        Refusal{"y ~ i(z, bin = 'bin::0')", "\"bin::0\" is not a bin width; write \"bin::5\""},
        Refusal{"y ~ i(year, x, red = 2014)", "i() takes a factor, a partner, ref = and bin =; 'red' is none of them"},
        Refusal{"y ~ poly(x, 0)", "poly() takes a column and a degree from 1 to 20: poly(x, 2)"},
        Refusal{"y ~ poly(z, 3)", "poly(z, 3) needs more than 3 distinct values and has 3; lower the degree"},
        Refusal{
            "y ~ l(x, 9)",
            "no row of panel.csv is left to fit (7 rows: l(x, 9) has no value (a period is missing or lies before the "
            "first; a step is 1 year)); check the time key, or use a smaller step"},
        Refusal{
            "y ~ I(x * 1e150)",
            "panel.csv, row 5: I(x * 1e+150) is 1.6e+151 and its square is beyond what a number can hold; correct the "
            "cell or change the unit of the column"},
        Refusal{"y ~ I(x / 1e150)",
                "panel.csv, row 5: I(x/1e+150) is 1.6e-149, the largest of its column, and its square is beyond what a "
                "number can hold; correct the cell or change the unit of the column"}));

TEST(Refusals, LagsNeedBothKeys) {
  EXPECT_EQ(message_of("y ~ l(x, 1)", panel_from(kPanel, "unit", "")),
            "l(x, 1) looks at other periods of the same unit, which needs the unit and time keys; name both");
  EXPECT_EQ(code_of("y ~ xx"), "formula.unknown_column");
}

TEST(Refusals, ADecimalCommaIsNotAFactor) {
  const Panel panel = panel_from("unit,year,y,x\nA,2013,1,\"0,5\"\nA,2014,2,\"1,25\"\nA,2015,2,\"1.000,5\"\n");
  EXPECT_EQ(message_of("y ~ x", panel),
            "column 'x' of panel.csv holds text and is used as a number: row 2 holds '0,5', which has a decimal comma; "
            "write a point; correct it or mark it as missing, or write factor(x) if its texts are categories");
}

std::vector<std::string> notes_of(const std::string& formula) {
  std::vector<std::string> messages;
  for (const Note& note : design_of(formula).notes) messages.push_back(note.message);
  return messages;
}

TEST(Warnings, NameTheColumns) {
  EXPECT_EQ(notes_of("y ~ log(zero + 1)"),
            (std::vector<std::string>{"log(zero + 1) depends on the unit of zero: its coefficient changes when zero is "
                                      "measured in thousands. 1 of 7 rows is at zero. Use log(ifelse(zero == 0, 1, "
                                      "zero)) + I(zero == 0), or zero per unit of size"}));
  EXPECT_EQ(notes_of("log(y) - log(x) ~ l(x, 1)").front(),
            "'x' is in the outcome's denominator and in the regressor l(x, 1): error in it moves both the same way, so "
            "part of the coefficient is arithmetic, not association");
  EXPECT_EQ(notes_of("I(y / x) ~ log(x)").front(),
            "'x' is in the outcome's denominator and in the regressor log(x): error in it moves both the same way, so "
            "part of the coefficient is arithmetic, not association");
  EXPECT_EQ(notes_of("log(y) - log(x) ~ z"), (std::vector<std::string>{}));
}

Design with_drivers(const std::string& formula, const std::vector<std::pair<std::string, std::string>>& groups) {
  Design design = design_of(formula);
  for (const auto& [name, terms] : groups) design.spec.drivers.push_back({name, parse_terms(terms)});
  return design;
}

TEST(Drivers, PartitionTheRegressors) {
  const DriverPartition partition =
      partition_drivers(with_drivers("y ~ x + z + x:z + zero", {{"capital", "x"}, {"workforce", "z"}}));
  EXPECT_EQ(partition.slots, (Names{"capital", "workforce", "capital:workforce", "other"}));
  EXPECT_EQ(partition.slot, (std::vector<std::optional<std::size_t>>{std::nullopt, 0, 1, 2, 3}));
}

TEST(Drivers, RefuseUnknownAndSharedTerms) {
  const auto message = [](const std::vector<std::pair<std::string, std::string>>& groups) {
    try {
      partition_drivers(with_drivers("y ~ log(x) + z", groups));
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(
      message({{"capital", "log(xx)"}}),
      "driver 'capital' names the term 'log(xx)', which is not a regressor of the formula; did you mean 'log(x)'?");
  EXPECT_EQ(message({{"capital", "z"}, {"digital", "z"}}),
            "the term 'z' is claimed by the drivers 'capital' and 'digital'; a regressor belongs to one");
  const DriverPartition shared =
      partition_drivers(with_drivers("y ~ log(x) + I(z/x)", {{"size", "log(x)"}, {"mix", "I(z / x)"}}));
  ASSERT_EQ(shared.notes.size(), 1u);
  EXPECT_EQ(
      shared.notes[0].message,
      "'x' is in the drivers 'size' and 'mix': how the fit is split between them depends on the parametrisation (per "
      "head or total), although the fit itself does not");
}

}  // namespace
}  // namespace headwater
